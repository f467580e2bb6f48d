from __future__ import annotations

from typing import Any

import pytest

from generation.providers.base import DOWNLOAD, Call, Media, Next, Order, Reply, Text
from generation.providers.failures import (
    BadKey,
    BadOutput,
    ContentRefused,
    OutOfCredit,
    ProviderFailure,
    WrongInput,
)
from generation.providers.openai_compatible import OpenAICompatible
from tests.generation.providers.conftest import Recorded
from tests.generation.providers.driving import json_reply

KEY = "sk-0123456789abcdef"
CASTLE = Order("image", "a castle")


def a_call(path: str, body: Any, **more: Any) -> Call:
    known = {"timeout_seconds": 120, "max_bytes": 26_666_666, "paid": True, **more}
    return Call("POST", f"https://api.openai.com{path}", json=body, **known)


def test_a_picture() -> None:
    order = Order("image", "a castle", {"width": 1920, "height": 1080, "style": "ink", "seed": 7})

    assert OpenAICompatible(KEY).request(order) == a_call(
        "/v1/images/generations",
        {"model": "gpt-image-1", "prompt": "a castle, ink style", "n": 1, "size": "1536x1024"},
    )


def test_a_size_that_the_model_makes_stays() -> None:
    order = Order("image", "a castle", {"width": 1024, "height": 1536})

    body = OpenAICompatible(KEY).request(order).json

    assert body == {"model": "gpt-image-1", "prompt": "a castle", "n": 1, "size": "1024x1536"}


def test_a_server_that_makes_any_size_and_answers_in_json() -> None:
    provider = OpenAICompatible(
        sizes=(), image_model="sd", image_response_format="b64_json", extra_input={"step": 15}
    )
    order = Order("image", "a castle", {"width": 300, "height": 200})

    assert provider.request(order).json == {
        "model": "sd",
        "prompt": "a castle",
        "n": 1,
        "size": "300x200",
        "response_format": "b64_json",
        "step": 15,
    }


def test_speech() -> None:
    order = Order("speech", "Hello.", {"voice": "nova", "speed": 1.25, "style": "whisper"})

    assert OpenAICompatible(KEY).request(order) == a_call(
        "/v1/audio/speech",
        {
            "model": "gpt-4o-mini-tts",
            "input": "Hello.",
            "voice": "nova",
            "response_format": "mp3",
            "speed": 1.25,
            "instructions": "whisper",
        },
    )


@pytest.mark.parametrize("model", ["tts-1", "tts-1-hd"])
def test_older_models_take_no_instructions(model: str) -> None:
    provider = OpenAICompatible(KEY, speech_model=model, voice="echo", speech_format="wav")

    assert provider.request(Order("speech", "Hello.", {"style": "whisper"})).json == {
        "model": model,
        "input": "Hello.",
        "voice": "echo",
        "response_format": "wav",
    }


def test_the_longest_speech() -> None:
    provider = OpenAICompatible(KEY)

    assert provider.request(Order("speech", "a" * 4096)).paid is True
    with pytest.raises(WrongInput) as refused:
        provider.request(Order("speech", "a" * 4097))
    assert refused.value.said == "the prompt has 4097 characters, 4096 are allowed"


@pytest.mark.parametrize("speed", [0.24, 4.01])
def test_the_speeds_that_there_are(speed: float) -> None:
    with pytest.raises(WrongInput):
        OpenAICompatible(KEY).request(Order("speech", "Hello.", {"speed": speed}))


def test_a_chat() -> None:
    order = Order("text", "Tell.", {"system": "Be brief.", "temperature": 0.2, "seed": 4})

    assert OpenAICompatible(KEY).request(order) == a_call(
        "/v1/chat/completions",
        {
            "model": "gpt-4o-mini",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Tell."},
            ],
            "temperature": 0.2,
            "seed": 4,
        },
    )


