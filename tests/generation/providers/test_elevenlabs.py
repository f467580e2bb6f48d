from __future__ import annotations

from typing import Any

import pytest

from generation.providers.base import Call, Media, Order, Reply
from generation.providers.elevenlabs import ElevenLabs, speech_characters
from generation.providers.failures import (
    BadKey,
    Busy,
    OutOfCredit,
    ProviderFailure,
    TooManyAtOnce,
    WrongInput,
)
from tests.generation.providers.conftest import Recorded

KEY = "sk_0123456789abcdef"


def a_call(path: str, body: Any) -> Call:
    return Call(
        "POST",
        f"https://api.elevenlabs.io{path}",
        json=body,
        params={"output_format": "mp3_44100_128"},
        timeout_seconds=180,
        max_bytes=20_000_000,
        paid=True,
    )


def test_speech() -> None:
    order = Order(
        "speech", "Hello.", {"voice": "21m00Tcm", "speed": 1.1, "seed": 9, "language": "de"}
    )

    assert ElevenLabs(KEY).request(order) == a_call(
        "/v1/text-to-speech/21m00Tcm",
        {
            "text": "Hello.",
            "model_id": "eleven_multilingual_v2",
            "voice_settings": {"stability": 0.5, "similarity_boost": 0.75, "speed": 1.1},
            "seed": 9,
        },
    )


def test_the_voice_of_the_settings() -> None:
    assert ElevenLabs(KEY, voice="mine").request(Order("speech", "Hello.")) == a_call(
        "/v1/text-to-speech/mine",
        {
            "text": "Hello.",
            "model_id": "eleven_multilingual_v2",
            "voice_settings": {"stability": 0.5, "similarity_boost": 0.75},
        },
    )


def test_models_that_are_told_the_language() -> None:
    provider = ElevenLabs(KEY, speech_model="eleven_flash_v2_5")

    body = provider.request(Order("speech", "Hallo.", {"language": "de-AT"})).json

    assert isinstance(body, dict)
    assert body["language_code"] == "de"


def test_a_voice_stays_in_its_place() -> None:
    order = Order("speech", "Hello.", {"voice": "../v1/user?x="})

    assert ElevenLabs(KEY).request(order).url == (
        "https://api.elevenlabs.io/v1/text-to-speech/..%2Fv1%2Fuser%3Fx%3D"
    )


def test_an_effect() -> None:
    order = Order("effect", "a door creaks", {"duration_seconds": 3})

    assert ElevenLabs(KEY).request(order) == a_call(
        "/v1/sound-generation",
        {
            "text": "a door creaks",
            "model_id": "eleven_text_to_sound_v2",
            "duration_seconds": 3,
            "prompt_influence": 0.3,
        },
    )


def test_music() -> None:
    order = Order("music", "calm", {"duration_seconds": 12.5, "style": "jazz"})

    assert ElevenLabs(KEY).request(order) == a_call(
        "/v1/music",
        {
            "prompt": "calm, jazz style",
            "model_id": "music_v1",
            "music_length_ms": 12_500,
            "force_instrumental": True,
        },
    )


def test_music_as_long_as_it_likes() -> None:
    assert ElevenLabs(KEY, force_instrumental=False).request(Order("music", "calm")).json == {
        "prompt": "calm",
        "model_id": "music_v1",
        "force_instrumental": False,
    }


@pytest.mark.parametrize(
    ("model", "limit"),
    [
        ("eleven_flash_v2_5", 40_000),
        ("eleven_turbo_v2_5", 40_000),
        ("eleven_flash_v2", 30_000),
        ("eleven_turbo_v2", 30_000),
        ("eleven_multilingual_v2", 10_000),
        ("eleven_monolingual_v1", 10_000),
    ],
)
def test_how_long_a_text_may_be(model: str, limit: int) -> None:
    assert speech_characters(model) == limit
    provider = ElevenLabs(KEY, speech_model=model)
    assert provider.offers().max_prompt_characters["speech"] == limit
    with pytest.raises(WrongInput):
        provider.request(Order("speech", "a" * (limit + 1)))


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (Order("effect", "x", {"duration_seconds": 31}), "duration_seconds must be 0.5 to 30"),
        (Order("music", "x", {"duration_seconds": 2}), "duration_seconds must be 3 to 600"),
        (Order("speech", "x", {"speed": 2}), "speed must be 0.7 to 1.2"),
        (Order("text", "x"), "it makes speech, effect, music, not text"),
    ],
)
def test_what_it_cannot_make(order: Order, said: str) -> None:
    with pytest.raises(WrongInput) as refused:
        ElevenLabs(KEY).request(order)

    assert refused.value.said == said


def test_the_key_has_a_header_of_its_own() -> None:
    assert ElevenLabs(KEY).authorization() == {"xi-api-key": KEY}
    assert ElevenLabs(KEY).hosts == {"api.elevenlabs.io"}
    assert ElevenLabs(KEY).cancel("x") is None


def test_the_voices_that_are_shown() -> None:
    assert ElevenLabs(KEY, voice="a").offers().voices == ("a",)
    assert ElevenLabs(KEY, voices=("b", "c")).offers().voices == ("b", "c")


@pytest.mark.parametrize(
    ("headers", "usage", "details"),
    [
        ({"character-cost": "12", "request-id": "r1"}, {"characters": 12}, {"request": "r1"}),
        ({}, {"characters": 6}, {}),
        ({"character-cost": "-1"}, {"characters": 6}, {}),
    ],
)
def test_the_bytes(headers: dict[str, str], usage: dict[str, Any], details: dict[str, Any]) -> None:
    reply = Reply(200, {"content-type": "audio/mpeg", **headers}, b"bytes")

    answer = ElevenLabs(KEY).read(reply, "create", Order("speech", "Hello."))

    assert answer == Media(b"bytes", "audio/mpeg", usage, details)


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("elevenlabs_no_quota.json", 401, OutOfCredit),
        ("elevenlabs_wrong_key.json", 401, BadKey),
        ("elevenlabs_no_voice.json", 401, WrongInput),
        ("elevenlabs_too_long.json", 400, WrongInput),
        ("elevenlabs_crowded.json", 429, TooManyAtOnce),
        ("elevenlabs_busy.json", 429, Busy),
    ],
)
def test_failures(recorded: Recorded, name: str, status: int, kind: type[ProviderFailure]) -> None:
    with pytest.raises(ProviderFailure) as failed:
        ElevenLabs(KEY).read(recorded(name, status), "create", Order("speech", "Hello."))

    assert type(failed.value) is kind
