"""Under which stable code is a file, or an act on a file, refused?

Every refusal of a file says what is allowed and carries `details.reason`: a finer, stable word for
what was found (`SVG`, `TYPE_MISMATCH`, `TRUNCATED` ...), while `code` stays one of a few.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from storycore.errors import NotFound, StoryCoreError, Unavailable

_MEGABYTE = 1 << 20
ALLOWED_FILES = "Allowed are JPG, PNG, GIF and WEBP pictures and MP3, WAV and OGG sounds."


class MediaRefused(StoryCoreError):
    """A file is not taken; the message says why and what would be."""

    def __init__(
        self, fact: str, *, reason: str, allowed: str = ALLOWED_FILES, **details: Any
    ) -> None:
        super().__init__(
            f"{fact} {allowed}", field="file", reason=reason, allowed=allowed, **details
        )
        self.reason = reason


class UnsupportedMedia(MediaRefused):
    """The bytes are of no accepted kind, hide something else, or are not what name and type say."""

    code = "UNSUPPORTED_MEDIA"


class CorruptFile(MediaRefused):
    """The file is damaged, cut off or cannot be decoded to its end."""

    code = "CORRUPT_FILE"


class EmptyFile(MediaRefused):
    """The file has no bytes."""

    code = "EMPTY_FILE"


class FileTooLarge(MediaRefused):
    """The file has more bytes than its type may have; `details.limit` is in bytes."""

    code = "FILE_TOO_LARGE"
    status = 413

    @classmethod
    def of(cls, size: int, most: int, type_: str) -> FileTooLarge:
        """The refusal of a file of `size` bytes where one of this type may have `most`."""
        words = f"{most / _MEGABYTE:g} MB ({most} bytes)" if most >= _MEGABYTE else f"{most} bytes"
        return cls(
            f"The file has {size} bytes.",
            reason="BYTES",
            allowed=f"Allowed for a file of type {type_!r} are {words}.",
            limit=most,
        )


class TooManyPixels(MediaRefused):
    """The picture would take too much room once unpacked; `details.limit` is in pixels."""

    code = "TOO_MANY_PIXELS"


class TooManyFrames(MediaRefused):
    """The animation has too many frames, or too many pixels over all of them."""

    code = "TOO_MANY_FRAMES"


class SoundTooLong(MediaRefused):
    """The sound plays too long; `details.limit` is in seconds."""

    code = "SOUND_TOO_LONG"


class AssetInUse(StoryCoreError):
    """The asset is used; `details.usedIn` lists where. `force` deletes it all the same."""

    code = "ASSET_IN_USE"
    status = 409

    def __init__(self, used_in: Sequence[Any]) -> None:
        count = len(used_in)
        places = "1 place" if count == 1 else f"{count} places"
        known = f"in {places}. Remove it there first, or" if count else "where you cannot see it;"
        super().__init__(
            f"This asset is used {known} delete it with force.",
            usedIn=list(used_in),
        )


class DirectUploadsOff(StoryCoreError):
    """The storage takes no files straight from clients; send them by an upload to this server."""

    code = "DIRECT_UPLOADS_OFF"
    status = 409


class StorageUnavailable(Unavailable):
    """The file storage did not do what was asked; nothing is known to be stored."""

    code = "STORAGE_UNAVAILABLE"


class StoredFileMissing(NotFound):
    """The storage has no file under this key."""

    code = "STORED_FILE_MISSING"
