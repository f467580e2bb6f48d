"""Is EXIF's orientation read, and a broken block taken for upright?"""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.media.orientation import orientation_of


def block(
    order: str, *, tag: int = 0x0112, kind: int = 3, values: int = 1, value: int = 6, count: int = 1
) -> bytes:
    mark = b"II" if order == "<" else b"MM"
    entry = struct.pack(f"{order}HHIHxx", tag, kind, values, value)
    return mark + struct.pack(f"{order}HIH", 42, 8, count) + entry


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("value", range(1, 9))
@pytest.mark.parametrize("prefix", [b"", b"Exif\x00\x00"])
def test_both_byte_orders_with_and_without_prefix(order: str, value: int, prefix: bytes) -> None:
    assert orientation_of(prefix + block(order, value=value)) == value


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"Exif\x00\x00",
        b"XX*\x00\x08\x00\x00\x00",
        block("<")[:6],
        block("<")[:9],
        block("<")[:-3],
        b"II*\x00\xff\xff\xff\xff",
        block("<", value=0),
        block("<", value=9),
        block("<", kind=4),
        block("<", values=2),
        block("<", tag=0x0113),
        block("<", tag=0x0113, count=65_535),
    ],
)
def test_a_broken_block_is_upright(broken: bytes) -> None:
    assert orientation_of(broken) == 1


@given(st.binary(max_size=200))
def test_any_bytes_give_an_orientation(noise: bytes) -> None:
    assert 1 <= orientation_of(b"II*\x00" + noise) <= 8
