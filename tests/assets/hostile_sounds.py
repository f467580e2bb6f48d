"""Which files try to get in as sounds, and under which code and reason is each refused?"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

from mutagen.ogg import OggPage

from tests.assets import crafting as make
from tests.assets.crafting import HostileFile, hostile_sound

BAD_FILE = "UNSUPPORTED_MEDIA"
DAMAGED = "CORRUPT_FILE"
SCRIPT = b"<script>alert(document.cookie)</script>"


def hostile_sounds() -> Iterator[HostileFile]:
    """Every hostile file that claims to be a sound."""
    yield from disguises()
    yield from polyglots()
    yield from damaged_wavs()
    yield from damaged_mp3s()
    yield from damaged_oggs()


def disguises() -> Iterator[HostileFile]:
    one = hostile_sound
    playlist = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"
    yield one("playlist.mp3", playlist, BAD_FILE, "PLAYLIST")
    yield one("concat.wav", b"ffconcat version 1.0\nfile '/etc/passwd'\n", BAD_FILE, "PLAYLIST")
    yield one("video.mp4", b"\x00\x00\x00\x18ftypisom" + bytes(40), BAD_FILE, "VIDEO")
    yield one("video-as.ogg", b"\x1a\x45\xdf\xa3" + bytes(40), BAD_FILE, "VIDEO")
    yield one("video.avi", make.riff(b"AVI ", (b"LIST", bytes(8))), BAD_FILE, "VIDEO")
    yield one("sound.m4a", b"\x00\x00\x00\x18ftypM4A " + bytes(40), BAD_FILE, "OTHER_SOUND")
    yield one("sound.flac", b"fLaC" + bytes(40), BAD_FILE, "OTHER_SOUND")
    yield one("sound.aiff", b"FORM\x00\x00\x00\x20AIFF" + bytes(40), BAD_FILE, "OTHER_SOUND")
    yield one("sound.mid", b"MThd" + bytes(40), BAD_FILE, "OTHER_SOUND")
    yield one("sound.aac", b"\xff\xf1\x50\x80" + bytes(40), BAD_FILE, "OTHER_SOUND")
    yield one("layer-two.mp3", b"\xff\xfd\x80\x04" + bytes(400), BAD_FILE, "OTHER_SOUND")
    yield one("long.wav", b"RF64\xff\xff\xff\xffWAVE" + bytes(40), BAD_FILE, "OTHER_SOUND")
    yield one("page-as.mp3", b"<!DOCTYPE html><html></html>", BAD_FILE, "HTML")
    yield one("picture-as-sound.png", make.png(), BAD_FILE, "TYPE_MISMATCH")
    yield one("wav-as.mp3", make.wav(), BAD_FILE, "TYPE_MISMATCH")
    yield one("mp3-declared-ogg.mp3", make.mp3(), BAD_FILE, "TYPE_MISMATCH", mime_type="audio/ogg")
    yield one("nothing.mp3", b"", "EMPTY_FILE", "EMPTY")
    yield one("one-byte-too-many.wav", b"RIFF" + bytes((10 << 20) - 3), "FILE_TOO_LARGE", "BYTES")


def polyglots() -> Iterator[HostileFile]:
    def one(name: str, data: bytes) -> HostileFile:
        return hostile_sound(name, data, BAD_FILE, "POLYGLOT")

    late = bytes(2000)
    yield one("zip-behind.wav", make.wav() + make.zip_archive())
    yield one("script-in-list.wav", make.wav((b"LIST", b"INFO" + SCRIPT)))
    yield one("program-in-chunk.wav", make.wav((b"junk", b"\x7fELF\x02\x01\x01" + bytes(40))))
    yield one("page-in-tag.mp3", make.id3((b"COMM", late + SCRIPT)) + make.mp3())
    yield one("zip-in-tag.mp3", make.id3((b"GEOB", late + make.zip_archive())) + make.mp3(20.0))
    yield one("php-behind.mp3", make.mp3() + (b"TAG<?php eval($_POST['x']);" + bytes(128))[:128])
    yield one("script-in-comments.ogg", ogg_with_comments(b"TITLE=" + SCRIPT))
    yield one("zip-behind.ogg", make.ogg() + make.zip_archive())
    yield one("page-between-frames.mp3", make.mp3() + SCRIPT + make.mp3())


def damaged_wavs() -> Iterator[HostileFile]:
    def one(
        name: str, data: bytes, code: str = DAMAGED, reason: str = "BAD_STRUCTURE"
    ) -> HostileFile:
        return hostile_sound(name, data, code, reason)

    form, data = (b"fmt ", make.wav_format()), (b"data", make.samples())
    yield one("no-data.wav", make.riff(b"WAVE", form), reason="NO_DATA")
    yield one("no-format.wav", make.riff(b"WAVE", data))
    yield one("data-first.wav", make.riff(b"WAVE", data, form))
    yield one("empty-data.wav", make.riff(b"WAVE", form, (b"data", b"")), reason="NO_DATA")
    yield one("twice.wav", make.riff(b"WAVE", form, data, data))
    yield one("cut.wav", make.wav()[:-100], reason="TRUNCATED")
    yield one("no-channels.wav", wav_of(channels=0))
    yield one("many-channels.wav", wav_of(channels=65_535))
    yield one("no-rate.wav", wav_of(rate=0))
    yield one("wild-rate.wav", wav_of(rate=4_000_000_000))
    yield one("false-block.wav", wav_of(block=7))
    yield one("mp3-inside.wav", wav_of(tag=0x55), BAD_FILE, "WAV_CODING")
    yield one("adpcm.wav", wav_of(tag=2, bits=4, block=1), BAD_FILE, "WAV_CODING")
    slow = (b"fmt ", make.wav_format(rate=1000, bits=8))
    yield one(
        "half-an-hour.wav",
        make.riff(b"WAVE", slow, (b"data", bytes(1_802_000))),
        "SOUND_TOO_LONG",
        "SECONDS",
    )


def damaged_mp3s() -> Iterator[HostileFile]:
    def one(name: str, data: bytes, code: str = DAMAGED, reason: str = "NO_DATA") -> HostileFile:
        return hostile_sound(name, data, code, reason)

    sound = make.mp3()
    # 8 kbit/s at 8 kHz: frames of 72 bytes that last 72 ms.
    quiet = b"\xff\xe3\x18\xc4" + bytes(68)
    yield one("tag-only.mp3", make.id3((b"TIT2", b"\x00nothing")))
    yield one("endless-tag.mp3", b"ID3\x03\x00\x00\x7f\x7f\x7f\x7f" + sound, reason="TRUNCATED")
    yield one("broken-tag.mp3", b"ID3\x03\x00\x00\xff\xff\xff\xff" + sound, reason="BAD_TAG")
    yield one("one-frame.mp3", sound[:300])
    yield one("noise-behind-tag.mp3", make.id3((b"TIT2", b"\x00x")) + bytes(range(256)) * 100)
    yield one("half.mp3", mp3_index(60) + sound[: len(sound) // 2], reason="TRUNCATED")
    yield one("half-of-fraunhofer.mp3", vbri_index(60) + sound, reason="TRUNCATED")
    yield one("mostly-junk.mp3", sound + b"\x55" * 60_000 + sound, reason="BAD_STRUCTURE")
    yield one(
        "garbage-frames.mp3", (b"\xff\xfb\x90\x64" + b"\xa5" * 413) * 40, reason="UNDECODABLE"
    )
    yield one("half-an-hour.mp3", quiet * 25_100, "SOUND_TOO_LONG", "SECONDS")


def damaged_oggs() -> Iterator[HostileFile]:
    def one(
        name: str, data: bytes, code: str = DAMAGED, reason: str = "BAD_STRUCTURE"
    ) -> HostileFile:
        return hostile_sound(name, data, code, reason)

    sound = make.ogg()
    pages = ogg_pages(sound)
    theora, speex = b"\x80theora" + bytes(40), b"Speex   " + bytes(72)
    flac = b"\x7fFLAC" + bytes(40)
    bad = bytearray(sound)
    bad[len(bad) // 2] ^= 0x40
    far = ogg_with_granule(sound, 44_100 * 7200)
    lying = ogg_with_granule(sound, 44_100 * 60)
    other = make.ogg("libopus")
    yield one("video.ogg", ogg_page(theora), BAD_FILE, "OGG_CODING")
    yield one("speex.ogg", ogg_page(speex), BAD_FILE, "OGG_CODING")
    yield one("flac.ogg", ogg_page(flac), BAD_FILE, "OGG_CODING")
    yield one(
        "two-at-once.ogg",
        pages[0] + ogg_pages(other)[0] + b"".join(pages[1:]),
        BAD_FILE,
        "OGG_STREAMS",
    )
    yield one("stranger-inside.ogg", sound + ogg_pages(other)[-1], BAD_FILE, "OGG_STREAMS")
    yield one("cut.ogg", sound[:-50], reason="TRUNCATED")
    yield one("headers-only.ogg", b"".join(pages[:2]), reason="NO_DATA")
    yield one("first-page-only.ogg", pages[0], reason="NO_DATA")
    yield one("checksum.ogg", bytes(bad), reason="BAD_CHECKSUM")
    yield one("version.ogg", b"OggS\x01" + sound[5:])
    yield one("two-hours.ogg", far, "SOUND_TOO_LONG", "SECONDS")
    yield one("lying-length.ogg", lying, reason="TRUNCATED")
    yield one(
        "no-comments.ogg", ogg_page(opus_head()) + ogg_page(b"x" * 30, first=False, granule=960)
    )
    yield one("crumbs.ogg", pages[0] + crumbs(), reason="TOO_MANY_PARTS")


def wav_of(**changes: int) -> bytes:
    return make.riff(b"WAVE", (b"fmt ", make.wav_format(**changes)), (b"data", make.samples()))


def mp3_index(frames: int) -> bytes:
    """LAME's first frame, which says how many follow: 64 kbit/s, mono, so 17 bytes of side information."""
    head = b"\xff\xfb\x50\xc4" + bytes(17) + b"Info" + struct.pack(">II", 1, frames)
    return head + bytes(208 - len(head))


