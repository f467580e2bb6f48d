"""Which way up was a picture taken, by its EXIF block?"""

from __future__ import annotations

import struct

UPRIGHT = 1
ORIENTATION_TAG = 0x0112
SHORT = 3
ENTRY_BYTES = 12


def orientation_of(exif: bytes) -> int:
    """EXIF's orientation, 1 (upright) to 8, from a TIFF block with or without its "Exif" prefix.

    A damaged block is read as upright: metadata is never a reason to refuse a picture.
    """
    tiff = exif.removeprefix(b"Exif\x00\x00")
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 8:
        return UPRIGHT
    (start,) = struct.unpack_from(f"{order}I", tiff, 4)
    if start + 2 > len(tiff):
        return UPRIGHT
    (count,) = struct.unpack_from(f"{order}H", tiff, start)
    for at in range(start + 2, start + 2 + count * ENTRY_BYTES, ENTRY_BYTES):
        if at + ENTRY_BYTES > len(tiff):
            break
        tag, kind, values, value = struct.unpack_from(f"{order}HHIH", tiff, at)
        if tag == ORIENTATION_TAG:
            valid = kind == SHORT and values == 1 and 1 <= value <= 8
            return int(value) if valid else UPRIGHT
    return UPRIGHT
