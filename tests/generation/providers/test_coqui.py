from __future__ import annotations

import pytest

from generation.providers.base import Call, Media, Order, Reply
from generation.providers.coqui import Coqui
from generation.providers.failures import Busy, WrongInput
from tests.generation.providers.driving import json_reply


def test_a_short_text_goes_into_the_address() -> None:
    order = Order("speech", "Hello.", {"voice": "p225", "language": "en"})

    assert Coqui().request(order) == Call(
        "GET",
        "http://127.0.0.1:5002/api/tts",
        params={"text": "Hello.", "speaker_id": "p225", "language_id": "en"},
        timeout_seconds=300,
        max_bytes=100_000_000,
    )


def test_a_long_text_goes_as_a_form() -> None:
    call = Coqui(voice="p1", language="de").request(Order("speech", "a" * 1501))

    assert (call.method, call.params) == ("POST", None)
    assert call.form == {"text": "a" * 1501, "speaker_id": "p1", "language_id": "de"}


def test_the_longest_text_for_an_address() -> None:
    call = Coqui().request(Order("speech", "a" * 1500))

    assert (call.method, call.params, call.form) == ("GET", {"text": "a" * 1500}, None)


def test_a_text_that_is_too_long() -> None:
    with pytest.raises(WrongInput):
        Coqui(max_characters=3).request(Order("speech", "four"))


def test_the_sound() -> None:
    reply = Reply(200, {"content-type": "audio/wav"}, b"RIFF")

    assert Coqui().read(reply, "create", Order("speech", "Hello.")) == Media(
        b"RIFF", "audio/wav", {"characters": 6}
    )


def test_a_failure() -> None:
    with pytest.raises(Busy) as failed:
        Coqui().read(
            json_reply({"error": "TTS synthesis failed: x"}, 500), "create", Order("speech", "a")
        )

    assert failed.value.said == "TTS synthesis failed: x"


def test_it_costs_nothing_and_has_no_key() -> None:
    coqui = Coqui(voice="p1")

    assert coqui.authorization() == {}
    assert coqui.secrets == ()
    assert coqui.cancel("x") is None
    assert coqui.offers().cost_units == {"speech": "nothing"}
    assert coqui.offers().voices == ("p1",)
    assert Coqui().offers().voices == ()
    assert Coqui(voices=("a", "b")).offers().voices == ("a", "b")
