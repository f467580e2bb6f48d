"""How is ffmpeg run? Its own build, no network, no terminal, files that we made the names of, and limits."""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Sequence
from pathlib import Path

import imageio_ffmpeg

from generation.providers.failures import Busy, WrongInput

MEMORY_MAX = 4 << 30
"""Bytes of address space; ffmpeg's threads reserve far more than they use."""

DEMUXERS = {
    ".wav": "wav", ".mp3": "mp3", ".ogg": "ogg", ".m4a": "mov", ".mp4": "mov", ".flac": "flac",
}  # fmt: skip
"""The only way a file of that ending is read: a playlist that calls itself a sound is refused."""

_SAFE = ("-hide_banner", "-nostdin", "-loglevel", "error", "-protocol_whitelist", "file,pipe")


def input_of(path: Path) -> list[str]:
    """The arguments that read a sound or a video. Raises WrongInput for an unknown ending."""
    demuxer = DEMUXERS.get(path.suffix.lower())
    if demuxer is None:
        raise WrongInput(f"a sound of the type {path.suffix[:10]!r} cannot be read here")
    return ["-protocol_whitelist", "file,pipe", "-f", demuxer, "-i", str(path)]


def command(*arguments: str) -> list[str]:
    """The whole command; `arguments` come after the options that keep it safe."""
    return [imageio_ffmpeg.get_ffmpeg_exe(), *_SAFE, *arguments]


def run(arguments: Sequence[str], *, seconds: float) -> bytes:
    """Run ffmpeg to its end; returns what it wrote to standard output.

    Raises WrongInput when it cannot read what it was given, Busy when it takes longer than `seconds`.
    """
    with subprocess.Popen(  # noqa: S603 - our own build, with arguments from tables and names of ours
        command(*arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        limit_memory(process.pid)
        try:
            output, said = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired as problem:
            process.kill()
            raise Busy(f"a sound or video took longer than {seconds:.0f} seconds") from problem
    if process.returncode != 0:
        raise WrongInput(f"the file cannot be read: {last_line(said)}")
    return output


def limit_memory(pid: int) -> None:
    """Keep a child from taking the machine's memory; it dies instead."""
    # The child may be at its end already.
    try:
        resource.prlimit(pid, resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    except ProcessLookupError:
        return


def last_line(said: bytes) -> str:
    """What ffmpeg said last, without the folders in it."""
    lines = said.decode("utf-8", "replace").strip().splitlines() or ["no reason was given"]
    return " ".join(word for word in lines[-1].split() if "/" not in word)[:200]
