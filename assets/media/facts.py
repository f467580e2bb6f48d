"""Which values go into and come out of the check of a file?"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Literal, Self

MediaType = Literal["image", "sound", "video"]


@dataclass(frozen=True)
class DeclaredFile:
    """What the sender says of a file: never trusted, only compared with the bytes."""

    name: str
    mime_type: str | None
    type: MediaType


@dataclass(frozen=True)
class MediaLimits:
    """How large a file may be, packed and unpacked.

    A picture being decoded takes about 4 bytes a pixel, 8 while it is turned upright.
    `canvas_pixels` bounds frames times canvas of an animation, `scan_pixels` scans times pixels of a
    progressive JPEG: both stand for decoding time.
    """

    image_bytes: int = 5 << 20
    sound_bytes: int = 10 << 20
    pixels: int = 25_000_000
    side: int = 16_383
    frames: int = 500
    canvas_pixels: int = 150_000_000
    scan_pixels: int = 400_000_000
    sound_seconds: int = 30 * 60
    decode_seconds: int = 30
    decoder_bytes: int = 1 << 30

    def bytes_of(self, kind: MediaType) -> int:
        """The largest size in bytes of a file of this kind."""
        return self.sound_bytes if kind == "sound" else self.image_bytes


@dataclass(frozen=True)
class Thumbnail:
    """A small WebP of a picture; `box` is the side of the square that it fits in."""

    box: int
    width: int
    height: int
    data: bytes
    mime_type: str = "image/webp"


@dataclass(frozen=True)
class PictureFacts:
    """What is known of a picture. `placeholder` is a tiny blurred WebP as a data address."""

    width: int
    height: int
    frames: int
    dominant_color: str | None
    placeholder: str


@dataclass(frozen=True)
class SoundFacts:
    """What is known of a sound: seconds, Hz, and 256 peaks from 0 to 1."""

    duration: float
    sample_rate: int
    channels: int
    peaks: tuple[float, ...]


@dataclass(frozen=True)
class VideoFacts:
    """What is known of a video: seconds, pixels, and its codecs' four-letter names."""

    duration: float
    width: int
    height: int
    video_codec: str
    audio_codec: str | None


@dataclass(frozen=True)
class MediaFacts:
    """What is known of the file that is to be stored; `sha256` is of those very bytes.

    `ai_generated` is what the sent file's own metadata said; that metadata is not stored.
    """

    type: MediaType
    mime_type: str
    extension: str
    size: int
    sha256: str
    original_name: str
    ai_generated: bool = False
    picture: PictureFacts | None = None
    sound: SoundFacts | None = None
    video: VideoFacts | None = None

    def as_metadata(self) -> dict[str, Any]:
        """The facts as the asset's metadata, in the words of the API; unknown ones are left out."""
        facts: dict[str, Any] = {
            "size": self.size,
            "mimeType": self.mime_type,
            "originalName": self.original_name,
            "sha256": self.sha256,
        }
        if self.ai_generated:
            facts["aiGenerated"] = True
        if self.picture:
            facts |= {
                "width": self.picture.width,
                "height": self.picture.height,
                "frames": self.picture.frames,
                "dominantColor": self.picture.dominant_color,
                "placeholder": self.picture.placeholder,
            }
        if self.sound:
            facts |= {
                "duration": self.sound.duration,
                "sampleRate": self.sound.sample_rate,
                "channels": self.sound.channels,
                "peaks": list(self.sound.peaks),
            }
        if self.video:
            facts |= {
                "width": self.video.width,
                "height": self.video.height,
                "duration": self.video.duration,
                "videoCodec": self.video.video_codec,
                "audioCodec": self.video.audio_codec,
            }
        return {name: value for name, value in facts.items() if value is not None}


@dataclass(frozen=True)
class CheckedMedia:
    """A file that passed: its facts, the bytes to store, and its thumbnails.

    `path` is the sent file itself when it needed no cleaning, else a cleaned copy that lives until
    this is closed. Use it in a `with` block.
    """

    facts: MediaFacts
    path: Path
    cleaned: bool
    thumbnails: tuple[Thumbnail, ...] = ()
    room: ExitStack = field(default_factory=ExitStack, repr=False, compare=False)

    def open(self) -> BinaryIO:
        """The bytes to store, from their start."""
        return self.path.open("rb")

    def close(self) -> None:
        """Remove the working copies."""
        self.room.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
