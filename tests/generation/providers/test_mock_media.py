from __future__ import annotations

import io
import wave

import pytest
from PIL import Image

from generation.providers.mock_media import (
    MAX_SECONDS,
    MAX_SIDE,
    SAMPLE_RATE,
    canned_picture,
    canned_sound,
    canned_text,
)


@pytest.mark.parametrize(
    ("asked", "size"),
    [((64, 48), (64, 48)), ((1, 1), (1, 1)), ((700, 3), (700, 3)), ((5000, 2000), (MAX_SIDE, MAX_SIDE))],
)  # fmt: skip
def test_a_picture_can_be_decoded(asked: tuple[int, int], size: tuple[int, int]) -> None:
    with Image.open(io.BytesIO(canned_picture("a castle", 1, *asked)), formats=["PNG"]) as picture:
        picture.load()
        assert picture.size == size


def test_a_picture_has_more_than_one_colour() -> None:
    with Image.open(io.BytesIO(canned_picture("a castle", 1, 64, 64))) as picture:
        colours = picture.convert("RGB").getcolors(10_000)

    assert colours is not None
    assert len(colours) > 20


@pytest.mark.parametrize(
    ("asked", "seconds"), [(1.0, 1.0), (0.0, 0.25), (99.0, MAX_SECONDS), (0.3, 0.3)]
)
def test_a_sound_can_be_played(asked: float, seconds: float) -> None:
    with wave.open(io.BytesIO(canned_sound("a castle", 1, asked))) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (
            1,
            2,
            SAMPLE_RATE,
        )
        assert sound.getnframes() == int(seconds * SAMPLE_RATE)
        samples = memoryview(sound.readframes(sound.getnframes())).cast("h")

    assert max(samples) > 5_000
    assert max(abs(sample) for sample in samples) <= 9_000


def test_a_text_says_what_it_is() -> None:
    assert canned_text("a castle\n", 3) == (
        "This is a canned text of mock mode (seed 3), written for: a castle\n\n"
        "Nobody thought about it. Choose a real provider to get an answer."
    )
