"""What is ffmpeg told? Frames come by a pipe; the sound and the chapters are files; out comes one MP4."""

from __future__ import annotations

from pathlib import Path

from generation.engines.ffmpeg import command, input_of
from generation.engines.video.order import RenderOrder
from generation.engines.video.timing import Timeline

THREADS = 2


def encoder(
    order: RenderOrder, timeline: Timeline, soundtrack: Path, length: float, target: Path
) -> list[str]:
    """The command that writes the video from frames on its standard input, telling its progress."""
    width, height = order.size
    sources = [
        "-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", f"{width}x{height}",
        "-framerate", str(order.fps), "-i", "pipe:0", *input_of(soundtrack),
    ]  # fmt: skip
    sources += ["-f", "ffmetadata", "-i", str(_chapters(order, timeline, target.parent))]
    # The frames come by standard input, so the option against reading it from a terminal must go.
    arguments = [one for one in command() if one != "-nostdin"]
    return [
        *arguments, *sources,
        "-filter:v", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p",
        "-map", "0:v", "-map", "1:a", "-map_metadata", "2", "-map_chapters", "2",
        "-codec:v", "libx264", "-preset", order.preset, "-crf", "21", "-pix_fmt", "yuv420p",
        "-profile:v", "high", "-g", str(order.fps * 2), "-threads", str(THREADS),
        "-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709",
        "-codec:a", "aac", "-b:a", "160k", "-ar", "48000", "-ac", "2",
        "-t", f"{length:.4f}", "-movflags", "+faststart", "-progress", "pipe:1", "-nostats",
        "-f", "mp4", "-y", str(target),
    ]  # fmt: skip


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
