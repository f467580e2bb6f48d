"""How is a video rendered? Frames are drawn here and piped to ffmpeg, which can be stopped at any moment."""

from __future__ import annotations

import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from generation.engines.audio import seconds_of
from generation.engines.captions import srt_of, vtt_of
from generation.engines.ffmpeg import last_line, limit_memory
from generation.engines.video.encoding import encoder
from generation.engines.video.frames import Frames
from generation.engines.video.order import Cancelled, Rendered, RenderOrder
from generation.engines.video.overlays import caption_overlays, card_overlays
from generation.engines.video.soundtrack import make_soundtrack
from generation.engines.video.thumbnails import write_thumbnail
from generation.engines.video.timing import timeline
from generation.providers.failures import Busy, WrongInput

Progress = Callable[[int, str], None]
LOOK_SECONDS = 0.5


def render(
    order: RenderOrder,
    folder: Path,
    *,
    progress: Progress = lambda _percent, _message: None,
    is_wanted: Callable[[], bool] = lambda: True,
    limit_seconds: float = 1_500.0,
) -> Rendered:
    """Render the video into the folder; its name there appears when it is whole.

    `progress` hears 0 to 100 and a sentence; `is_wanted` is asked twice a second. Raises WrongInput for what
    cannot be read, Busy when it takes longer than `limit_seconds`, Cancelled when it is not wanted any more.
    """
    started = time.monotonic()
    length = seconds_of(order.narration) / order.speed
    count = max(1, round(length * order.fps))
    shares = timeline([one.seconds for one in order.stills], length)
    overlays = card_overlays(order.cards, order.size)
    if order.burn_captions:
        overlays += caption_overlays(
            order.captions, order.size, style=order.caption_style, position=order.caption_position
        )
    frames = Frames(order, shares, overlays)
    frames.check()
    partial, video = folder / "video.partial", folder / "video.mp4"
    watch = _Watch(length, progress, is_wanted, started + limit_seconds)
    soundtrack = make_soundtrack(order, length, folder)
    watch.look()
    _encode(encoder(order, shares, soundtrack, length, partial), frames, count, watch)
    soundtrack.unlink()
    partial.rename(video)
    thumbnail = write_thumbnail(frames.first(), folder / "thumbnail.jpg")
    width, height = order.size
    return Rendered(
        video=video,
        thumbnail=thumbnail,
        seconds=count / order.fps,
        width=width,
        height=height,
        fps=order.fps,
        **_caption_files(order, folder),
        details={
            "template": order.template,
            "resolution": order.resolution,
            "fps": order.fps,
            "renderSeconds": round(time.monotonic() - started, 2),
        },
    )


class _Watch:
    """Tells how far the encoder is, and stops it when it is not wanted or takes too long."""

    def __init__(
        self, length: float, progress: Progress, is_wanted: Callable[[], bool], deadline: float
    ) -> None:
        self.length = length
        self.progress = progress
        self.is_wanted = is_wanted
        self.deadline = deadline
        self.percent = 0
        self._told = -1
        self._looked = 0.0

    def read(self, stream: IO[bytes]) -> None:
        """Follow what ffmpeg says of itself (-progress); runs in a thread of its own."""
        for line in stream:
            name, _, value = line.decode("ascii", "replace").strip().partition("=")
            if name == "out_time_us" and value.lstrip("-").isdigit():
                done = int(value) / 1_000_000 / (self.length or 1.0)
                self.percent = min(99, max(self.percent, int(done * 100)))

    def look(self) -> None:
        """Raises Cancelled, Busy."""
        moment = time.monotonic()
        if moment < self._looked + LOOK_SECONDS:
            return
        self._looked = moment
        if not self.is_wanted():
            raise Cancelled
        if moment > self.deadline:
            raise Busy("the video took longer to render than is allowed")
        if self.percent > self._told:
            self._told = self.percent
            self.progress(self.percent, f"Rendering: {self.percent} %.")


def _encode(arguments: list[str], frames: Frames, count: int, watch: _Watch) -> None:
    # What it says goes to a file: a pipe that nobody reads would stop it.
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(  # noqa: S603 - our own build, with arguments from tables and names of ours
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said
        ) as process,
    ):
        limit_memory(process.pid)
        stdin, stdout = process.stdin, process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("Both pipes were asked for.")
        reader = threading.Thread(target=watch.read, args=(stdout,), daemon=True)
        reader.start()
        try:
            _feed(stdin, frames, count, watch)
            while process.poll() is None:
                watch.look()
                time.sleep(0.02)
        except BaseException:
            process.kill()
            raise
        finally:
            reader.join(5)
        if process.returncode != 0:
            said.seek(0)
            raise WrongInput(f"the video could not be rendered: {last_line(said.read())}")


def _feed(stdin: IO[bytes], frames: Frames, count: int, watch: _Watch) -> None:
    """Pipe the frames. When the encoder is gone, its own words say why."""
    try:
        with stdin:
            for frame in frames.all(count):
                stdin.write(frame)
                watch.look()
    except BrokenPipeError:
        return


def _caption_files(order: RenderOrder, folder: Path) -> dict[str, Path]:
    if not order.captions:
        return {}
    captions = [{"text": one.text, "start": one.start, "end": one.end} for one in order.captions]
    srt, vtt = folder / "captions.srt", folder / "captions.vtt"
    srt.write_text(srt_of(captions), encoding="utf-8")
    vtt.write_text(vtt_of(captions), encoding="utf-8")
    return {"srt": srt, "vtt": vtt}
