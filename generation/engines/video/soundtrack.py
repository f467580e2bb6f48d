"""What is heard? The voice, and music that steps back while somebody speaks, at the loudness of broadcasts."""

from __future__ import annotations

import re
from pathlib import Path

from generation.engines.audio import SECONDS_MAX
from generation.engines.ffmpeg import input_of, run
from generation.engines.video.order import RenderOrder

# Below the voice by so many LU while nobody speaks; some ten more while somebody does.
MUSIC_BELOW_LU = 9.0
FADE_SECONDS = 1.5
# Room for what encoding adds to the peaks: EBU R128 allows -1 dB of true peak.
PEAK = 0.84
GAIN_MAX_DB = 30.0
# What is quieter has no loudness to speak of: silence stays silence.
SILENCE_LUFS = -60.0

_COMMON = "aformat=sample_fmts=fltp:sample_rates=48000:channel_layouts=stereo"
_LIMITED = f"alimiter=limit={PEAK}:level=disabled"
_MEASURED = re.compile(rb"lavfi\.r128\.I=(-?[\d.]+)")
_MEASURE = r"ebur128=metadata=1,ametadata=mode=print:key=lavfi.r128.I:file=pipe\\:1"


def make_soundtrack(order: RenderOrder, length: float, folder: Path) -> Path:
    """Mix the sound of a video of `length` seconds into a WAV of the folder; returns its path.

    Its integrated loudness is that of the order (EBU R128), its tempo and pitch too. Raises WrongInput, Busy.
    """
    voice = ",".join([_COMMON, *_manner(order)])
    gain = _gain(order.loudness, loudness_of(order.narration, voice))
    voice = f"{voice},volume={gain:.2f}dB,apad=whole_dur={length:.4f}"
    mixed, target = folder / "mixed.wav", folder / "soundtrack.wav"
    sources, graph = input_of(order.narration), f"[0:a]{voice}[mixed]"
    if order.music is not None:
        sources += ["-stream_loop", "-1", *input_of(order.music)]
        graph = f"[0:a]{voice},asplit=2[voice][key];{_music(order, length, order.music)}[mixed]"
    # Measured as it was mixed; what the music adds to the voice is taken back by the last gain.
    said = run(
        [*sources, "-filter_complex", f"{graph};[mixed]{_LIMITED},{_MEASURE}[out]", "-map", "[out]",
         "-t", f"{length:.4f}", "-codec:a", "pcm_s24le", "-y", str(mixed)],
        seconds=SECONDS_MAX,
    )  # fmt: skip
    last = _gain(order.loudness, _loudness_in(said))
    run(
        [*input_of(mixed), "-filter:a", f"volume={last:.2f}dB,{_LIMITED}", "-codec:a", "pcm_s24le",
         "-y", str(target)],
        seconds=SECONDS_MAX,
    )  # fmt: skip
    mixed.unlink()
    return target


def loudness_of(path: Path, filters: str = "anull") -> float:
    """The integrated loudness of a sound in LUFS, after these filters. Raises WrongInput, Busy."""
    said = run(
        [*input_of(path), "-map", "0:a:0", "-filter:a", f"{filters},{_MEASURE}", "-f", "null", "-"],
        seconds=SECONDS_MAX,
    )
    return _loudness_in(said)


def _music(order: RenderOrder, length: float, music: Path) -> str:
    gain = _gain(order.loudness - MUSIC_BELOW_LU, loudness_of(music))
    end, fade = max(0.0, length - FADE_SECONDS), min(FADE_SECONDS, length)
    return (
        f"[1:a]{_COMMON},atrim=0:{length:.4f},volume={gain:.2f}dB,"
        f"afade=t=in:d={min(0.5, length):.4f},afade=t=out:st={end:.4f}:d={fade:.4f}[music];"
        # The threshold lies 11 dB below the voice: it pushes the music down by some 10 dB.
        f"[music][key]sidechaincompress=threshold={order.loudness - 11:.1f}dB:ratio=8:attack=40:release=500"
        "[ducked];[voice][ducked]amix=inputs=2:duration=first:normalize=0"
    )


def _manner(order: RenderOrder) -> list[str]:
    steps = []
    if order.speed != 1.0:
        steps.append(f"atempo={order.speed:.4f}")
    if order.pitch != 1.0:
        steps.append(f"rubberband=pitch={order.pitch:.4f}:pitchq=quality")
    return steps


def _gain(wanted: float, measured: float) -> float:
    if measured <= SILENCE_LUFS:
        return 0.0
    return max(-GAIN_MAX_DB, min(GAIN_MAX_DB, wanted - measured))


def _loudness_in(said: bytes) -> float:
    found = _MEASURED.findall(said)
    return float(found[-1]) if found else SILENCE_LUFS
