"""Which reader takes a picture's or sound's container apart?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assets.media.anatomy import Buffer, PictureAnatomy, SoundAnatomy
from assets.media.containers.gif import read_gif
from assets.media.containers.jpeg import read_jpeg
from assets.media.containers.mp3 import read_mp3
from assets.media.containers.ogg import read_ogg
from assets.media.containers.png import read_png
from assets.media.containers.wav import read_wav
from assets.media.containers.webp import read_webp
from assets.media.facts import MediaLimits
from assets.media.formats import GIF, JPEG, MP3, OGG, PNG, WAV, WEBP, Format

PICTURE_READERS: Mapping[Format, Callable[[Buffer, MediaLimits], PictureAnatomy]] = {
    JPEG: read_jpeg,
    PNG: read_png,
    GIF: read_gif,
    WEBP: read_webp,
}
SOUND_READERS: Mapping[Format, Callable[[Buffer], SoundAnatomy]] = {
    MP3: read_mp3,
    WAV: read_wav,
    OGG: read_ogg,
}
