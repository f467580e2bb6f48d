from __future__ import annotations

import json
from typing import Any

import pytest

from generation.providers.base import DOWNLOAD, Call, Media, Next, Order, Reply, Task, Text
from generation.providers.failures import (
    BadKey,
    Busy,
    ContentRefused,
    Gone,
    OutOfCredit,
    ProviderFailure,
    RunFailed,
    UnknownAfterSend,
    WrongInput,
)
from generation.providers.huggingface import HuggingFace
from tests.generation.providers.conftest import Recorded
from tests.generation.providers.driving import json_reply

KEY = "hf_0123456789abcdef"


def a_call(path: str, body: Any, **more: Any) -> Call:
    url = f"https://router.huggingface.co{path}"
    return Call(
        "POST", url, json=body, timeout_seconds=120, max_bytes=20_000_000, paid=True, **more
    )


def test_a_picture_by_hf_inference() -> None:
    order = Order(
        "image",
        "a castle",
        {"negative_prompt": "fog", "width": 640, "height": 480, "seed": 7, "style": None},
    )

    assert HuggingFace(KEY).request(order) == a_call(
        "/hf-inference/models/black-forest-labs/FLUX.1-schnell",
        {
            "inputs": "a castle",
            "parameters": {"negative_prompt": "fog", "width": 640, "height": 480, "seed": 7},
        },
    )


def test_parameters_that_nobody_gave_are_not_sent() -> None:
    call = HuggingFace(KEY, image_model="a/b").request(Order("image", "a castle", {"style": "ink"}))

    assert call == a_call("/hf-inference/models/a/b", {"inputs": "a castle, ink style"})


def test_fixed_parameters_of_the_settings() -> None:
    provider = HuggingFace(KEY, extra_parameters={"num_inference_steps": 4, "seed": 1})

    body = provider.request(Order("image", "a castle", {"seed": 2})).json

    assert body == {"inputs": "a castle", "parameters": {"num_inference_steps": 4, "seed": 2}}


def test_speech_by_hf_inference() -> None:
    assert HuggingFace(KEY).request(Order("speech", "Hello.")) == a_call(
        "/hf-inference/models/facebook/mms-tts-eng", {"inputs": "Hello."}
    )


def test_a_picture_by_fal_on_the_same_token() -> None:
    order = Order("image", "a castle", {"width": 640, "height": 480, "seed": 7})

    assert HuggingFace(KEY, provider="fal-ai").request(order) == a_call(
        "/fal-ai/fal-ai/flux/schnell",
        {"prompt": "a castle", "image_size": {"width": 640, "height": 480}, "seed": 7},
    )


def test_speech_by_fal_on_the_same_token() -> None:
    order = Order("speech", "Hello.", {"speed": 1.2})

    assert HuggingFace(KEY, provider="fal-ai").request(order) == a_call(
        "/fal-ai/fal-ai/kokoro/american-english", {"text": "Hello.", "speed": 1.2}
    )


def test_a_picture_by_replicate_on_the_same_token() -> None:
    assert HuggingFace(KEY, provider="replicate").request(Order("image", "a castle")) == a_call(
        "/replicate/v1/models/black-forest-labs/flux-schnell/predictions",
        {"input": {"prompt": "a castle"}},
        headers={"Prefer": "wait"},
    )


def test_a_version_by_replicate_on_the_same_token() -> None:
    provider = HuggingFace(KEY, provider="replicate", speech_model="o/n:5599ed")

    assert provider.request(Order("speech", "Hello.")) == a_call(
        "/replicate/v1/predictions",
        {"version": "5599ed", "input": {"text": "Hello."}},
        headers={"Prefer": "wait"},
    )


def test_a_chat() -> None:
    order = Order("text", "Tell a story.", {"system": "Be brief.", "max_tokens": 50})

    assert HuggingFace(KEY).request(order) == a_call(
        "/v1/chat/completions",
        {
            "model": "meta-llama/Llama-3.1-8B-Instruct",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Tell a story."},
            ],
            "max_tokens": 50,
        },
    )
    # The router decides by it where the rest goes.
    assert '"json": {"model"' in json.dumps(HuggingFace(KEY).request(order).to_json())


def test_a_strange_model_name_stays_in_its_place() -> None:
    provider = HuggingFace(KEY, image_model="a/b?x#y")

    assert provider.request(Order("image", "x")).url == (
        "https://router.huggingface.co/hf-inference/models/a/b%3Fx%23y"
    )


