"""Is a sent name harmless once it was cleaned?"""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.media.naming import cleaned_name


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("photo.jpg", "photo.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\photo.png", "photo.png"),
        ("a/b\\c.gif", "c.gif"),
        ("\u202egnp.exe", "gnp.exe"),
        ("zero\u200bwidth\ufeff.png", "zerowidth.png"),
        ("nul\x00\r\n.png", "nul.png"),
        ('<img src="x">.png', "_img src=_x__.png"),
        ("  spaced   out .png ", "spaced out .png"),
        (".hidden", "hidden"),
        ("...", "file"),
        ("", "file"),
        ("/", "file"),
        ("e\u0301te\u0301.png", "\u00e9t\u00e9.png"),
        ("\u732b\U0001f431.png", "\u732b\U0001f431.png"),
        ("x" * 300 + ".png", "x" * 251 + ".png"),
        ("x" * 300, "x" * 255),
        ("a." + "x" * 300, "a." + "x" * 253),
    ],
)
def test_names(sent: str, kept: str) -> None:
    assert cleaned_name(sent) == kept


@given(st.text(st.characters(codec=None), max_size=400))
def test_any_name_becomes_a_plain_one(sent: str) -> None:
    kept = cleaned_name(sent)

    assert 1 <= len(kept) <= 255
    assert not set(kept) & set('/\\<>:"|?*')
    assert all(unicodedata.category(c) not in {"Cc", "Cf", "Cs"} for c in kept)
    assert cleaned_name(kept) == kept
    kept.encode("utf-8")