@pytest.mark.parametrize(
    "base",
    ["http://localhost:11434", "http://localhost:11434/", "http://localhost:11434/v1",
     "http://localhost:11434/v1/"],
)  # fmt: skip
def test_ollama_by_either_address_without_a_key(base: str) -> None:
    provider = OpenAICompatible(
        base_url=base, text_model="llama3.2", image_model="", speech_model=""
    )

    call = provider.request(Order("text", "Tell."))

    assert call.url == "http://localhost:11434/v1/chat/completions"
    assert call.paid is False
    assert provider.authorization() == {}
    assert provider.hosts == {"localhost:11434"}
    assert provider.secrets == ()
    assert provider.offers().tasks == ("text",)
    assert provider.offers().cost_units == {"text": "nothing"}
    assert provider.offers().max_prompt_characters == {}


def test_the_key() -> None:
    provider = OpenAICompatible(KEY)

    assert provider.authorization() == {"Authorization": f"Bearer {KEY}"}
    assert provider.secrets == (KEY,)
    assert provider.cancel("x") is None


def test_a_picture_in_json(recorded: Recorded) -> None:
    answer = OpenAICompatible(KEY).read(recorded("openai_image.json"), "create", CASTLE)

    assert answer == Media(
        b"\x89PNG\r\n\x1a\n",
        None,
        {"input_tokens": 8, "output_tokens": 1056, "total_tokens": 1064},
        {"revised_prompt": "A castle on a hill"},
    )


def test_a_picture_by_its_address(recorded: Recorded) -> None:
    provider = OpenAICompatible(KEY, result_hosts=(".blob.core.windows.net",))

    answer = provider.read(recorded("openai_image_url.json"), "create", CASTLE)

    assert answer == Next(
        Call(
            "GET",
            "https://oaidalleapiprodscus.blob.core.windows.net/private/img.png?sig=abc%3D",
            timeout_seconds=120,
            max_bytes=20_000_000,
            untrusted=True,
            allowed_hosts=(".blob.core.windows.net",),
        ),
        DOWNLOAD,
        message="fetching the result",
    )


def test_a_local_servers_own_file_is_fetched_from_it() -> None:
    provider = OpenAICompatible(base_url="http://localhost:8080")
    body = {"data": [{"url": "http://localhost:8080/generated-images/a.png"}]}

    answer = provider.read(json_reply(body), "create", CASTLE)

    assert isinstance(answer, Next)
    assert answer.call.untrusted is False


@pytest.mark.parametrize(
    "body", [{}, {"data": []}, {"data": [5]}, {"data": [{}]}, {"data": [{"b64_json": "@"}]}]
)
def test_what_holds_no_picture(body: dict[str, Any]) -> None:
    with pytest.raises(BadOutput):
        OpenAICompatible(KEY).read(json_reply(body), "create", CASTLE)


def test_speech_as_bytes() -> None:
    reply = Reply(200, {"content-type": "audio/mpeg"}, b"bytes")

    assert OpenAICompatible(KEY).read(reply, "create", Order("speech", "Hello.")) == Media(
        b"bytes", "audio/mpeg", {"characters": 6}
    )


def test_a_download_as_bytes() -> None:
    reply = Reply(200, {"content-type": "image/png"}, b"bytes")

    assert OpenAICompatible(KEY).read(reply, DOWNLOAD, CASTLE) == Media(b"bytes", "image/png")


def test_a_chats_answer(recorded: Recorded) -> None:
    answer = OpenAICompatible(KEY).read(recorded("openai_chat.json"), "create", Order("text", "x"))

    assert isinstance(answer, Text)
    assert answer.text == "Once upon a time."


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("openai_no_quota.json", 429, OutOfCredit),
        ("openai_wrong_key.json", 401, BadKey),
        ("openai_refused.json", 400, ContentRefused),
    ],
)
def test_failures(recorded: Recorded, name: str, status: int, kind: type[ProviderFailure]) -> None:
    with pytest.raises(ProviderFailure) as failed:
        OpenAICompatible(KEY).read(recorded(name, status), "create", CASTLE)

    assert type(failed.value) is kind
    assert "sk-proj" not in failed.value.message