@pytest.mark.parametrize("task", ["music", "effect"])
def test_no_music(task: Task) -> None:
    with pytest.raises(WrongInput) as refused:
        HuggingFace(KEY).request(Order(task, "a castle"))

    assert refused.value.said == f"it makes image, speech, text, not {task}"


def test_the_key_goes_as_a_bearer() -> None:
    assert HuggingFace(KEY).authorization() == {"Authorization": f"Bearer {KEY}"}
    assert HuggingFace(KEY).hosts == {"router.huggingface.co"}
    assert HuggingFace(KEY).cancel("x") is None


def test_a_picture_by_together_on_the_same_token() -> None:
    order = Order("image", "a castle", {"width": 640, "height": 480, "seed": 7})

    assert HuggingFace(KEY, provider="together").request(order) == a_call(
        "/together/v1/images/generations",
        {
            "model": "black-forest-labs/FLUX.1-schnell",
            "prompt": "a castle",
            "response_format": "base64",
            "width": 640,
            "height": 480,
            "seed": 7,
        },
    )


def test_a_picture_by_nscale_on_the_same_token() -> None:
    order = Order("image", "a castle", {"width": 640, "height": 480})

    assert HuggingFace(KEY, provider="nscale").request(order) == a_call(
        "/nscale/v1/images/generations",
        {
            "model": "black-forest-labs/FLUX.1-schnell",
            "prompt": "a castle",
            "response_format": "b64_json",
            "size": "640x480",
        },
    )
    assert "speech" not in HuggingFace(KEY, provider="nscale").offers().tasks


def test_speech_by_together_on_the_same_token() -> None:
    order = Order("speech", "Hello.", {"voice": "nova", "language": "en"})
    provider = HuggingFace(KEY, provider="together")

    assert provider.request(order) == a_call(
        "/together/v1/audio/speech",
        {
            "model": "cartesia/sonic-2",
            "input": "Hello.",
            "response_format": "mp3",
            "voice": "nova",
            "language": "en",
        },
    )
    reply = Reply(200, {"content-type": "audio/mpeg"}, b"bytes")
    assert provider.read(reply, "create", order) == Media(b"bytes", "audio/mpeg")


@pytest.mark.parametrize("provider", ["together", "nscale"])
def test_a_picture_inside_an_answer(provider: str) -> None:
    reply = json_reply({"data": [{"b64_json": "Ynl0ZXM="}]})

    answer = HuggingFace(KEY, provider=provider).read(reply, "create", Order("image", "x"))

    assert answer == Media(b"bytes")


@pytest.mark.parametrize(
    ("provider", "url", "scheme", "tasks"),
    [
        ("fal-ai", "https://fal.run/fal-ai/flux/schnell", "Key", ("image", "speech")),
        (
            "replicate",
            "https://api.replicate.com/v1/models/black-forest-labs/flux-schnell/predictions",
            "Bearer",
            ("image", "speech"),
        ),
        (
            "together",
            "https://api.together.xyz/v1/images/generations",
            "Bearer",
            ("image", "speech", "text"),
        ),
        (
            "nscale",
            "https://inference.api.nscale.com/v1/images/generations",
            "Bearer",
            ("image", "text"),
        ),
        (
            "wavespeed",
            "https://api.wavespeed.ai/api/v3/wavespeed-ai/flux-schnell",
            "Bearer",
            ("image",),
        ),
        (
            "zai-org",
            "https://api.z.ai/api/paas/v4/async/images/generations",
            "Bearer",
            ("image", "text"),
        ),
    ],
)
def test_a_key_of_the_providers_own_goes_to_its_own_host(
    provider: str, url: str, scheme: str, tasks: tuple[Task, ...]
) -> None:
    opened = HuggingFace("own-0123456789", provider=provider)

    assert opened.request(Order("image", "a castle")).url == url
    assert opened.authorization() == {"Authorization": f"{scheme} own-0123456789"}
    assert opened.hosts == {url.split("/")[2]}
    assert opened.offers().tasks == tasks


def test_a_key_of_ones_own_may_have_another_address() -> None:
    opened = HuggingFace("own-0123456789", provider="together", own_address="http://127.0.0.1:9/")

    assert opened.request(Order("image", "x")).url == "http://127.0.0.1:9/v1/images/generations"


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png"])
def test_the_type_of_a_picture_is_the_answers(kind: str) -> None:
    reply = Reply(200, {"content-type": kind}, b"bytes")

    assert HuggingFace(KEY).read(reply, "create", Order("image", "x")) == Media(b"bytes", kind)


