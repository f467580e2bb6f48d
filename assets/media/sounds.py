"""Can a sound be decoded to its end, and how long is it?"""

from __future__ import annotations

import struct
from pathlib import Path

import mutagen
import mutagen.mp3
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE

from assets.errors import CorruptFile, SoundTooLong
from assets.media.anatomy import SoundAnatomy
from assets.media.decoding import decode_sound
from assets.media.facts import MediaLimits, SoundFacts
from assets.media.formats import MP3, OGG, WAV, Format

TAG_READERS = {MP3: (mutagen.mp3.MP3,), WAV: (WAVE,), OGG: (OggVorbis, OggOpus)}
# Opus always plays at this rate; its header has no other that counts.
OPUS_RATE = 48_000


def require_length(seconds: float, limits: MediaLimits) -> None:
    """Refuse a sound that plays longer than allowed. Raises SoundTooLong."""
    if seconds > limits.sound_seconds:
        raise SoundTooLong(
            f"The sound plays {seconds:.0f} seconds.",
            reason="SECONDS",
            allowed=f"Allowed are {limits.sound_seconds} seconds.",
            limit=limits.sound_seconds,
        )


def decode_facts(
    path: Path, found: Format, anatomy: SoundAnatomy, limits: MediaLimits
) -> SoundFacts:
    """Decode the cleaned file at `path` and state its facts. Raises CorruptFile, SoundTooLong."""
    require_length(anatomy.seconds, limits)
    rate, channels = _rate_and_channels(path, found)
    decoded = decode_sound(path, found.decoder, anatomy.codecs, anatomy.seconds, limits)
    require_length(decoded.seconds, limits)
    return SoundFacts(round(decoded.seconds, 3), rate, channels, decoded.peaks)


def _rate_and_channels(path: Path, found: Format) -> tuple[int, int]:
    for reader in TAG_READERS[found]:
        try:
            info = reader(path).info
        except (mutagen.MutagenError, ValueError, IndexError, EOFError, struct.error):
            continue
        return getattr(info, "sample_rate", OPUS_RATE), info.channels
    raise CorruptFile("The sound's headers cannot be read.", reason="UNDECODABLE")
