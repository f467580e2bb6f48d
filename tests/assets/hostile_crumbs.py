"""Which files are small enough, but of so many parts or words that looking closely at each would take long?"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from tests.assets import crafting as make
from tests.assets.crafting import HostileFile, hostile_picture, hostile_sound


def hostile_crumbs() -> Iterator[HostileFile]:
    """Every file of crumbs."""
    yield from crumbs_of_pictures()
    yield from crumbs_of_sounds()


def crumbs_of_pictures() -> Iterator[HostileFile]:

    def one(name: str, data: bytes) -> HostileFile:
        return hostile_picture(name, data, "CORRUPT_FILE", "TOO_MANY_PARTS")

    room = 1_500_000
    jpeg, gif, webp, png = make.jpeg(), make.gif(), make.webp(), make.png()
    unknown = b"abcd" + bytes(4)
    yield one("crumbs-in-comment.gif", gif[:-1] + b"\x21\xfe" + b"\x01a" * (room // 2) + b"\x00;")
    yield one("empty-comments.gif", gif[:-1] + b"\x21\xfe\x00" * (room // 3) + b";")
    yield one("fill-bytes.jpg", jpeg[:20] + b"\xff" * room + jpeg[20:])
    yield one("empty-comments.jpg", jpeg[:20] + b"\xff\xfe\x00\x02" * (room // 4) + jpeg[20:])
    yield one(
        "restart-intervals.jpg", jpeg[:20] + b"\xff\xdd\x00\x04\x00\x00" * (room // 6) + jpeg[20:]
    )
    yield one("empty-parts.png", png[:33] + make.png_chunk(b"prVt", b"") * (room // 12) + png[33:])
    yield one("empty-data.png", png[:33] + make.png_chunk(b"IDAT", b"") * (room // 12) + png[33:])
    parts = [*make.riff_chunks(webp), *[(unknown[:4], b"")] * (room // 8)]
    yield one("empty-parts.webp", make.riff(b"WEBP", *parts))
    for name, text, reason in (
        ("comments", b"<!-- -->" * 500, "UNKNOWN"),
        ("open-comments", b"<!--" * 1000, "UNKNOWN"),
        ("declarations", b"<?xml" * 800, "XML"),
        ("comments-in-xml", b"<?xml " + b"<!---->" * 500, "XML"),
        ("doctypes", b"<!doctype " * 400, "XML"),
        ("spaces", b" " * room, "UNKNOWN"),
    ):
        yield hostile_picture(f"{name}-without-end.png", text, "UNSUPPORTED_MEDIA", reason)
    for name, text in (("onload", b"onload "), ("eval", b"eval ")):
        data = jpeg + text * (room // len(text))
        yield hostile_picture(f"{name}-without-end.jpg", data, "UNSUPPORTED_MEDIA", "POLYGLOT")


def crumbs_of_sounds() -> Iterator[HostileFile]:
    def one(name: str, data: bytes, reason: str = "TOO_MANY_PARTS") -> HostileFile:
        return hostile_sound(name, data, "CORRUPT_FILE", reason)

    room = 1_500_000
    wav, frames = make.wav(), (b"\xff\xf3\x14\xc4" + bytes(20)) * 30
    ape = b"APETAGEX" + struct.pack("<IIII", 2000, 32, 0, 0) + bytes(8)
    parts = [(b"abcd", b"")] * (room // 8)
    yield one("empty-parts.wav", make.riff(b"WAVE", *parts, *make.riff_chunks(wav)))
    yield one(
        "empty-tags.mp3", b"ID3\x03" + (bytes(6) + b"ID3\x03") * (room // 10) + bytes(6) + frames
    )
    yield one("tags-behind.mp3", frames + ape * (room // 32))
    yield one("half-headers.mp3", frames + b"\xff\xe3" * (room // 2), "BAD_STRUCTURE")
