"""How are small pictures and sounds made, byte by byte where need be?"""

from __future__ import annotations

import io
import struct
import subprocess
import zlib
from dataclasses import dataclass
from functools import cache
from typing import Any

import imageio_ffmpeg
from PIL import Image, ImageCms

from assets.media.facts import DeclaredFile

SRGB_PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def picture(mode: str = "RGB", size: tuple[int, int] = (48, 32)) -> Image.Image:
    """A picture with a red upper left quarter on blue, so that turning it shows."""
    blue = {"RGB": (20, 40, 200), "RGBA": (20, 40, 200, 255), "L": 80, "LA": (80, 255), "1": 0,
            "P": 3, "CMYK": (230, 210, 0, 20), "I;16": 20_000}[mode]  # fmt: skip
    red = {"RGB": (220, 30, 30), "RGBA": (220, 30, 30, 128), "L": 200, "LA": (200, 90), "1": 1,
           "P": 9, "CMYK": (0, 220, 220, 20), "I;16": 60_000}[mode]  # fmt: skip
    image = Image.new(mode, size, blue)
    if mode == "P":
        image.putpalette([channel for n in range(256) for channel in (n, 255 - n, 128)])
    image.paste(red, (0, 0, size[0] // 2, size[1] // 2))
    return image


def saved(image: Image.Image, name: str, **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, format=name, **options)
    return target.getvalue()


def jpeg(size: tuple[int, int] = (48, 32), **options: Any) -> bytes:
    return saved(picture(size=size), "JPEG", **options)


def png(size: tuple[int, int] = (48, 32), **options: Any) -> bytes:
    return saved(picture(size=size), "PNG", **options)


def webp(size: tuple[int, int] = (48, 32), **options: Any) -> bytes:
    return saved(picture(size=size), "WEBP", **options)


def gif(frames: int = 1) -> bytes:
    images = [picture("P", (16 + 0 * n, 16)) for n in range(frames)]
    for number, image in enumerate(images):
        image.putpixel((number % 16, 15), 200)
    return saved(images[0], "GIF", save_all=True, append_images=images[1:], duration=40, loop=0)


def animated(name: str, frames: int = 3) -> bytes:
    images = [picture("RGB", (24, 16)) for _ in range(frames)]
    for number, image in enumerate(images):
        image.putpixel((number, 15), (255, 255, 0))
    return saved(images[0], name, save_all=True, append_images=images[1:], duration=100, loop=0)


def exif(orientation: int = 1, *, gps: bool = True) -> bytes:
    block = Image.Exif()
    block[0x0112] = orientation
    block[0x010F] = "Camera Maker"
    block[0xA431] = "SERIAL-12345"
    if gps:
        block.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    return block.tobytes()


def jpeg_segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg_with(segment: bytes, base: bytes | None = None) -> bytes:
    """A JPEG with a further segment behind its start."""
    whole = base or jpeg()
    return whole[:2] + segment + whole[2:]


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_with(chunk: bytes, base: bytes | None = None) -> bytes:
    """A PNG with a further chunk behind its header."""
    whole = base or png()
    return whole[:33] + chunk + whole[33:]


def png_header(width: int, height: int, depth: int = 8, colour: int = 2) -> bytes:
    return png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))


def riff(kind: bytes, *chunks: tuple[bytes, bytes], size: int | None = None) -> bytes:
    body = kind + b"".join(
        name + struct.pack("<I", len(content)) + content + b"\x00" * (len(content) % 2)
        for name, content in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body) if size is None else size) + body


def riff_chunks(whole: bytes) -> list[tuple[bytes, bytes]]:
    chunks, at = [], 12
    while at + 8 <= len(whole):
        (length,) = struct.unpack_from("<I", whole, at + 4)
        chunks.append((whole[at : at + 4], whole[at + 8 : at + 8 + length]))
        at += 8 + length + length % 2
    return chunks


def wav_format(
    tag: int = 1, channels: int = 1, rate: int = 8000, bits: int = 16, block: int | None = None
) -> bytes:
    block = channels * bits // 8 if block is None else block
    per_second = (rate * block) & 0xFFFFFFFF
    return struct.pack("<HHIIHH", tag, channels, rate, per_second, block & 0xFFFF, bits)


def samples(seconds: float = 0.5, rate: int = 8000) -> bytes:
    """A saw tooth of 16 bits that fades in."""
    count = int(seconds * rate)
    return b"".join(
        struct.pack("<h", ((n * 900) % 20_000 - 10_000) * n // max(1, count)) for n in range(count)
    )


def wav(*more: tuple[bytes, bytes], seconds: float = 0.5) -> bytes:
    return riff(b"WAVE", (b"fmt ", wav_format()), (b"data", samples(seconds)), *more)


@cache
def encoded(codec: str, container: str, seconds: float = 1.0, *options: str) -> bytes:
    """A tone, encoded by ffmpeg."""
    done = subprocess.run(
        [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error"),
            *("-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}"),
            *("-c:a", codec, *options, "-f", container, "pipe:1"),
        ],
        capture_output=True,
        check=True,
    )
    return done.stdout


def mp3(seconds: float = 1.0) -> bytes:
    """Frames only: no tag."""
    return encoded("libmp3lame", "mp3", seconds, "-id3v2_version", "0", "-write_id3v1", "0")


def ogg(codec: str = "libvorbis", seconds: float = 1.0) -> bytes:
    """With the comments that ffmpeg writes: its vendor and its name."""
    return encoded(codec, "ogg", seconds)


def id3(*frames: tuple[bytes, bytes]) -> bytes:
    body = b"".join(
        name + struct.pack(">I", len(content)) + b"\x00\x00" + content for name, content in frames
    )
    size = len(body)
    synchsafe = bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + synchsafe + body


def zip_archive() -> bytes:
    head = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 2, 2, 1, 0) + b"ahi"
    entry = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 2, 2, 1, 0, 0,
                        0, 0, 0, 0) + b"a"  # fmt: skip
    return head + entry + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, 47, len(head), 0)


@dataclass(frozen=True)
class HostileFile:
    """A file that must be refused, under which code and for which reason."""

    declared: DeclaredFile
    data: bytes
    code: str
    reason: str

    @property
    def name(self) -> str:
        return self.declared.name


def hostile_picture(
    name: str, data: bytes, code: str, reason: str, mime_type: str | None = None
) -> HostileFile:
    return HostileFile(DeclaredFile(name, mime_type, "image"), data, code, reason)


def hostile_sound(
    name: str, data: bytes, code: str, reason: str, mime_type: str | None = None
) -> HostileFile:
    return HostileFile(DeclaredFile(name, mime_type, "sound"), data, code, reason)
