"""How was a file made, and how does the file itself say so?

IPTC's digital source type in XMP (IPTC Photo Metadata 2023.2) is what image search, social networks
and editors read. Pictures carry it as XMP, sounds as a tag of their format.
"""

from __future__ import annotations

import re
import shutil
import struct
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import mutagen.mp3
import mutagen.oggopus
import mutagen.oggvorbis
import mutagen.wave
from mutagen.id3 import ID3, PRIV, TXXX

from assets.errors import UnsupportedMedia
from assets.media.anatomy import Buffer, Cursor, Span

GENERATED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
GENERATED_MARK = re.compile(rb"digitalsourcetype/(?:compositeWithT|t)rainedAlgorithmicMedia")
TAG = "DIGITAL_SOURCE_TYPE"

PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<Iptc4xmpExt:DigitalSourceType>{source_type}</Iptc4xmpExt:DigitalSourceType>
<Iptc4xmpExt:AISystemUsed>{system}</Iptc4xmpExt:AISystemUsed>
<xmp:CreateDate>{created_at}</xmp:CreateDate>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


@dataclass(frozen=True)
class Provenance:
    """How a generated file came to be; prompts stay in the asset's record, not in the file."""

    system: str
    created_at: datetime


def write_provenance(source: Path, target: Path, mime_type: str, provenance: Provenance) -> None:
    """Write the checked file `source` to `target` with its provenance; its picture or sound stays.

    Raises UnsupportedMedia for a media type that has no place for it (GIF).
    """
    packet = PACKET.format(
        source_type=GENERATED,
        system=escape(provenance.system),
        created_at=provenance.created_at.isoformat(timespec="seconds"),
    ).encode()
    if mime_type in PICTURES:
        target.write_bytes(PICTURES[mime_type](source.read_bytes(), packet))
    elif mime_type in SOUNDS:
        shutil.copyfile(source, target)
        SOUNDS[mime_type](target, packet, provenance)
    else:
        raise UnsupportedMedia(
            "This kind of file has no place for its provenance.",
            reason="NO_PROVENANCE",
            allowed=f"Allowed are {', '.join([*PICTURES, *SOUNDS])}.",
        )


def is_marked_as_generated(data: Buffer, spans: Iterable[Span]) -> bool:
    """True when metadata that is about to be dropped says that an AI made the file."""
    return any(GENERATED_MARK.search(data, span.start, span.end) for span in spans)


def _in_jpeg(whole: bytes, packet: bytes) -> bytes:
    body = b"http://ns.adobe.com/xap/1.0/\x00" + packet
    at = 2
    if whole[2:4] == b"\xff\xe0":  # Behind JFIF's header, which has to be the first.
        at += 2 + int.from_bytes(whole[4:6], "big")
    return whole[:at] + struct.pack(">BBH", 0xFF, 0xE1, len(body) + 2) + body + whole[at:]


def _in_png(whole: bytes, packet: bytes) -> bytes:
    body = b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + packet
    checksum = zlib.crc32(b"iTXt" + body)
    chunk = struct.pack(">I", len(body)) + b"iTXt" + body + struct.pack(">I", checksum)
    header_end = 33
    return whole[:header_end] + chunk + whole[header_end:]


def _in_webp(whole: bytes, packet: bytes) -> bytes:
    chunks = whole[12:]
    if whole[12:16] == b"VP8X":
        flags = bytes((whole[20] | 0x04,))
        chunks = whole[12:20] + flags + whole[21:]
    else:
        chunks = _extended_header(whole) + chunks
    chunks += b"XMP " + struct.pack("<I", len(packet)) + packet + b"\x00" * (len(packet) % 2)
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks


def _extended_header(whole: bytes) -> bytes:
    """The header that a plain WebP needs before it can carry metadata."""
    body = Cursor(whole, 20)
    if whole[12:16] == b"VP8L":
        body.skip(1)
        (bits,) = body.unpack("<I")
        width, height, alpha = bits & 0x3FFF, bits >> 14 & 0x3FFF, bits >> 28 & 1
    else:
        body.skip(6)
        size = body.unpack("<HH")
        width, height, alpha = (size[0] & 0x3FFF) - 1, (size[1] & 0x3FFF) - 1, 0
    flags = 0x04 | (0x10 if alpha else 0)
    sides = width.to_bytes(3, "little") + height.to_bytes(3, "little")
    return b"VP8X" + struct.pack("<II", 10, flags) + sides


def _in_mp3(path: Path, packet: bytes, provenance: Provenance) -> None:
    tags = ID3()
    _fill(tags, packet, provenance)
    tags.save(path, v2_version=4)


def _in_wav(path: Path, packet: bytes, provenance: Provenance) -> None:
    sound = mutagen.wave.WAVE(path)
    sound.add_tags()
    _fill(sound.tags, packet, provenance)
    sound.save()


def _fill(tags: Any, packet: bytes, provenance: Provenance) -> None:
    tags.add(TXXX(encoding=3, desc=TAG, text=[GENERATED]))
    tags.add(TXXX(encoding=3, desc="AI_SYSTEM_USED", text=[provenance.system]))
    tags.add(PRIV(owner="XMP", data=packet))


def _in_ogg(path: Path, _packet: bytes, provenance: Provenance) -> None:
    opens = mutagen.oggvorbis.OggVorbis
    with path.open("rb") as file:
        if b"OpusHead" in file.read(64):
            opens = mutagen.oggopus.OggOpus
    sound = opens(path)
    sound[TAG] = GENERATED
    sound["AI_SYSTEM_USED"] = provenance.system
    sound.save()


PICTURES: Mapping[str, Callable[[bytes, bytes], bytes]] = {
    "image/jpeg": _in_jpeg,
    "image/png": _in_png,
    "image/webp": _in_webp,
}
SOUNDS: Mapping[str, Callable[[Path, bytes, Provenance], None]] = {
    "audio/mpeg": _in_mp3,
    "audio/wav": _in_wav,
    "audio/ogg": _in_ogg,
}
