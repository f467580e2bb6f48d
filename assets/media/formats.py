"""Which file formats are accepted, and do a file's name and declared type agree with one?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from assets.errors import UnsupportedMedia
from assets.media.facts import DeclaredFile, MediaType


@dataclass(frozen=True)
class Format:
    """One accepted format. `decoder` is its name in Pillow or among ffmpeg's demuxers."""

    name: str
    type: MediaType
    mime_type: str
    extension: str
    decoder: str
    other_extensions: frozenset[str] = frozenset()
    other_mime_types: frozenset[str] = frozenset()

    @property
    def extensions(self) -> frozenset[str]:
        return self.other_extensions | {self.extension}

    @property
    def mime_types(self) -> frozenset[str]:
        return self.other_mime_types | {self.mime_type}


JPEG = Format(
    "JPG", "image", "image/jpeg", ".jpg", "JPEG",
    frozenset({".jpeg", ".jpe", ".jfif", ".pjpeg"}), frozenset({"image/jpg", "image/pjpeg"}),
)  # fmt: skip
PNG = Format(
    "PNG", "image", "image/png", ".png", "PNG",
    frozenset({".apng"}), frozenset({"image/apng", "image/x-png", "image/vnd.mozilla.apng"}),
)  # fmt: skip
GIF = Format("GIF", "image", "image/gif", ".gif", "GIF")
WEBP = Format("WEBP", "image", "image/webp", ".webp", "WEBP")
MP3 = Format(
    "MP3", "sound", "audio/mpeg", ".mp3", "mp3",
    frozenset({".mpga"}),
    frozenset({"audio/mp3", "audio/mpeg3", "audio/x-mpeg-3", "audio/x-mpeg", "audio/x-mp3", "audio/mpg"}),
)  # fmt: skip
WAV = Format(
    "WAV", "sound", "audio/wav", ".wav", "wav",
    frozenset({".wave"}), frozenset({"audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/x-pn-wav"}),
)  # fmt: skip
OGG = Format(
    "OGG", "sound", "audio/ogg", ".ogg", "ogg",
    frozenset({".oga", ".opus"}),
    # Firefox calls every .ogg a video.
    frozenset({"application/ogg", "video/ogg", "audio/opus", "audio/vorbis", "audio/x-ogg"}),
)  # fmt: skip

FORMATS = (JPEG, PNG, GIF, WEBP, MP3, WAV, OGG)

# What browsers and libraries send when they do not know.
UNDECLARED = frozenset({"", "application/octet-stream", "binary/octet-stream"})


def require_agreement(found: Format, declared: DeclaredFile) -> None:
    """Refuse a file whose asked type, extension or declared media type is not what its bytes are.

    A name without an extension and an unknown media type claim nothing. Raises UnsupportedMedia.
    """
    if found.type != declared.type:
        raise _mismatch(found, f"was sent as type {declared.type!r}")
    extension = _extension(declared.name)
    if extension and extension not in found.extensions:
        raise _mismatch(found, f"has the extension {extension[:20]!r}")
    mime_type = (declared.mime_type or "").partition(";")[0].strip().lower()
    if mime_type not in UNDECLARED | found.mime_types:
        raise _mismatch(found, f"was declared as {mime_type[:60]!r}")


def _extension(name: str) -> str:
    """The extension in lower case; what has a space in it ("Dr. Smith") is a part of the name."""
    suffix = PurePath(name.strip()).suffix.lower()
    return "" if any(letter.isspace() for letter in suffix) else suffix


def _mismatch(found: Format, claim: str) -> UnsupportedMedia:
    extensions = ", ".join(sorted(found.extensions))
    return UnsupportedMedia(
        f"This is {found.name} ({found.type}), but the file {claim}.",
        reason="TYPE_MISMATCH",
        allowed=(
            f"Allowed for {found.name} are type {found.type!r}, {found.mime_type} and {extensions}."
        ),
    )
