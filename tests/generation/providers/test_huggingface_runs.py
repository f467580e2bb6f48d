"""WaveSpeed and Z.ai behind Hugging Face's router: what is asked, and what their answers mean."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from generation.providers.base import CREATE, DOWNLOAD, POLL, Call, Media, Next, Order, Reply
from generation.providers.failures import (
    BadKey,
    BadOutput,
    Busy,
    ContentRefused,
    Gone,
    OutOfCredit,
    ProviderFailure,
    RunFailed,
    StoppedThere,
    WrongInput,
)
from generation.providers.huggingface import HuggingFace
from tests.fakes.provider_server import ProviderServer
from tests.generation.providers.driving import json_reply, made, opened

KEY = "hf_0123456789abcdef"
ROUTER = "https://router.huggingface.co"
ZAI_HEADERS = {"Accept-Language": "en-US,en", "x-source-channel": "hugging_face"}
CASTLE = Order(
    "image",
    "a castle",
    {"width": 640, "height": 480, "seed": 7, "negative_prompt": "fog", "style": "ink"},
)
WAVESPEED = HuggingFace(KEY, provider="wavespeed")
ZAI = HuggingFace(KEY, provider="zai-org")
PREDICTION = "/api/v3/predictions/abc-1/result"
WAVESPEED_RUN = f"{ROUTER}/wavespeed{PREDICTION}"
ZAI_RUN = f"{ROUTER}/zai-org/api/paas/v4/async-result/8353992"


def wavespeed(status: str, **more: Any) -> dict[str, Any]:
    urls = {"get": f"https://api.wavespeed.ai{PREDICTION}"}
    data = {"id": "abc-1", "status": status, "outputs": [], "urls": urls, "error": "", **more}
    return {"code": 200, "message": "success", "data": data}


def zai(status: str, **more: Any) -> dict[str, Any]:
    told = {"id": "8353992", "model": "glm-image", "request_id": "r-1", "task_status": status}
    return {**told, **more}


def looked_at(url: str, reference: str, headers: Any) -> Next:
    return Next(
        Call("GET", url, headers=headers, timeout_seconds=120),
        POLL,
        delay_seconds=2.0,
        message="the provider is working",
        provider_ref=reference,
    )


def test_a_picture_by_wavespeed() -> None:
    provider = HuggingFace(KEY, provider="wavespeed", extra_parameters={"num_inference_steps": 4})

    assert provider.request(CASTLE) == Call(
        "POST",
        f"{ROUTER}/wavespeed/api/v3/wavespeed-ai/flux-schnell",
        json={
            "prompt": "a castle, ink style",
            "num_inference_steps": 4,
            "negative_prompt": "fog",
            "width": 640,
            "height": 480,
            "seed": 7,
        },
        timeout_seconds=120,
        paid=True,
    )
    assert WAVESPEED.request(Order("image", "a castle")).json == {"prompt": "a castle"}


def test_a_picture_by_zai() -> None:
    assert ZAI.request(CASTLE) == Call(
        "POST",
        f"{ROUTER}/zai-org/api/paas/v4/async/images/generations",
        headers=ZAI_HEADERS,
        json={
            "model": "glm-image",
            "prompt": "a castle, ink style",
            "size": "640x480",
            "negative_prompt": "fog",
            "seed": 7,
        },
        timeout_seconds=120,
        paid=True,
    )


def test_a_chat_goes_through_the_router_and_with_an_own_key_to_zai() -> None:
    order = Order("text", "Hello.")
    own = HuggingFace("own-key", provider="zai-org", text_model="glm-4.5")

    assert ZAI.request(order).url == f"{ROUTER}/v1/chat/completions"
    assert own.request(order).url == "https://api.z.ai/api/paas/v4/chat/completions"
    assert "text" not in HuggingFace("own-key", provider="wavespeed").offers().tasks


@pytest.mark.parametrize(
    ("provider", "answer", "expected"),
    [
        (WAVESPEED, wavespeed("created"), looked_at(WAVESPEED_RUN, PREDICTION, {})),
        (WAVESPEED, wavespeed("processing"), looked_at(WAVESPEED_RUN, PREDICTION, {})),
        # A word that nobody knows yet counts as running.
        (WAVESPEED, wavespeed("warming"), looked_at(WAVESPEED_RUN, PREDICTION, {})),
        (ZAI, zai("PROCESSING"),
         looked_at(ZAI_RUN, "/api/paas/v4/async-result/8353992", ZAI_HEADERS)),
    ],
)  # fmt: skip
def test_a_run_is_looked_at_again(provider: HuggingFace, answer: Any, expected: Next) -> None:
    assert provider.read(json_reply(answer), CREATE, CASTLE) == expected
    # The second look names the same run, whatever the answer leaves out.
    for url in ("urls", "id"):
        less = {name: value for name, value in answer.items() if name != url}
        again = provider.read(json_reply(less, url=expected.call.url), POLL, CASTLE)
        assert again == expected


def test_a_result_leads_nowhere_else() -> None:
    """The path of the address is used below our own; its host gets no key."""
    strange = {"get": f"https://evil.example.org{PREDICTION}"}
    own = HuggingFace("own-key", provider="wavespeed", own_address="http://127.0.0.1:9/base")

    answer = WAVESPEED.read(json_reply(wavespeed("created", urls=strange)), CREATE, CASTLE)
    first = own.read(json_reply(wavespeed("created")), CREATE, CASTLE)
    second = own.read(
        json_reply({"data": {}}, url=f"http://127.0.0.1:9/base{PREDICTION}"), POLL, CASTLE
    )

    assert isinstance(answer, Next)
    assert answer.call.url == WAVESPEED_RUN
    assert isinstance(first, Next)
    assert first.call.url == f"http://127.0.0.1:9/base{PREDICTION}"
    assert first == second


@pytest.mark.parametrize(
    ("provider", "answer"),
    [
        (WAVESPEED, wavespeed("completed", outputs=["https://cdn.example.org/a.png"])),
        (ZAI, zai("SUCCESS", image_result=[{"url": "https://cdn.example.org/a.png"}])),
    ],
)
def test_a_result_is_fetched_without_the_key(provider: HuggingFace, answer: Any) -> None:
    url = WAVESPEED_RUN if provider is WAVESPEED else ZAI_RUN

    found = provider.read(json_reply(answer, url=url), POLL, CASTLE)

    assert isinstance(found, Next)
    assert (found.stage, found.call) == (
        DOWNLOAD,
        Call("GET", "https://cdn.example.org/a.png", timeout_seconds=120, untrusted=True),
    )
    picture = Reply(200, {"content-type": "image/png"}, b"bytes")
    assert provider.read(picture, DOWNLOAD, CASTLE) == Media(b"bytes", "image/png")


@pytest.mark.parametrize(
    ("provider", "answer", "kind", "said"),
    [
        (WAVESPEED, wavespeed("failed", error="CUDA out of memory"), RunFailed, "CUDA out of memory"),
        (WAVESPEED, wavespeed("failed", error="NSFW content detected"), ContentRefused,
         "NSFW content detected"),
        (WAVESPEED, wavespeed("cancelled"), StoppedThere, ""),
        (WAVESPEED, wavespeed("completed"), BadOutput, "the result's address is missing or too long"),
        (WAVESPEED, wavespeed("completed", outputs=[5]), BadOutput,
         "the result's address is missing or too long"),
        (ZAI, zai("FAIL"), RunFailed, "it gave no reason"),
        (ZAI, zai("FAIL", error={"message": "no GPU"}), RunFailed, "no GPU"),
        (ZAI, zai("SUCCESS"), BadOutput, "the result's address is missing or too long"),
        (ZAI, zai("SUCCESS", image_result=[5]), BadOutput,
         "the result's address is missing or too long"),
    ],
)  # fmt: skip
def test_bad_ends(
    provider: HuggingFace, answer: Any, kind: type[ProviderFailure], said: str
) -> None:
    url = WAVESPEED_RUN if provider is WAVESPEED else ZAI_RUN

    with pytest.raises(ProviderFailure) as failed:
        provider.read(json_reply(answer, url=url), POLL, CASTLE)

    assert (type(failed.value), failed.value.said) == (kind, said)


@pytest.mark.parametrize(
    ("provider", "answer"),
    [
        (WAVESPEED, {}),
        (WAVESPEED, {"data": 5}),
        (WAVESPEED, wavespeed("created", urls=5)),
        (WAVESPEED, wavespeed("created", urls={"get": "https://api.wavespeed.ai/api/v3/../x"})),
        (WAVESPEED, wavespeed("created", urls={"get": "https://api.wavespeed.ai/other"})),
        (ZAI, {}),
        (ZAI, zai("PROCESSING", id=5)),
        (ZAI, zai("PROCESSING", id="../x")),
    ],
)
def test_an_answer_that_names_no_run(provider: HuggingFace, answer: Any) -> None:
    with pytest.raises(BadOutput):
        provider.read(json_reply(answer), CREATE, CASTLE)


@pytest.mark.parametrize("provider", [WAVESPEED, ZAI])
@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"code": 400, "message": "prompt is required"}, WrongInput),
        (400, {"error": {"code": "1301", "message": "potentially unsafe or sensitive content"}},
         ContentRefused),
        (401, {"code": 401, "message": "Unauthorized"}, BadKey),
        (402, {"error": "You have exceeded your monthly included credits"}, OutOfCredit),
        (404, {"message": "product not found"}, Gone),
        (429, {"message": "Too many requests"}, Busy),
        (429, {"error": {"code": "1113", "message": "Insufficient balance. Please recharge."}},
         OutOfCredit),
        (500, {"message": "internal"}, Busy),
    ],
)  # fmt: skip
def test_failures(
    provider: HuggingFace, status: int, body: Any, kind: type[ProviderFailure]
) -> None:
    with pytest.raises(ProviderFailure) as failed:
        provider.read(json_reply(body, status), CREATE, CASTLE)

    assert type(failed.value) is kind


def test_a_run_that_is_not_there_any_more_is_no_missing_model() -> None:
    with pytest.raises(Gone) as failed:
        ZAI.read(json_reply({"message": "no such task"}, 404, url=ZAI_RUN), POLL, CASTLE)

    assert "not served by" not in failed.value.message


@pytest.mark.parametrize(
    ("provider", "url"),
    [
        ("wavespeed", "https://api.wavespeed.ai/api/v3/balance"),
        ("zai-org", "https://api.z.ai/api/paas/v4/models"),
    ],
)
def test_a_question_that_costs_nothing(provider: str, url: str) -> None:
    own = HuggingFace("own-key", provider=provider)

    assert own.probe().url == url
    assert replace(own, api_key=KEY).probe().url == f"{ROUTER}/v1/models"
    assert own.cancel("anything") is None


@pytest.mark.parametrize("provider", ["wavespeed", "zai-org"])
def test_from_an_order_to_a_picture(provider: str, provider_server: ProviderServer) -> None:
    journey = made(opened("huggingface", provider_server.url, provider=provider), CASTLE)

    assert isinstance(journey.result, Media)
    assert journey.result.body.startswith(b"\x89PNG")
    assert [step.stage for step in journey.steps] == [POLL, POLL, DOWNLOAD]
    assert [charge.delivered for charge in provider_server.ledger.charges] == [1]


@pytest.mark.parametrize("provider", ["wavespeed", "zai-org"])
def test_a_run_that_fails_there(provider: str, provider_server: ProviderServer) -> None:
    with pytest.raises(RunFailed, match="CUDA out of memory"):
        made(
            opened("huggingface", provider_server.url, provider=provider),
            Order("image", "a castle fault:run-failed"),
        )
