"""Which files look strange, are valid all the same, and must be taken?"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from assets.media.facts import DeclaredFile
from tests.assets import crafting as make
from tests.assets.hostile_sounds import mp3_index, ogg_pages, ogg_with_comments


@dataclass(frozen=True)
class OddFile:
    """A file that must be taken; `facts` are some that must come out, `cleaned` if it is changed."""

    declared: DeclaredFile
    data: bytes
    mime_type: str
    cleaned: bool
    facts: dict[str, object]

    @property
    def name(self) -> str:
        return self.declared.name


def odd_files() -> Iterator[OddFile]:
    yield from odd_jpegs()
    yield from odd_pngs()
    yield from odd_gifs_and_webps()
    yield from odd_names()
    yield from odd_wavs()
    yield from odd_mp3s()
    yield from odd_oggs()


def odd_jpegs() -> Iterator[OddFile]:
    def one(name: str, data: bytes, *, cleaned: bool, **facts: object) -> OddFile:
        return OddFile(
            DeclaredFile(name, "image/jpeg", "image"), data, "image/jpeg", cleaned, facts
        )

    plain = make.jpeg()
    yield one("turned.jpg", make.jpeg(exif=make.exif(6)), cleaned=True, width=32, height=48)
    yield one("four-inks.jpg", make.saved(make.picture("CMYK"), "JPEG"), cleaned=True, width=48)
    yield one("progressive.jpg", make.jpeg(progressive=True), cleaned=False, width=48)
    yield one("grey.jpg", make.saved(make.picture("L"), "JPEG"), cleaned=False, width=48)
    yield one("two-pictures.jpg", plain + make.jpeg((96, 64)), cleaned=True, width=48)
    yield one(
        "camera-trailer.jpg", plain + bytes(100) + b"SEFHk\x00" + bytes(40), cleaned=True, width=48
    )
    yield one("CAMERA.JFIF", plain, cleaned=False, width=48)
    yield one("fill-bytes.jpg", plain[:20] + b"\xff\xff\xff" + plain[20:], cleaned=True, width=48)
    yield one("restart-markers.jpg", make.jpeg(restart_marker_blocks=1), cleaned=False, width=48)
    yield one(
        "broken-exif.jpg",
        make.jpeg_with(make.jpeg_segment(0xE1, b"Exif\x00\x00II*\x00\xff\xff")),
        cleaned=True,
    )
    yield one("broken-profile.jpg", make.jpeg(icc_profile=b"not a profile" * 20), cleaned=True)


def odd_pngs() -> Iterator[OddFile]:
    def one(name: str, data: bytes, *, cleaned: bool, **facts: object) -> OddFile:
        return OddFile(DeclaredFile(name, None, "image"), data, "image/png", cleaned, facts)

    packed_zeros = zlib.compress(bytes(60_000_000), 9)
    yield one(
        "one-pixel.png",
        make.saved(make.picture("L", (1, 1)), "PNG"),
        cleaned=False,
        width=1,
        height=1,
    )
    yield one(
        "one-bit.png", make.saved(make.picture("1"), "PNG"), cleaned=False, dominantColor="#000000"
    )
    yield one(
        "deep-grey.png",
        make.saved(make.picture("I;16"), "PNG"),
        cleaned=False,
        dominantColor="#4e4e4e",
    )
    palette = make.saved(make.picture("P"), "PNG", transparency=3)
    yield one("palette.png", palette, cleaned=False, width=48)
    yield one(
        "grey-alpha.png",
        make.saved(make.picture("LA"), "PNG"),
        cleaned=False,
        dominantColor="#505050",
    )
    invisible = make.saved(make.Image.new("RGBA", (8, 8), (1, 2, 3, 0)), "PNG")
    yield one("invisible.png", invisible, cleaned=False, width=8)
    yield one("animated.png", make.animated("PNG", 4), cleaned=False, frames=4)
    yield one("leftover.png", make.png() + make.png()[40:], cleaned=True, width=48)
    bomb = make.png_chunk(b"zTXt", b"Comment\x00\x00" + packed_zeros)
    yield one("text-bomb.png", make.png_with(bomb), cleaned=True, width=48)
    profile_bomb = make.png_chunk(b"iCCP", b"icc\x00\x00" + packed_zeros)
    yield one("profile-bomb.png", make.png_with(profile_bomb), cleaned=True, width=48)
    turned_palette = make.saved(make.picture("P"), "PNG", transparency=3, exif=make.exif(6))
    yield one("turned-palette.png", turned_palette, cleaned=True, width=32, height=48)
    yield one("turned.png", make.png(exif=make.exif(8)), cleaned=True, width=32, height=48)


def odd_gifs_and_webps() -> Iterator[OddFile]:
    def one(name: str, data: bytes, *, cleaned: bool, **facts: object) -> OddFile:
        kind = f"image/{name.rpartition('.')[2]}"
        return OddFile(DeclaredFile(name, kind, "image"), data, kind, cleaned, facts)

    old = make.saved(make.picture("P", (16, 16)), "GIF")
    assert old.startswith(b"GIF87a")
    yield one("old.gif", old, cleaned=False, width=16)
    yield one("animated.gif", make.gif(5), cleaned=False, frames=5)
    commented = make.saved(make.picture("P", (16, 16)), "GIF", comment=b"made with love")
    yield one("commented.gif", commented, cleaned=True, width=16)
    sticking_out = old[:6] + struct.pack("<HH", 2, 2) + old[10:]
    yield one("sticks-out.gif", sticking_out, cleaned=False, width=16)
    yield one(
        "lossless.webp",
        make.saved(make.picture("RGBA"), "WEBP", lossless=True),
        cleaned=False,
        width=48,
    )
    yield one("animated.webp", make.animated("WEBP", 3), cleaned=False, frames=3)
    turned = make.webp(exif=make.exif(6), xmp=b"<x:xmpmeta/>", icc_profile=make.SRGB_PROFILE)
    yield one("turned.webp", turned, cleaned=True, width=32, height=48)
    yield one("trailing.webp", make.webp() + bytes(20), cleaned=True, width=48)


def odd_names() -> Iterator[OddFile]:
    def one(name: str, mime_type: str | None, original: str) -> OddFile:
        declared = DeclaredFile(name, mime_type, "image")
        return OddFile(
            declared, make.png(), "image/png", cleaned=False, facts={"originalName": original}
        )

    yield one("blob", "application/octet-stream", "blob")
    yield one("", "", "file")
    yield one("Dr. Smith", "image/png", "Dr. Smith")
    yield one("../../etc/passwd.png", None, "passwd.png")
    yield one("C:\\fakepath\\\u202egnp.exe.PNG", "IMAGE/PNG", "gnp.exe.PNG")


def odd_wavs() -> Iterator[OddFile]:
    def one(name: str, data: bytes, *, cleaned: bool, **facts: object) -> OddFile:
        return OddFile(
            DeclaredFile(name, "audio/x-wav", "sound"), data, "audio/wav", cleaned, facts
        )

    def of(form: bytes, data: bytes, **options: int) -> bytes:
        return make.riff(b"WAVE", (b"fmt ", form), (b"data", data), **options)

    half = make.samples()
    yield one(
        "eight-bits.wav", of(make.wav_format(bits=8), bytes(4001)), cleaned=False, duration=0.5
    )
    stereo = of(make.wav_format(bits=24, channels=2, rate=44_100), bytes(6 * 4410))
    yield one("studio.wav", stereo, cleaned=False, sampleRate=44_100, channels=2, duration=0.1)
    yield one(
        "float.wav", of(make.wav_format(tag=3, bits=32), bytes(16_000)), cleaned=False, duration=0.5
    )
    yield one(
        "telephone.wav",
        of(make.wav_format(tag=6, bits=8), b"\x55" * 8000),
        cleaned=False,
        duration=1.0,
    )
    tail = bytes.fromhex("0100000000001000800000aa00389b71")
    extensible = make.wav_format(tag=0xFFFE) + struct.pack("<HHI", 22, 16, 4) + tail
    yield one("extensible.wav", of(extensible, half), cleaned=False, duration=0.5)
    streamed = bytearray(of(make.wav_format(), half, size=0xFFFFFFFF))
    streamed[40:44] = b"\xff\xff\xff\xff"
    yield one("streamed.wav", bytes(streamed), cleaned=True, duration=0.5)
    yield one(
        "tagged.wav",
        make.wav((b"LIST", b"INFOINAM\x04\x00\x00\x00abc\x00")),
        cleaned=True,
        duration=0.5,
    )
    yield one("wrong-total.wav", of(make.wav_format(), half, size=40), cleaned=True, duration=0.5)
    yield one("trailing.wav", make.wav() + b"\x00" * 7, cleaned=True, duration=0.5)


def odd_mp3s() -> Iterator[OddFile]:
    def one(name: str, data: bytes, *, cleaned: bool, **facts: object) -> OddFile:
        return OddFile(DeclaredFile(name, "audio/mp3", "sound"), data, "audio/mpeg", cleaned, facts)

    sound = make.mp3()
    cover = make.id3((b"TIT2", b"\x00Song"), (b"APIC", b"\x00image/png\x00\x03\x00" + make.png()))
    ape = b"APETAGEX" + struct.pack("<IIII", 2000, 32, 0, 0) + bytes(8)
    yield one("all-tags.mp3", cover + sound + ape + b"TAG" + bytes(125), cleaned=True, channels=1)
    yield one("two-tags.mp3", cover + cover + sound, cleaned=True, sampleRate=44_100)
    yield one("cut.mp3", sound[:-100], cleaned=True, channels=1)
    yield one("padded-tag.mp3", cover + bytes(2000) + sound, cleaned=True)
    yield one("variable.mp3", make.encoded("libmp3lame", "mp3", 1.0, "-q:a", "5"), cleaned=True)
    slow = make.encoded("libmp3lame", "mp3", 1.0, "-ar", "11025", "-id3v2_version", "0")
    yield one("slow.mp3", slow, cleaned=False, sampleRate=11_025)
    yield one("whole.mp3", mp3_index(39) + sound, cleaned=False, duration=1.045)
    yield one("somewhat-less.mp3", mp3_index(42) + sound, cleaned=False)
    yield one("some-junk.mp3", sound + bytes(500) + sound, cleaned=True)


def odd_oggs() -> Iterator[OddFile]:
    def one(name: str, data: bytes, *, cleaned: bool, **facts: object) -> OddFile:
        return OddFile(
            DeclaredFile(name, "audio/ogg; codecs=opus", "sound"), data, "audio/ogg", cleaned, facts
        )

    vorbis = make.ogg()
    firefox = DeclaredFile("firefox.ogg", "video/ogg", "sound")
    yield OddFile(firefox, vorbis, "audio/ogg", cleaned=True, facts={"sampleRate": 44_100})
    yield one("voice.opus", make.ogg("libopus"), cleaned=True, sampleRate=48_000, duration=1.0)
    yield one("chained.ogg", vorbis + make.ogg("libvorbis", 2.0), cleaned=True, sampleRate=44_100)
    large = ogg_with_comments(*[b"LYRICS=" + b"la " * 9000] * 2)
    yield one("large-comments.ogg", large, cleaned=True, sampleRate=44_100)
    yield one("bare.ogg", ogg_with_comments(), cleaned=False, sampleRate=44_100)
    long = make.ogg("libvorbis", 12.0)
    yield one("unfinished.ogg", b"".join(ogg_pages(long)[:-1]), cleaned=True, sampleRate=44_100)
    yield one("trailing.ogg", vorbis + bytes(64), cleaned=True, sampleRate=44_100)
