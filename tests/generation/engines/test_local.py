"""What this machine makes without a key can be looked at and heard, and is the same for the same order."""

from __future__ import annotations

import itertools
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageFont, ImageStat

from assets.media.facts import DeclaredFile, MediaLimits
from assets.media.inspection import inspect
from generation.engines.audio import seconds_of
from generation.engines.caption import wrapped
from generation.engines.local import Made, make_locally
from generation.engines.moods import EFFECT_WORDS, MUSIC_WORDS, first_of, light_of, things_of
from generation.engines.sounds import EFFECTS, MOODS, RATE
from generation.engines.speech import LANGUAGES, VOICES, Manner, make_speech
from generation.engines.styles import STYLES
from generation.providers.base import Order, Task, Text
from generation.providers.failures import WrongInput

SEA = "a lighthouse at night in a storm"


def made(folder: Path, task: Task, prompt: str, **parameters: Any) -> Path:
    folder.mkdir(exist_ok=True)
    result = make_locally(Order(task, prompt, parameters), folder, lambda _percent, _text: None)
    assert isinstance(result, Made)
    assert result.details["standIn"] is True
    return result.path


def sound(path: Path) -> np.ndarray[Any, Any]:

    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(
            -1, file.getnchannels()
        )


def opened(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.load()
        return image


def difference(one: Path, other: Path) -> float:
    """The mean difference of two pictures, 0 to 255."""
    pair = [opened(path) for path in (one, other)]
    return sum(ImageStat.Stat(ImageChops.difference(*pair)).mean) / 3


def test_a_picture_has_the_asked_size_and_something_on_it(tmp_path: Path) -> None:
    path = made(tmp_path, "image", SEA, width=640, height=360)

    image = opened(path)
    assert (image.size, image.mode) == ((640, 360), "RGB")
    assert len(image.resize((64, 36)).getcolors(4_000) or []) > 200
    assert min(ImageStat.Stat(image).stddev) > 10


@pytest.mark.parametrize(("width", "height"), [(64, 64), (2048, 64), (64, 2048), (333, 777)])
def test_any_allowed_size_is_drawn(tmp_path: Path, width: int, height: int) -> None:
    path = made(tmp_path, "image", SEA, width=width, height=height)

    assert opened(path).size == (width, height)


def test_the_same_order_gives_the_same_picture_and_another_seed_another_one(tmp_path: Path) -> None:
    first = made(tmp_path / "a", "image", SEA, seed=4)
    again = made(tmp_path / "b", "image", SEA, seed=4)
    other = made(tmp_path / "c", "image", SEA, seed=5)

    assert first.read_bytes() == again.read_bytes()
    assert difference(first, other) > 2


def test_what_the_words_name_is_what_is_drawn(tmp_path: Path) -> None:
    sea = made(tmp_path / "a", "image", "the sea at dawn", seed=1)
    cave = made(tmp_path / "b", "image", "a dark cave", seed=1)

    assert difference(sea, cave) > 25
    assert light_of("Das Meer bei Nacht", 0) == "sea"
    assert set(things_of("A ship, a castle and a moonlit sea")) == {"ship", "castle", "sea", "moon"}
    assert things_of("xyzzy") == ()


@pytest.mark.parametrize("style", STYLES)
def test_each_style_looks_different(tmp_path: Path, style: str) -> None:
    plain = made(tmp_path / "plain", "image", SEA, seed=1, width=256, height=256)
    styled = made(tmp_path / "styled", "image", SEA, seed=1, width=256, height=256, style=style)

    assert difference(plain, styled) > 0.5


def test_a_long_caption_stays_within_its_lines() -> None:

    font = ImageFont.load_default(20)
    lines = wrapped("a word after another " * 50, font, 300)

    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert all(font.getlength(line) <= 300 for line in lines)
    assert wrapped("x" * 500, font, 300)[0].startswith("x")
    assert wrapped("", font, 300) == [""]


@pytest.mark.parametrize("task", ["image", "speech", "music", "effect"])
def test_what_is_made_passes_the_check_of_uploads(tmp_path: Path, task: Task) -> None:
    path = made(tmp_path, task, "A bell rings in the rain.", duration_seconds=1.0)
    type_: Any = "image" if task == "image" else "sound"

    with inspect(path, DeclaredFile("", None, type_), MediaLimits()) as checked:
        assert checked.facts.type == type_


@pytest.mark.parametrize("language", ["en", "fr", "es", "de", "it", "pt", "pt-BR", "en_GB"])
def test_a_text_is_spoken_in_its_language(tmp_path: Path, language: str) -> None:
    samples = sound(made(tmp_path, "speech", "Bonjour, hello, hola.", language=language))

    assert len(samples) > 10_000
    assert np.abs(samples).max() > 3_000


def test_speed_and_voice_change_the_speech(tmp_path: Path) -> None:
    text = "The lighthouse is dark tonight, and nobody knows why."
    slow = sound(made(tmp_path / "a", "speech", text, speed=0.7))
    fast = sound(made(tmp_path / "b", "speech", text, speed=1.3))
    voices = {made(tmp_path / name, "speech", text, voice=name).read_bytes() for name in VOICES}

    assert len(slow) > len(fast) * 1.4
    assert len(voices) == len(VOICES)


def test_an_unknown_language_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match=r"en, .*fr"):
        made(tmp_path, "speech", "Hello", language="tlh")
    assert {"en", "fr", "es", "de", "it", "pt"} <= set(LANGUAGES)


