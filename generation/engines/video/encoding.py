"""What is ffmpeg told? Frames come by a pipe; voice, music and chapters are files; out comes one MP4."""

from __future__ import annotations

from pathlib import Path

from generation.engines.ffmpeg import command, input_of
from generation.engines.video.order import RenderOrder
from generation.engines.video.timing import Timeline

# Loudness for the web: EBU R128 at -16 LUFS, with room for what encoding adds to the peaks.
LOUDNESS = "loudnorm=I=-16:TP=-1.5:LRA=11"
FADE_SECONDS = 1.5
THREADS = 2


def encoder(
    order: RenderOrder, timeline: Timeline, length: float, folder: Path, target: Path
) -> list[str]:
    """The command that writes the video from frames on its standard input, telling its progress."""
    width, height = order.size
    sources = [
        "-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", f"{width}x{height}",
        "-framerate", str(order.fps), "-i", "pipe:0", *input_of(order.narration),
    ]  # fmt: skip
    if order.music is not None:
        sources += ["-stream_loop", "-1", *input_of(order.music)]
    chapters = _chapters(order, timeline, folder)
    sources += ["-f", "ffmetadata", "-i", str(chapters)]
    number = 3 if order.music is not None else 2
    # The frames come by standard input, so the option against reading it from a terminal must go.
    arguments = [one for one in command() if one != "-nostdin"]
    return [
        *arguments, *sources,
        "-filter_complex", f"{_picture()};{_sound(order, length)}",
        "-map", "[picture]", "-map", "[sound]", "-map_metadata", str(number), "-map_chapters", str(number),
        "-codec:v", "libx264", "-preset", order.preset, "-crf", "21", "-pix_fmt", "yuv420p",
        "-profile:v", "high", "-g", str(order.fps * 2), "-threads", str(THREADS),
        "-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709",
        "-codec:a", "aac", "-b:a", "160k", "-ar", "48000", "-ac", "2",
        "-t", f"{length:.4f}", "-movflags", "+faststart", "-progress", "pipe:1", "-nostats",
        "-f", "mp4", "-y", str(target),
    ]  # fmt: skip


def _picture() -> str:
    return "[0:v]scale=out_color_matrix=bt709:out_range=tv,format=yuv420p[picture]"


def _sound(order: RenderOrder, length: float) -> str:
    """Voice at its tempo and pitch; music below it that steps back while somebody speaks."""
    steps = ["aformat=sample_rates=48000:channel_layouts=stereo"]
    if order.speed != 1.0:
        steps.append(f"atempo={order.speed:.4f}")
    if order.pitch != 1.0:
        steps.append(f"rubberband=pitch={order.pitch:.4f}:pitchq=quality")
    voice = ",".join([*steps, f"apad=whole_dur={length:.4f}"])
    if order.music is None:
        return f"[1:a]{voice},{LOUDNESS},aresample=48000[sound]"
    fade = max(0.0, length - FADE_SECONDS)
    return (
        f"[1:a]{voice},asplit=2[voice][key];"
        f"[2:a]aformat=sample_rates=48000:channel_layouts=stereo,atrim=0:{length:.4f},volume=0.45,"
        f"afade=t=out:st={fade:.4f}:d={min(FADE_SECONDS, length):.4f}[music];"
        "[music][key]sidechaincompress=threshold=0.02:ratio=8:attack=40:release=500[ducked];"
        f"[voice][ducked]amix=inputs=2:duration=first:normalize=0,{LOUDNESS},aresample=48000[sound]"
    )


def _chapters(order: RenderOrder, timeline: Timeline, folder: Path) -> Path:
    lines = [";FFMETADATA1", f"title={_escaped(order.title)}"]
    if any(one.title for one in order.stills):
        bounds = [round(one * 1000) for one in timeline.bounds]
        for number, still in enumerate(order.stills):
            lines += [
                "[CHAPTER]", "TIMEBASE=1/1000", f"START={bounds[number]}", f"END={bounds[number + 1]}",
                f"title={_escaped(still.title or str(number + 1))}",
            ]  # fmt: skip
    path = folder / "chapters.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _escaped(text: str) -> str:
    words = " ".join(text.split())
    return "".join(f"\\{letter}" if letter in "=;#\\" else letter for letter in words)