def test_a_chats_answer(recorded: Recorded) -> None:
    answer = HuggingFace(KEY).read(recorded("huggingface_chat.json"), "create", Order("text", "x"))

    assert answer == Text(
        "Once upon a time.",
        {"prompt_tokens": 21, "completion_tokens": 5, "total_tokens": 26},
        "meta-llama/Llama-3.1-8B-Instruct",
        {"finish_reason": "stop"},
    )


def test_fals_answer_is_fetched_from_its_hosts(recorded: Recorded) -> None:
    answer = HuggingFace(KEY, provider="fal-ai").read(
        recorded("fal_image.json"), "create", Order("image", "x")
    )

    assert isinstance(answer, Next)
    assert answer.stage == DOWNLOAD
    assert answer.call == Call(
        "GET",
        "https://v3.fal.media/files/rabbit/abc.jpg",
        timeout_seconds=120,
        max_bytes=20_000_000,
        untrusted=True,
        allowed_hosts=("fal.media", ".fal.media", ".fal.ai"),
    )
    assert answer.details == {"seed": 3512}


def test_replicates_answer_is_fetched_from_its_hosts(recorded: Recorded) -> None:
    answer = HuggingFace(KEY, provider="replicate").read(
        recorded("replicate_succeeded.json", 201), "create", Order("image", "x")
    )

    assert isinstance(answer, Next)
    assert answer.call.url == "https://replicate.delivery/xezq/abc/output.webp"
    assert answer.allowed_hosts == ("replicate.delivery", ".replicate.delivery")
    assert answer.details == {"prediction": "ufawqhfynnddngldkgtslldrkq"}


def test_no_output_in_time_may_have_been_paid(recorded: Recorded) -> None:
    with pytest.raises(UnknownAfterSend):
        HuggingFace(KEY, provider="replicate").read(
            recorded("replicate_processing.json", 201), "create", Order("image", "x")
        )


@pytest.mark.parametrize(
    ("name", "kind"),
    [("replicate_failed.json", RunFailed), ("replicate_refused.json", ContentRefused)],
)
def test_a_run_that_failed(recorded: Recorded, name: str, kind: type[ProviderFailure]) -> None:
    with pytest.raises(kind):
        HuggingFace(KEY, provider="replicate").read(
            recorded(name, 201), "create", Order("image", "x")
        )


def test_an_error_of_fal_with_200() -> None:
    with pytest.raises(RunFailed) as failed:
        HuggingFace(KEY, provider="fal-ai").read(
            json_reply({"error": "crashed"}), "create", Order("image", "x")
        )

    assert failed.value.said == "crashed"


def test_the_bytes_of_a_download() -> None:
    reply = Reply(200, {"content-type": "image/webp"}, b"bytes")

    answer = HuggingFace(KEY, provider="fal-ai").read(reply, DOWNLOAD, Order("image", "x"))

    assert answer == Media(b"bytes", "image/webp")


def test_a_model_that_is_not_served_is_a_setting(recorded: Recorded) -> None:
    with pytest.raises(Gone) as refused:
        HuggingFace(KEY).read(
            recorded("huggingface_not_served.txt", 404), "create", Order("image", "x")
        )

    assert refused.value.message == (
        "The provider does not serve this model or address: this model is not served by hf-inference "
        "(Not Found). Change the model setting."
    )


def test_a_text_model_that_is_not_served() -> None:
    with pytest.raises(Gone) as refused:
        HuggingFace(KEY, provider="fal-ai").read(
            json_reply({"error": "no"}, 404), "create", Order("text", "x")
        )

    assert refused.value.said == "this model is not served by the router (no)"


@pytest.mark.parametrize(
    ("name", "status", "headers", "kind", "wait"),
    [
        ("huggingface_dead_host.json", 410, {}, Gone, None),
        ("huggingface_no_credits.json", 402, {}, OutOfCredit, None),
        ("huggingface_loading.json", 503, {}, Busy, None),
        ("huggingface_loading.json", 503, {"retry_after": "20"}, Busy, 20.0),
        ("huggingface_loading.json", 429, {"ratelimit": '"api";r=0;t=55'}, Busy, 56.0),
        ("huggingface_loading.json", 401, {}, BadKey, None),
    ],
)
def test_failures(
    recorded: Recorded,
    name: str,
    status: int,
    headers: dict[str, str],
    kind: type[ProviderFailure],
    wait: float | None,
) -> None:
    with pytest.raises(ProviderFailure) as failed:
        HuggingFace(KEY).read(recorded(name, status, **headers), "create", Order("image", "x"))

    assert type(failed.value) is kind
    assert failed.value.retry_after_seconds == wait