@pytest.mark.parametrize("mood", MOODS)
def test_music_has_its_length_its_level_and_no_clipping(tmp_path: Path, mood: str) -> None:
    samples = sound(made(tmp_path, "music", "anything", style=mood, duration_seconds=2.5, seed=1))

    assert samples.shape == (round(2.5 * RATE), 2)
    assert 20_000 < np.abs(samples).max() < 32_767
    assert np.abs(samples[:50]).max() < 2_000
    assert np.abs(samples[-50:]).max() < 2_000


def test_long_music_is_no_larger_than_an_upload_may_be(tmp_path: Path) -> None:
    long = made(tmp_path / "long", "music", "calm", duration_seconds=40.0)
    packed = made(tmp_path / "packed", "effect", "rain", duration_seconds=1.0, format="mp3")
    plain = made(tmp_path / "plain", "music", "calm", duration_seconds=40.0, format="wav")

    assert (long.suffix, packed.suffix, plain.suffix) == (".mp3", ".mp3", ".wav")
    assert long.stat().st_size < 1_000_000
    with inspect(packed, DeclaredFile("", None, "sound"), MediaLimits()) as checked:
        assert checked.facts.mime_type == "audio/mpeg"


def test_music_follows_its_mood_and_its_seed(tmp_path: Path) -> None:
    same = [made(tmp_path / str(n), "music", "calm", duration_seconds=1.0, seed=1) for n in (1, 2)]
    other = made(tmp_path / "3", "music", "calm", duration_seconds=1.0, seed=2)
    epic = made(tmp_path / "4", "music", "epic battle", duration_seconds=1.0, seed=1)

    assert same[0].read_bytes() == same[1].read_bytes()
    assert len({one.read_bytes() for one in (same[0], other, epic)}) == 3
    assert first_of("an epic battle by the soft sea", MUSIC_WORDS) == "cinematic"


@pytest.mark.parametrize("name", EFFECTS)
def test_each_effect_is_heard(tmp_path: Path, name: str) -> None:
    samples = sound(made(tmp_path, "effect", name, duration_seconds=1.0))

    assert np.abs(samples).max() > 20_000
    assert first_of(name, EFFECT_WORDS) == name


@pytest.mark.parametrize("language", [None, "en", "fr", "es", "de", "it", "pt", "tlh"])
def test_a_text_names_what_it_is_about_and_says_that_it_is_a_template(language: str | None) -> None:
    order = Order("text", "the keeper of the light", {"language": language, "seed": 3})

    first = make_locally(order, Path(), lambda _percent, _text: None)
    again = make_locally(order, Path(), lambda _percent, _text: None)

    assert isinstance(first, Text)
    assert first == again
    assert "the keeper of the light" in first.text
    assert first.details["standIn"] is True


def test_a_text_has_at_most_the_asked_words() -> None:
    made_text = make_locally(
        Order("text", "the keeper of the light", {"max_tokens": 5}), Path(), lambda _a, _b: None
    )

    assert isinstance(made_text, Text)
    assert len(made_text.text.split()) == 5


def test_sentences_have_their_times_and_a_pitch_keeps_the_length(tmp_path: Path) -> None:
    text = "The sea is wide. Dr. Who rows out. Home."
    folders = [tmp_path / name for name in ("usual", "high", "mp3", "long")]
    for folder in folders:
        folder.mkdir()
    usual, details = make_speech(text, folders[0], Manner(language="en"))
    high, _details = make_speech(text, folders[1], Manner(language="en", pitch=1.25))
    packed, _details = make_speech(text, folders[2], Manner(language="en", file_format="mp3"))
    long, told = make_speech(text * 150, folders[3], Manner(language="en"))

    sentences: Any = details["sentences"]
    assert [one["text"] for one in sentences] == ["The sea is wide.", "Dr. Who rows out.", "Home."]
    assert sentences[0]["start"] == 0.0
    assert all(one["end"] < other["start"] for one, other in itertools.pairwise(sentences))
    assert sentences[-1]["end"] == pytest.approx(seconds_of(usual), abs=0.05)
    assert seconds_of(high) == pytest.approx(seconds_of(usual), abs=0.1)
    assert (packed.suffix, long.suffix) == (".mp3", ".mp3")
    # One voice, 64 kilobits: the longest prompt fits into an upload.
    assert long.stat().st_size < seconds_of(long) * 8_500
    assert seconds_of(packed) == pytest.approx(seconds_of(usual), abs=0.15)
    many: Any = told["sentences"]
    assert many[-1]["end"] == pytest.approx(seconds_of(long), abs=0.3)
    with pytest.raises(WrongInput, match="ogg"):
        make_speech(text, tmp_path, Manner(file_format="ogg"))
