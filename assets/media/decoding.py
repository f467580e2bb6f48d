"""What does a real decoder get out of a sound, without being able to harm us?

ffmpeg runs as a child with a fixed demuxer and a list of codecs, no network, no terminal, no
environment, an address space limit and a deadline; it reads one file and writes to a pipe.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import imageio_ffmpeg

from assets.errors import CorruptFile
from assets.media.facts import MediaLimits
from assets.media.waveform import SAMPLE_RATE, Waveform

if sys.platform == "linux":
    import resource

SAMPLES = "s16le" if sys.byteorder == "little" else "s16be"


@dataclass(frozen=True)
class DecodedSound:
    """What was heard: seconds as decoded, and the peaks."""

    seconds: float
    peaks: tuple[float, ...]


def decode_sound(
    path: Path, demuxer: str, codecs: tuple[str, ...], seconds: float, limits: MediaLimits
) -> DecodedSound:
    """Decode the sound at `path` whole; `seconds` is what its container promises.

    Memory stays flat: samples are folded into peaks as they come. Raises CorruptFile when the
    decoder fails, takes too long, or finds clearly less than was promised.
    """
    waveform = Waveform(seconds)
    with subprocess.Popen(  # noqa: S603 - our own program, a path made by us, no shell
        _command(path, demuxer, codecs, limits),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=path.parent,
        env={},
    ) as decoder:
        _confine(decoder.pid, limits)
        deadline = threading.Timer(limits.decode_seconds, decoder.kill)
        deadline.start()
        try:
            # A pipe by construction; only the type says that there may be none.
            waveform.read(cast("IO[bytes]", decoder.stdout))
            status = decoder.wait()
        finally:
            deadline.cancel()
            decoder.kill()
    if status != 0:
        raise CorruptFile("The sound cannot be decoded.", reason="UNDECODABLE")
    decoded = waveform.samples / SAMPLE_RATE
    if decoded <= 0 or decoded < 0.9 * seconds - 0.1:
        raise CorruptFile(
            f"Only {decoded:.1f} of {seconds:.1f} seconds can be decoded.", reason="TRUNCATED"
        )
    return DecodedSound(decoded, waveform.peaks())


def _command(path: Path, demuxer: str, codecs: tuple[str, ...], limits: MediaLimits) -> list[str]:
    return [
        imageio_ffmpeg.get_ffmpeg_exe(),
        *("-nostdin", "-hide_banner", "-v", "quiet"),
        *("-protocol_whitelist", "file,pipe"),
        *("-format_whitelist", demuxer),
        *("-codec_whitelist", ",".join(codecs)),
        *("-threads", "1"),
        *("-f", demuxer, "-i", f"file:{path}"),
        # A second more than is allowed is enough to see that there is more.
        *("-map", "0:a:0", "-t", str(limits.sound_seconds + 1)),
        *("-ac", "1", "-ar", str(SAMPLE_RATE), "-f", SAMPLES, "pipe:1"),
    ]


def _confine(pid: int, limits: MediaLimits) -> None:
    """Bound the child's memory and processor time (Linux only; the deadline holds everywhere)."""
    if sys.platform != "linux":
        return
    for kind, most in (
        (resource.RLIMIT_AS, limits.decoder_bytes),
        (resource.RLIMIT_CPU, limits.decode_seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.prlimit(pid, kind, (most, most))
        except ProcessLookupError:
            return  # It has ended already; its result counts.
