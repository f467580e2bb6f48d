"""Which files try to get in as pictures, and under which code and reason is each refused?"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from tests.assets import crafting as make
from tests.assets.crafting import HostileFile, hostile_picture

BAD_FILE = "UNSUPPORTED_MEDIA"
DAMAGED = "CORRUPT_FILE"
PIXELS = "TOO_MANY_PIXELS"
FRAMES = "TOO_MANY_FRAMES"

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<html><body><script>alert(1)</script></body></html>"
PHP = b"<?php system($_GET['c']); ?>"


def hostile_pictures() -> Iterator[HostileFile]:
    """Every hostile file that claims to be a picture."""
    yield from disguises()
    yield from mismatches()
    yield from polyglots()
    yield from bombs()
    yield from damaged_pngs()
    yield from damaged_jpegs()
    yield from damaged_gifs_and_webps()


def disguises() -> Iterator[HostileFile]:
    one = hostile_picture
    yield one("drawing.svg", SVG, BAD_FILE, "SVG", mime_type="image/svg+xml")
    yield one("svg-as.png", SVG, BAD_FILE, "SVG")
    yield one("empty-svg-as.png", b"<svg/>", BAD_FILE, "SVG")
    yield one(
        "svg-behind-prolog.png",
        b'<?xml version="1.0"?><!-- x --><!DOCTYPE svg>' + SVG,
        BAD_FILE,
        "SVG",
    )
    yield one("svg-in-utf16.png", SVG.decode().encode("utf-16"), BAD_FILE, "TEXT")
    yield one("drawing.svgz", b"\x1f\x8b\x08" + bytes(20), BAD_FILE, "ARCHIVE")
    yield one("page.html", HTML, BAD_FILE, "HTML", mime_type="text/html")
    yield one("html-as.jpg", b"\n  <!-- photo -->" + HTML, BAD_FILE, "HTML")
    yield one("html-behind-jpeg-magic.jpg", b"\xff\xd8\xff\xe0" + HTML, BAD_FILE, "POLYGLOT")
    yield one("xml-as.png", b'<?xml version="1.0"?><feed/>', BAD_FILE, "XML")
    yield one("shell.php.jpg", PHP, BAD_FILE, "SCRIPT")
    yield one("shell-script.png", b"#!/bin/sh\nrm -rf /\n", BAD_FILE, "SCRIPT")
    yield one("document.pdf", b"%PDF-1.7\n", BAD_FILE, "DOCUMENT", mime_type="application/pdf")
    yield one("program.png", b"MZ" + bytes(200), BAD_FILE, "PROGRAM")
    yield one("elf.png", b"\x7fELF\x02\x01\x01" + bytes(200), BAD_FILE, "PROGRAM")
    yield one("archive.zip", make.zip_archive(), BAD_FILE, "ARCHIVE")
    yield one("picture.bmp", make.saved(make.picture(), "BMP"), BAD_FILE, "OTHER_PICTURE")
    yield one("picture.tiff", make.saved(make.picture(), "TIFF"), BAD_FILE, "OTHER_PICTURE")
    yield one("icon.ico", make.saved(make.picture(), "ICO"), BAD_FILE, "OTHER_PICTURE")
    yield one("picture.heic", b"\x00\x00\x00\x18ftypheic" + bytes(40), BAD_FILE, "OTHER_PICTURE")
    yield one("picture.avif", b"\x00\x00\x00\x18ftypavif" + bytes(40), BAD_FILE, "OTHER_PICTURE")
    yield one(
        "picture.jp2", b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(40), BAD_FILE, "OTHER_PICTURE"
    )
    yield one("picture.psd", b"8BPS\x00\x01" + bytes(40), BAD_FILE, "OTHER_PICTURE")
    yield one("noise.png", bytes(range(1, 255)), BAD_FILE, "UNKNOWN")
    yield one("nothing.png", b"", "EMPTY_FILE", "EMPTY")
    yield one(
        "one-byte-too-many.png",
        make.png() + bytes((5 << 20) + 1 - len(make.png())),
        "FILE_TOO_LARGE",
        "BYTES",
    )


def mismatches() -> Iterator[HostileFile]:
    one = hostile_picture
    yield one("png-as.jpg", make.png(), BAD_FILE, "TYPE_MISMATCH")
    yield one("png-as.svg", make.png(), BAD_FILE, "TYPE_MISMATCH")
    yield one("png-as.html", make.png(), BAD_FILE, "TYPE_MISMATCH")
    yield one(
        "png-declared-jpeg.png", make.png(), BAD_FILE, "TYPE_MISMATCH", mime_type="image/jpeg"
    )
    yield one(
        "png-declared-html.png",
        make.png(),
        BAD_FILE,
        "TYPE_MISMATCH",
        mime_type="text/html; charset=utf-8",
    )
    yield one("sound-as-picture.wav", make.wav(), BAD_FILE, "TYPE_MISMATCH")
    yield one("mp3-as.png", make.mp3(), BAD_FILE, "TYPE_MISMATCH")


def polyglots() -> Iterator[HostileFile]:
    def one(name: str, data: bytes) -> HostileFile:
        return hostile_picture(name, data, BAD_FILE, "POLYGLOT")

    archive = make.zip_archive()
    profile = bytearray(make.SRGB_PROFILE)
    profile[-40:] = b"<script>alert(document.cookie)</script> "
    yield one("zip-behind.jpg", make.jpeg() + archive)
    yield one("zip-behind.png", make.png() + archive)
    yield one("zip-behind.gif", make.gif() + archive)
    yield one("zip-in-private-chunk.png", make.png_with(make.png_chunk(b"prVt", archive)))
    yield one("html-in-comment.jpg", make.jpeg(comment=b"</a><script src=//x></script>"))
    yield one("html-behind.jpg", make.jpeg() + HTML)
    yield one("script-in-text.png", make.png_with(make.png_chunk(b"tEXt", b"Comment\x00" + HTML)))
    yield one("php-in-private-chunk.png", make.png_with(make.png_chunk(b"prVt", PHP)))
    yield one(
        "pdf-in-private-chunk.png", make.png_with(make.png_chunk(b"prVt", b"%PDF-1.4\n1 0 obj"))
    )
    yield one("javascript.gif", gif_that_is_javascript())
    yield one("html-in-exif.webp", make.webp(exif=b"Exif\x00\x00" + HTML))
    yield one("program-behind.jpg", make.jpeg() + b"\x7fELF\x02\x01\x01" + bytes(100))
    yield one("tar-around.jpg", jpeg_that_is_a_tar())
    yield one("script-in-profile.jpg", make.jpeg(icc_profile=bytes(profile)))
    yield one("phar.gif", make.gif() + b"<?php __HALT_COMPILER(); ?>")


def bombs() -> Iterator[HostileFile]:
    one = hostile_picture
    yield one("wide-header.png", png_of(30_000, 30_000), PIXELS, "PIXELS")
    yield one("largest-header.png", png_of(2**31 - 1, 2**31 - 1), PIXELS, "PIXELS")
    yield one("thin.png", png_of(16_384, 1), PIXELS, "PIXELS")
    yield one("real-bomb.png", real_png_bomb(), PIXELS, "PIXELS")
    yield one("wide-header.jpg", jpeg_of(65_500, 65_500), PIXELS, "PIXELS")
    yield one("wide-canvas.gif", gif_of((65_535, 65_535), [(16, 16)]), PIXELS, "PIXELS")
    yield one("small-canvas-wide-frame.gif", gif_of((1, 1), [(65_535, 65_535)]), PIXELS, "PIXELS")
    yield one("wide-canvas.webp", webp_canvas(16_383, 16_383), PIXELS, "PIXELS")
    yield one(
        "small-canvas-wide-picture.webp",
        webp_canvas(48, 32, lossy_size=(16_383, 16_383)),
        PIXELS,
        "PIXELS",
    )
    yield one("many-frames.gif", gif_of((4, 4), [(4, 4)] * 501), FRAMES, "FRAMES")
    yield one(
        "many-wide-frames.gif", gif_of((2_000, 2_000), [(1, 1)] * 100), FRAMES, "CANVAS_PIXELS"
    )
    yield one("many-frames.png", apng_of(600, promised=600), FRAMES, "FRAMES")
    yield one("many-frames.webp", animated_webp(600), FRAMES, "FRAMES")
    yield one("many-scans.jpg", jpeg_of_scans(101), PIXELS, "JPEG_SCANS")
    yield one("wide-scans.jpg", jpeg_of_scans(40, 5_000, 5_000), PIXELS, "JPEG_SCANS")


def damaged_pngs() -> Iterator[HostileFile]:
    one = hostile_picture
    good = make.png()
    header, end = make.png_header(48, 32), make.png_chunk(b"IEND", b"")
    magic = good[:8]
    yield one("cut.png", good[:-20], DAMAGED, "TRUNCATED")
    yield one("half.png", good[: len(good) // 2], DAMAGED, "TRUNCATED")
    yield one("magic-only.png", magic, DAMAGED, "TRUNCATED")
    yield one("checksum.png", good[:20] + b"\x01" + good[21:], DAMAGED, "BAD_CHECKSUM")
    yield one("no-data.png", magic + header + end, DAMAGED, "NO_DATA")
    yield one("no-size.png", png_of(0, 10), DAMAGED, "BAD_STRUCTURE")
    garbage = make.png_chunk(b"IDAT", b"this is not deflate")
    yield one("garbage.png", magic + header + garbage + end, DAMAGED, "UNDECODABLE")
    short = make.png_chunk(b"IDAT", zlib.compress(bytes(100)))
    yield one("too-few-pixels.png", magic + header + short + end, DAMAGED, "UNDECODABLE")
    yield one(
        "unknown-part.png", make.png_with(make.png_chunk(b"ABCD", b"x")), DAMAGED, "BAD_STRUCTURE"
    )
    yield one(
        "apple.png", magic + make.png_chunk(b"CgBI", bytes(4)) + good[8:], DAMAGED, "BAD_STRUCTURE"
    )
    long_chunk = struct.pack(">I", 2**31) + b"tEXt"
    yield one("endless-part.png", good[:33] + long_chunk + good[33:], DAMAGED, "TRUNCATED")
    yield one("lying-frames.png", apng_of(2, promised=40), DAMAGED, "BAD_STRUCTURE")
    yield one("zero-bytes.png", magic + bytes(64), DAMAGED, "BAD_STRUCTURE")


def damaged_jpegs() -> Iterator[HostileFile]:
    one = hostile_picture
    good = make.jpeg()
    frame = good.index(b"\xff\xc0")
    yield one("cut.jpg", good[:-2], DAMAGED, "TRUNCATED")
    yield one("head-only.jpg", good[:200], DAMAGED, "TRUNCATED")
    yield one("no-scan.jpg", good[: good.index(b"\xff\xda")] + b"\xff\xd9", DAMAGED, "NO_DATA")
    yield one("between.jpg", good[:20] + bytes(40) + good[20:], DAMAGED, "BAD_STRUCTURE")
    yield one(
        "two-frames.jpg",
        good[:frame] + good[frame : frame + 19] + good[frame:],
        DAMAGED,
        "BAD_STRUCTURE",
    )
    yield one("no-size.jpg", jpeg_of(0, 10), DAMAGED, "BAD_STRUCTURE")
    yield one("no-tables.jpg", without_segments(good, 0xDB), DAMAGED, "UNDECODABLE")
    yield one("arithmetic.jpg", good.replace(b"\xff\xc0", b"\xff\xc9", 1), BAD_FILE, "JPEG_CODING")
    yield one(
        "twelve-bits.jpg", good[: frame + 4] + b"\x0c" + good[frame + 5 :], BAD_FILE, "JPEG_CODING"
    )


def damaged_gifs_and_webps() -> Iterator[HostileFile]:
    one = hostile_picture
    gif, webp = make.gif(3), make.webp()
    yield one("cut.gif", gif[:-30], DAMAGED, "TRUNCATED")
    yield one("no-frames.gif", gif_of((4, 4), []), DAMAGED, "NO_DATA")
    yield one(
        "unknown-part.gif", gif_of((4, 4), [(4, 4)])[:-1] + b"\x77;", DAMAGED, "BAD_STRUCTURE"
    )
    yield one("coding.gif", gif_of((4, 4), [(4, 4)], code_bits=12), DAMAGED, "BAD_STRUCTURE")
    yield one("empty-frame.gif", gif_of((4, 4), [(4, 4)], data=b""), DAMAGED, "NO_DATA")
    yield one("cut.webp", webp[:-20], DAMAGED, "TRUNCATED")
    yield one("no-picture.webp", make.riff(b"WEBP", (b"XMP ", b"x")), DAMAGED, "NO_DATA")
    yield one(
        "garbage.webp", make.riff(b"WEBP", (b"VP8L", b"\x2f" + bytes(60))), DAMAGED, "UNDECODABLE"
    )
    yield one(
        "late-header.webp",
        make.riff(b"WEBP", *make.riff_chunks(webp), (b"VP8X", bytes(10))),
        DAMAGED,
        "BAD_STRUCTURE",
    )
    yield one("frame-sticks-out.webp", animated_webp(2, canvas=(2, 2)), DAMAGED, "BAD_STRUCTURE")


def png_of(width: int, height: int) -> bytes:
    data = make.png_chunk(b"IDAT", zlib.compress(bytes(10)))
    return make.png()[:8] + make.png_header(width, height) + data + make.png_chunk(b"IEND", b"")


def real_png_bomb() -> bytes:
    """400 million white pixels in 50 kB, coded as they should be."""
    packer = zlib.compressobj(9)
    row = bytes(1 + 20_000 // 8)
    packed = b"".join(packer.compress(row) for _ in range(20_000)) + packer.flush()
    head = make.png()[:8] + make.png_header(20_000, 20_000, depth=1, colour=0)
    return head + make.png_chunk(b"IDAT", packed) + make.png_chunk(b"IEND", b"")


def jpeg_of(width: int, height: int) -> bytes:
    good = make.jpeg()
    at = good.index(b"\xff\xc0") + 5
    return good[:at] + struct.pack(">HH", height, width) + good[at + 4 :]


def jpeg_of_scans(scans: int, width: int = 48, height: int = 32) -> bytes:
    good = jpeg_of(width, height).replace(b"\xff\xc0", b"\xff\xc2", 1)
    scan = good[good.index(b"\xff\xda") : -2]
    return good[:-2] + scan * (scans - 1) + b"\xff\xd9"


def without_segments(good: bytes, marker: int) -> bytes:
    rest = good
    while (at := rest.find(bytes((0xFF, marker)))) >= 0:
        (length,) = struct.unpack_from(">H", rest, at + 2)
        rest = rest[:at] + rest[at + 2 + length :]
    return rest


def gif_of(
    canvas: tuple[int, int],
    frames: list[tuple[int, int]],
    *,
    code_bits: int = 2,
    data: bytes = b"\x4c\x01",
) -> bytes:
    blocks = bytes((len(data),)) + data + b"\x00" if data else b"\x00"
    head = b"GIF89a" + struct.pack("<HHBBB", *canvas, 0x80, 0, 0) + b"\x00\x00\x00\xff\xff\xff"
    body = b"".join(
        struct.pack("<BHHHHBB", 0x2C, 0, 0, *size, 0, code_bits) + blocks for size in frames
    )
    return head + body + b";"


def gif_that_is_javascript() -> bytes:
    script = b"*/=1;alert(document.cookie);/*"
    comment = b"\x21\xfe" + bytes((len(script),)) + script + b"\x00"
    plain = gif_of((16, 16), [(4, 4)])
    return plain[:19] + comment + plain[19:]


def jpeg_that_is_a_tar() -> bytes:
    padding = bytes(257 - 6) + b"ustar\x0000" + bytes(200)
    return make.jpeg_with(make.jpeg_segment(0xFE, padding))


def webp_canvas(width: int, height: int, lossy_size: tuple[int, int] | None = None) -> bytes:
    ((name, picture),) = make.riff_chunks(make.webp())
    if lossy_size:
        picture = picture[:6] + struct.pack("<HH", *lossy_size) + picture[10:]
    head = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return make.riff(b"WEBP", (b"VP8X", head), (name, picture))


def animated_webp(frames: int, canvas: tuple[int, int] = (48, 32)) -> bytes:
    ((name, picture),) = make.riff_chunks(make.webp())
    size = (47).to_bytes(3, "little") + (31).to_bytes(3, "little")
    frame = bytes(6) + size + bytes(4) + make.riff(b"", (name, picture))[8:]
    head = b"\x02\x00\x00\x00" + b"".join((side - 1).to_bytes(3, "little") for side in canvas)
    return make.riff(b"WEBP", (b"VP8X", head), (b"ANIM", bytes(6)), *[(b"ANMF", frame)] * frames)


def apng_of(frames: int, promised: int) -> bytes:
    good = make.animated("PNG", 2)
    control = good.index(b"acTL") - 4
    first = good.index(b"fcTL") - 4
    more = good[first : first + 38] * (frames - 2)
    promise = make.png_chunk(b"acTL", struct.pack(">II", promised, 0))
    return good[:control] + promise + more + good[first:]
