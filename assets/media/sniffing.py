"""What is a file, judged by its bytes alone?"""

from __future__ import annotations

import re

from assets.errors import UnsupportedMedia
from assets.media.formats import GIF, JPEG, MP3, OGG, PNG, WAV, WEBP, Format
from assets.media.markup import markup_in

HEAD_BYTES = 4096

# How the file starts, what stands at its ninth byte, and what it then is.
ACCEPTED: tuple[tuple[bytes, bytes, Format], ...] = (
    (b"\xff\xd8\xff", b"", JPEG),
    (b"\x89PNG\r\n\x1a\n", b"", PNG),
    (b"GIF87a", b"", GIF),
    (b"GIF89a", b"", GIF),
    (b"RIFF", b"WEBP", WEBP),
    (b"RIFF", b"WAVE", WAV),
    (b"OggS", b"", OGG),
    (b"ID3", b"", MP3),
)

# MPEG audio, layer III, with a bit rate and a sample rate that exist.
MPEG_FRAME = re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\x1b\x20-\x2b\x30-\x3b\x40-\x4b"
                        rb"\x50-\x5b\x60-\x6b\x70-\x7b\x80-\x8b\x90-\x9b\xa0-\xab\xb0-\xbb"
                        rb"\xc0-\xcb\xd0-\xdb\xe0-\xeb]", re.DOTALL)  # fmt: skip

# Recognised only to name them in the refusal. Each stands at the very start: no pattern here looks further.
REFUSED: tuple[tuple[re.Pattern[bytes], str, str], ...] = tuple(
    (re.compile(pattern, re.DOTALL | re.IGNORECASE), reason, name)
    for pattern, reason, name in (
        (rb"#!", "SCRIPT", "a script"),
        (rb"\xff\xfe|\xfe\xff|\xef\xbb\xbf", "TEXT", "a text"),
        (rb"#EXTM3U", "PLAYLIST", "a playlist"),
        (rb"ffconcat version", "PLAYLIST", "a playlist"),
        (rb"\x1f\x8b", "ARCHIVE", "a gzip archive"),
        (rb"PK[\x03\x05][\x04\x06]", "ARCHIVE", "a ZIP archive"),
        (rb"Rar!\x1a|7z\xbc\xaf|BZh\d|\xfd7zXZ", "ARCHIVE", "an archive"),
        (rb"%PDF-", "DOCUMENT", "a PDF document"),
        (rb"%!PS", "DOCUMENT", "a PostScript document"),
        (rb"\xd0\xcf\x11\xe0", "DOCUMENT", "an Office document"),
        (rb"MZ|\x7fELF|\xfe\xed\xfa|\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe", "PROGRAM", "a program"),
        (rb"BM....\x00\x00\x00\x00", "OTHER_PICTURE", "a BMP picture"),
        (rb"II\*\x00|MM\x00\*", "OTHER_PICTURE", "a TIFF picture"),
        (rb"8BPS", "OTHER_PICTURE", "a Photoshop picture"),
        (rb"\x00\x00[\x01\x02]\x00", "OTHER_PICTURE", "an icon"),
        (rb"....ftyp(heic|heix|mif1|hevc)", "OTHER_PICTURE", "a HEIC picture"),
        (rb"....ftypavi[fs]", "OTHER_PICTURE", "an AVIF picture"),
        (rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51", "OTHER_PICTURE", "a JPEG 2000 picture"),
        (rb"\xff\x0a|\x00\x00\x00\x0cJXL ", "OTHER_PICTURE", "a JPEG XL picture"),
        (rb"....ftypM4A", "OTHER_SOUND", "an M4A sound"),
        (rb"fLaC", "OTHER_SOUND", "a FLAC sound"),
        (rb"FORM....AIF", "OTHER_SOUND", "an AIFF sound"),
        (rb"MThd", "OTHER_SOUND", "a MIDI file"),
        (rb"RF64|BW64", "OTHER_SOUND", "a 64-bit WAV"),
        (rb"\xff[\xf0\xf1\xf8\xf9]", "OTHER_SOUND", "an AAC sound"),
        (rb"....ftyp|....moov", "VIDEO", "an MP4 video"),
        (rb"\x1a\x45\xdf\xa3", "VIDEO", "a WebM or Matroska video"),
        (rb"RIFF....AVI ", "VIDEO", "an AVI video"),
        (rb"\xff[\xf4-\xf7\xfc-\xff]", "OTHER_SOUND", "an MPEG sound of layer I or II"),
        (rb"\x00\x00\x01[\xb3\xba]", "VIDEO", "an MPEG video"),
    )
)  # fmt: skip


def sniff(head: bytes) -> Format:
    """The format that the first bytes (up to HEAD_BYTES) show.

    It is a guess to be proven: the container is read and the whole file decoded after it.
    Raises UnsupportedMedia, naming what the file seems to be.
    """
    for start, at_eight, found in ACCEPTED:
        if head.startswith(start) and head[8 : 8 + len(at_eight)] == at_eight:
            return found
    if MPEG_FRAME.match(head):
        return MP3
    if text := markup_in(head):
        reason, name = text
        raise UnsupportedMedia(f"The file is {name}.", reason=reason)
    for pattern, reason, name in REFUSED:
        if pattern.match(head):
            raise UnsupportedMedia(f"The file is {name}.", reason=reason)
    raise UnsupportedMedia("The kind of this file is not known.", reason="UNKNOWN")
