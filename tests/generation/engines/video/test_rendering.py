"""Real videos, decoded again: every template, upright and wide, sound, captions, and what goes wrong."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from assets.media.containers.mp4 import read_mp4
from generation.engines.ffmpeg import command
from generation.engines.video.order import TEMPLATES, Cancelled, Still
from generation.engines.video.rendering import render
from generation.engines.video.soundtrack import loudness_of
from generation.engines.video.stills import fitted
from generation.engines.video.thumbnails import take_thumbnail
from generation.providers.failures import Busy, WrongInput
from tests.generation.engines.video.conftest import (
    CAPTIONS,
    CARDS,
    SECONDS,
    TONE,
    Studio,
    a_picture,
    a_tone,
    frames_of,
    pitch_of,
    sound_of,
)

SMALL = (160, 90)


def said_of(video: Path) -> str:
    """What ffmpeg tells of a file."""
    done = subprocess.run(
        [command()[0], "-hide_banner", "-i", str(video)], capture_output=True, check=False
    )
    return done.stderr.decode()


@pytest.mark.parametrize("template", TEMPLATES)
def test_each_template_gives_a_video_that_plays_everywhere(
    studio_folder: Studio, template: str
) -> None:
    made = studio_folder.render(template, template=template)

    with made.video.open("rb") as file:
        facts = read_mp4(file)
    told = said_of(made.video)
    assert (facts.video_codec, facts.audio_codec, facts.is_fast_start) == ("avc1", "mp4a", True)
    assert (facts.width, facts.height) == (1280, 720)
    assert abs(facts.duration - SECONDS) < 0.1
    assert made.seconds == pytest.approx(facts.duration, abs=0.05)
    assert "yuv420p" in told
    assert "24 fps" in told
    frames = frames_of(made.video, SMALL)
    assert len(frames) == 48
    assert all(frame.mean() > 40 for frame in frames), "a frame is black"
    assert np.abs(sound_of(made.video)).max() > 0.05, "silence"
    assert not list(made.video.parent.glob("*.partial"))


def test_templates_differ_where_pictures_change(studio_folder: Studio) -> None:
    middles = {
        name: frames_of(studio_folder.render(name, template=name).video, SMALL)[20].astype(int)
        for name in TEMPLATES
    }

    pairs = [(one, two) for one in TEMPLATES for two in TEMPLATES if one < two]
    differences = {pair: np.abs(middles[pair[0]] - middles[pair[1]]).mean() for pair in pairs}
    assert min(differences.values()) > 1.5, differences


def test_a_fade_is_still_and_a_zoom_moves(studio_folder: Studio) -> None:
    fade = frames_of(studio_folder.render("basic_fade", template="basic_fade").video, SMALL).astype(
        int
    )
    zoom = frames_of(studio_folder.render("zoom_in", template="zoom_in").video, SMALL).astype(int)

    assert np.abs(fade[2] - fade[10]).mean() < 1.0
    assert np.abs(zoom[2] - zoom[10]).mean() > 3.0


@pytest.mark.parametrize("size", [(300, 900), (900, 300), (500, 500), (33, 17)])
def test_a_picture_of_any_shape_is_whole_and_round(tmp_path: Path, size: tuple[int, int]) -> None:
    frame = np.asarray(fitted(a_picture(tmp_path / "odd.png", size), (1280, 720))).astype(int)

    disc = (frame > 235).all(axis=2)
    height, width = disc.any(axis=1).sum(), disc.any(axis=0).sum()
    assert frame.shape == (720, 1280, 3)
    assert abs(height - width) <= max(4, 0.04 * width)
    assert height >= min(720 / size[1], 1280 / size[0]) * (min(size) // 2) * 0.9


def test_a_short_is_upright(studio_folder: Studio) -> None:
    made = studio_folder.render("upright", portrait=True, fps=30)

    assert (made.width, made.height) == (720, 1280)
    assert "720x1280" in said_of(made.video)
    with Image.open(made.thumbnail) as thumbnail:
        assert thumbnail.size == (720, 1280)


def test_speed_changes_the_length_and_pitch_the_voice(studio_folder: Studio) -> None:
    fast = studio_folder.render("fast", speed=1.25)
    high = studio_folder.render("high", pitch=1.2)

    assert fast.seconds == pytest.approx(SECONDS / 1.25, abs=0.06)
    assert pitch_of(sound_of(fast.video)) == pytest.approx(TONE, rel=0.02)
    assert high.seconds == pytest.approx(SECONDS, abs=0.06)
    assert pitch_of(sound_of(high.video)) == pytest.approx(TONE * 1.2, rel=0.02)


def test_music_steps_back_while_somebody_speaks(studio_folder: Studio, tmp_path: Path) -> None:
    # A voice that is silent in its second half, over a steady tone.
    voice = sound = a_tone(tmp_path / "voice.wav", 1.5)
    subprocess.run(
        command("-i", str(sound), "-af", "apad=pad_dur=2.5", "-y", str(tmp_path / "half.wav")),
        check=True,
    )
    music = a_tone(tmp_path / "music.wav", 1.0, frequency=1_500.0)
    made = render(studio_folder.order(narration=tmp_path / "half.wav", music=music), tmp_path)

    samples = sound_of(made.video)
    loud = [
        _level(samples[int(48_000 * at) : int(48_000 * (at + 0.5))], 1_500.0) for at in (0.8, 2.0)
    ]
    assert voice.exists()
    assert loud[0] < loud[1] * 0.6, loud
    assert made.seconds == pytest.approx(4.0, abs=0.1)


@pytest.mark.parametrize("voice_level", [400, 9_000, 30_000])
@pytest.mark.parametrize("has_music", [False, True])
def test_every_video_is_as_loud_as_broadcasts_are(
    studio_folder: Studio, tmp_path: Path, voice_level: int, has_music: bool
) -> None:
    narration = a_tone(tmp_path / "voice.wav", 3.0, level=voice_level)
    music = a_tone(tmp_path / "music.wav", 1.0, frequency=1_500.0) if has_music else None

    made = render(studio_folder.order(narration=narration, music=music), tmp_path)

    assert loudness_of(made.video) == pytest.approx(-23.0, abs=0.7)
    assert np.abs(sound_of(made.video)).max() < 0.95
    assert {one.name for one in tmp_path.glob("*.wav")} <= {"voice.wav", "music.wav"}


def test_another_loudness_for_the_web(studio_folder: Studio) -> None:
    made = studio_folder.render("loud", loudness=-16.0)

    assert loudness_of(made.video) == pytest.approx(-16.0, abs=0.7)


def test_a_silent_narration_stays_silent(studio_folder: Studio, tmp_path: Path) -> None:
    narration = a_tone(tmp_path / "voice.wav", 1.0, level=0)

    made = render(studio_folder.order(narration=narration), tmp_path)

    assert np.abs(sound_of(made.video)).max() < 0.01
    assert made.seconds == pytest.approx(1.0, abs=0.06)


def _level(samples: Any, frequency: float) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    bin_ = round(frequency * len(samples) / 48_000)
    return float(spectrum[bin_ - 3 : bin_ + 4].max())


def test_captions_are_files_and_can_be_burned_in(studio_folder: Studio) -> None:
    plain = studio_folder.render("basic_fade", template="basic_fade")
    made = studio_folder.render("captions", captions=CAPTIONS, burn_captions=True, cards=CARDS)

    assert made.srt is not None
    assert made.vtt is not None
    assert made.srt.read_text().startswith(
        "1\n00:00:00,000 --> 00:00:01,000\nA <b>light</b> & a → boat\n"
    )
    assert "&lt;b&gt;light&lt;/b&gt; &amp; a" in made.vtt.read_text()
    before, after = (frames_of(one.video, SMALL).astype(int) for one in (plain, made))
    bottom, middle = slice(70, 90), slice(35, 55)
    assert np.abs(before[30][bottom] - after[30][bottom]).mean() > 1.5
    assert np.abs(before[12][middle] - after[12][middle]).mean() > 1.5
    assert np.abs(before[30][middle] - after[30][middle]).mean() < 0.5


def test_titles_become_chapters(studio_folder: Studio) -> None:
    stills = tuple(
        Still(studio_folder.folder / name, seconds, title)
        for name, seconds, title in (("one.png", 0.5, "The; #door="), ("two.png", 1.5, "The sea"))
    )
    told = said_of(studio_folder.render("chapters", stills=stills, title="Two places").video)

    assert "start 0.000000, end 0.500000" in told
    assert "title           : The; #door=" in told
    assert "start 0.500000, end 2.000000" in told
    assert "title           : Two places" in told


@pytest.mark.parametrize(("seconds", "pictures"), [(0.3, 1), (1.0, 40)])
def test_very_short_and_very_many(
    studio_folder: Studio, tmp_path: Path, seconds: float, pictures: int
) -> None:
    stills = (Still(studio_folder.folder / "one.png"),) * pictures
    narration = a_tone(tmp_path / "short.wav", seconds)

    made = render(studio_folder.order(narration=narration, stills=stills), tmp_path)

    assert made.seconds == pytest.approx(seconds, abs=0.06)


def test_a_cancelled_video_leaves_nothing(studio_folder: Studio, tmp_path: Path) -> None:
    narration = a_tone(tmp_path / "long.wav", 30.0)
    began = time.monotonic()

    with pytest.raises(Cancelled):
        render(
            studio_folder.order(narration=narration, template="ken_burns"),
            tmp_path,
            is_wanted=lambda: time.monotonic() < began + 1.0,
        )

    assert time.monotonic() - began < 8
    assert not (tmp_path / "video.mp4").exists()
    assert str(tmp_path) not in _commands()


def test_a_video_that_takes_too_long_is_given_up(studio_folder: Studio, tmp_path: Path) -> None:
    narration = a_tone(tmp_path / "long.wav", 30.0)

    with pytest.raises(Busy):
        render(
            studio_folder.order(narration=narration, template="ken_burns"),
            tmp_path,
            limit_seconds=0.8,
        )

    assert str(tmp_path) not in _commands()


def test_progress_only_grows(studio_folder: Studio, tmp_path: Path) -> None:
    narration = a_tone(tmp_path / "long.wav", 12.0)
    heard: list[int] = []

    render(
        studio_folder.order(narration=narration, template="ken_burns"),
        tmp_path,
        progress=lambda percent, _text: heard.append(percent),
    )

    assert heard == sorted(set(heard))
    assert len(heard) > 2


def test_what_cannot_be_read_is_refused(studio_folder: Studio, tmp_path: Path) -> None:
    playlist = tmp_path / "playlist.wav"
    playlist.write_text("#EXTM3U\nfile:///etc/passwd\n")
    words = tmp_path / "words.png"
    words.write_text("no picture")
    script = tmp_path / "x.m3u8"
    script.write_text("#EXTM3U\n")

    for wanted in (
        {"narration": playlist},
        {"narration": script},
        {"stills": (Still(words),)},
    ):
        with pytest.raises(WrongInput):
            render(studio_folder.order(**wanted), tmp_path)
    for field, value in {
        "fps": 25,
        "resolution": "480p",
        "template": "spin",
        "stills": (),
        "pitch": 9,
    }.items():
        with pytest.raises(WrongInput, match=field):
            studio_folder.order(**{field: value})
    assert not (tmp_path / "video.mp4").exists()


def test_a_frame_of_a_finished_video_stands_for_it(studio_folder: Studio, tmp_path: Path) -> None:
    made = studio_folder.render("basic_fade", template="basic_fade")

    with Image.open(take_thumbnail(made.video, tmp_path / "t.jpg")) as taken:
        assert (taken.format, taken.size) == ("JPEG", (1280, 720))


def _commands() -> str:
    """The command lines of all processes."""
    if not sys.platform.startswith("linux"):
        pytest.skip("processes are listed by /proc")
    lines = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                lines.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
    return "\n".join(lines)