def vbri_index(frames: int) -> bytes:
    """The same as Fraunhofer's encoder writes it, always 32 bytes behind the header."""
    head = b"\xff\xfb\x50\xc4" + bytes(32) + b"VBRI" + bytes(10) + struct.pack(">I", frames)
    return head + bytes(208 - len(head))


def ogg_pages(whole: bytes) -> list[bytes]:
    starts, at = [], 0
    while at < len(whole):
        starts.append(at)
        count = whole[at + 26]
        at += 27 + count + sum(whole[at + 27 : at + 27 + count])
    return [whole[a:b] for a, b in zip(starts, [*starts[1:], len(whole)], strict=True)]


def ogg_page(
    packet: bytes, *, first: bool = True, granule: int = 0, serial: int = 7, sequence: int = 0
) -> bytes:
    page = OggPage()
    page.packets, page.first, page.position = [packet], first, granule
    page.serial, page.sequence = serial, sequence
    return bytes(page.write())


def crumbs() -> bytes:
    """More pages than any sound needs, in a file that is small enough."""
    serial = struct.unpack_from("<I", make.ogg(), 14)[0]
    return ogg_page(b"", first=False, serial=serial) * 120_000


def opus_head() -> bytes:
    return b"OpusHead\x01\x01" + struct.pack("<HIhB", 0, 48_000, 0, 0)


def ogg_with_granule(whole: bytes, granule: int) -> bytes:
    """The last page states another position, its checksum right."""
    *pages, last = ogg_pages(whole)
    page = OggPage(io.BytesIO(last))
    page.position = granule
    return b"".join(pages) + bytes(page.write())


def ogg_with_comments(*comments: bytes) -> bytes:
    """A Vorbis sound with these comments; its vendor stays."""
    first, second, *rest = (OggPage(io.BytesIO(page)) for page in ogg_pages(make.ogg()))
    packet = b"\x03vorbis" + struct.pack("<I", 3) + b"abc" + struct.pack("<I", len(comments))
    packet += b"".join(struct.pack("<I", len(comment)) + comment for comment in comments) + b"\x01"
    headers = OggPage.from_packets([packet, *second.packets[1:]], sequence=1)
    for page in headers:
        page.serial, page.position = first.serial, 0
    for number, page in enumerate(rest, len(headers) + 1):
        page.sequence = number
    return b"".join(bytes(page.write()) for page in (first, *headers, *rest))
