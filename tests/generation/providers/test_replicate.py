from __future__ import annotations

from typing import Any

import pytest

from generation.providers.base import DOWNLOAD, POLL, Call, Media, Next, Order, Reply, Text
from generation.providers.failures import (
    BadOutput,
    Busy,
    ContentRefused,
    NotStarted,
    ProviderFailure,
    RunFailed,
    StoppedThere,
    WrongInput,
)
from generation.providers.replicate import Replicate, prediction_path
from tests.generation.providers.conftest import Recorded
from tests.generation.providers.driving import json_reply

KEY = "r8_0123456789abcdef"
ID = "ufawqhfynnddngldkgtslldrkq"
CASTLE = Order("image", "a castle")


def a_call(method: str, path: str, **more: Any) -> Call:
    known = {"timeout_seconds": 60, "max_bytes": 26_666_666, **more}
    return Call(method, f"https://api.replicate.com{path}", **known)


def test_an_official_model() -> None:
    assert Replicate(KEY).request(CASTLE) == a_call(
        "POST",
        "/v1/models/recraft-ai/recraft-v3/predictions",
        headers={"Cancel-After": "900s"},
        json={"input": {"prompt": "a castle"}},
        paid=True,
    )


def test_a_version() -> None:
    call = Replicate(KEY, image_model="owner/name:5599ed").request(CASTLE)

    assert call.url == "https://api.replicate.com/v1/predictions"
    assert call.json == {"version": "5599ed", "input": {"prompt": "a castle"}}


def test_a_deployment() -> None:
    call = Replicate(KEY, image_model="deployments/owner/name").request(CASTLE)

    assert call.url == "https://api.replicate.com/v1/deployments/owner/name/predictions"


@pytest.mark.parametrize("model", ["name", "a/b/c", "a/b:", "../x", "a/b?c", "https://x.org/a", ""])
def test_what_is_no_model(model: str) -> None:
    with pytest.raises(WrongInput):
        prediction_path(model)


def test_waiting_and_no_deadline() -> None:
    call = Replicate(KEY, wait_seconds=5, cancel_after_seconds=0).request(CASTLE)

    assert call.headers == {"Prefer": "wait=5"}
    assert call.timeout_seconds == 65


def test_the_webhook_hears_of_the_end_only() -> None:
    order = Order("image", "a castle", webhook_url="https://story.org/hook?job=1")

    assert Replicate(KEY).request(order).json == {
        "input": {"prompt": "a castle"},
        "webhook": "https://story.org/hook?job=1",
        "webhook_events_filter": ["completed"],
    }


@pytest.mark.parametrize(
    ("size_as", "expected"),
    [
        ("aspect_ratio", {"aspect_ratio": "16:9"}),
        ("size", {"size": "1920x1080"}),
        ("width_height", {"width": 1920, "height": 1080}),
    ],
)
def test_how_a_size_is_told(size_as: str, expected: dict[str, Any]) -> None:
    order = Order(
        "image",
        "a castle",
        {"width": 1920, "height": 1080, "seed": 7, "negative_prompt": "fog", "style": "ink"},
    )

    assert Replicate(KEY, size_as=size_as).request(order).json == {
        "input": {
            "prompt": "a castle, ink style",
            "negative_prompt": "fog",
            "seed": 7,
            **expected,
        }
    }


@pytest.mark.parametrize(
    ("order", "model", "inputs"),
    [
        (
            Order("speech", "Hello.", {"voice": "Wise_Woman", "language": "en", "speed": 1.1}),
            "minimax/speech-02-turbo",
            {"text": "Hello.", "voice": "Wise_Woman", "language": "en", "speed": 1.1},
        ),
        (
            Order("music", "calm", {"duration_seconds": 20, "seed": 3, "style": "jazz"}),
            "minimax/music-01",
            {"prompt": "calm, jazz style", "seed": 3, "duration": 20},
        ),
        (
            Order("text", "Tell.", {"system": "Be brief.", "max_tokens": 9, "temperature": 0.5}),
            "meta/meta-llama-3-70b-instruct",
            {"prompt": "Tell.", "max_tokens": 9, "temperature": 0.5, "system_prompt": "Be brief."},
        ),
    ],
)
def test_other_tasks(order: Order, model: str, inputs: dict[str, Any]) -> None:
    call = Replicate(KEY).request(order)

    assert call.url == f"https://api.replicate.com/v1/models/{model}/predictions"
    assert call.json == {"input": inputs}


def test_settings_rename_the_prompt_and_add_inputs() -> None:
    provider = Replicate(KEY, prompt_fields={"music": "lyrics"}, extra_input={"bitrate": 256000})

    assert provider.request(Order("music", "la la")).json == {
        "input": {"bitrate": 256000, "lyrics": "la la"}
    }


def test_the_token() -> None:
    assert Replicate(KEY).authorization() == {"Authorization": f"Bearer {KEY}"}
    assert Replicate(KEY).hosts == {"api.replicate.com"}


def test_starting(recorded: Recorded) -> None:
    answer = Replicate(KEY).read(recorded("replicate_starting.json", 201), "create", CASTLE)

    assert answer == Next(
        a_call("GET", f"/v1/predictions/{ID}"),
        POLL,
        delay_seconds=2.0,
        message="the provider is starting the model",
        provider_ref=ID,
    )


def test_progress_is_read_out_of_the_logs(recorded: Recorded) -> None:
    answer = Replicate(KEY).read(recorded("replicate_processing.json"), POLL, CASTLE)

    assert isinstance(answer, Next)
    assert (answer.progress, answer.message) == (60, "the provider is working")


def test_a_status_that_nobody_knows_counts_as_running() -> None:
    answer = Replicate(KEY).read(
        json_reply({"id": "p1", "status": "queued", "logs": 5}), POLL, CASTLE
    )

    assert isinstance(answer, Next)
    assert (answer.stage, answer.progress, answer.provider_ref) == (POLL, None, "p1")


def test_the_result_is_fetched_with_what_is_known(recorded: Recorded) -> None:
    answer = Replicate(KEY).read(recorded("replicate_succeeded.json"), POLL, CASTLE)

    assert answer == Next(
        Call(
            "GET",
            "https://replicate.delivery/xezq/abc/output.webp",
            timeout_seconds=60,
            max_bytes=20_000_000,
            untrusted=True,
            allowed_hosts=("replicate.delivery", ".replicate.delivery"),
        ),
        DOWNLOAD,
        message="fetching the result",
        usage={"image_count": 1, "predict_time": 3.2, "total_time": 4.1},
        details={"prediction": ID, "version": "hidden"},
    )


@pytest.mark.parametrize(
    ("output", "url"),
    [
        ("https://replicate.delivery/a.mp3", "https://replicate.delivery/a.mp3"),
        ({"audio": "https://replicate.delivery/a.mp3"}, "https://replicate.delivery/a.mp3"),
        ([{"url": "https://replicate.delivery/a.mp3"}], "https://replicate.delivery/a.mp3"),
    ],
)
def test_outputs_have_three_forms(output: Any, url: str) -> None:
    reply = json_reply({"id": "p1", "status": "succeeded", "output": output, "metrics": None})

    answer = Replicate(KEY).read(reply, POLL, CASTLE)

    assert isinstance(answer, Next)
    assert (answer.call.url, answer.usage) == (url, {})


@pytest.mark.parametrize("output", [None, [], {}, 5, {"text": "x"}, ["not an address"]])
def test_an_output_without_an_address(output: Any) -> None:
    with pytest.raises(BadOutput):
        Replicate(KEY).read(
            json_reply({"id": "p1", "status": "succeeded", "output": output}), POLL, CASTLE
        )


def test_a_text_in_pieces(recorded: Recorded) -> None:
    answer = Replicate(KEY).read(recorded("replicate_text.json"), POLL, Order("text", "x"))

    assert answer == Text(
        "Once upon a time.",
        {"input_token_count": 21, "output_token_count": 5, "predict_time": 0.4},
        "meta/meta-llama-3-70b-instruct",
        {"prediction": "p1", "version": "hidden"},
    )


@pytest.mark.parametrize(
    ("output", "expected"),
    [("One.", "One."), (["One", 5, "."], "One."), (None, None), ([" "], None)],
)
def test_texts(output: Any, expected: str | None) -> None:
    reply = json_reply({"id": "p1", "status": "succeeded", "output": output, "model": 5})

    if expected is None:
        with pytest.raises(BadOutput):
            Replicate(KEY).read(reply, POLL, Order("text", "x"))
    else:
        assert Replicate(KEY).read(reply, POLL, Order("text", "x")) == Text(
            expected, {}, None, {"prediction": "p1"}
        )


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        ({"status": "canceled"}, StoppedThere, ""),
        ({"status": "aborted"}, NotStarted, "its deadline came first"),
        ({"status": "failed", "error": "boom"}, RunFailed, "boom"),
        ({"status": "failed", "error": None}, RunFailed, ""),
    ],
)
def test_bad_ends(body: dict[str, Any], kind: type[ProviderFailure], said: str) -> None:
    with pytest.raises(ProviderFailure) as failed:
        Replicate(KEY).read(json_reply({"id": "p1", **body}), POLL, CASTLE)

    assert (type(failed.value), failed.value.said) == (kind, said)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("replicate_failed.json", RunFailed), ("replicate_refused.json", ContentRefused)],
)
def test_recorded_bad_ends(recorded: Recorded, name: str, kind: type[ProviderFailure]) -> None:
    with pytest.raises(ProviderFailure) as failed:
        Replicate(KEY).read(recorded(name), POLL, CASTLE)

    assert type(failed.value) is kind


def test_throttled(recorded: Recorded) -> None:
    with pytest.raises(Busy) as busy:
        Replicate(KEY).read(recorded("replicate_throttled.json", 429), "create", CASTLE)

    assert busy.value.retry_after_seconds == 30


@pytest.mark.parametrize("reference", [None, 5, "", "a/../b", "a" * 101, "a b"])
def test_a_prediction_without_an_id(reference: Any) -> None:
    with pytest.raises(BadOutput):
        Replicate(KEY).read(json_reply({"id": reference, "status": "starting"}), "create", CASTLE)


def test_the_bytes() -> None:
    reply = Reply(200, {"content-type": "image/webp"}, b"bytes")

    assert Replicate(KEY).read(reply, DOWNLOAD, CASTLE) == Media(b"bytes", "image/webp")


def test_cancelling() -> None:
    assert Replicate(KEY).cancel("p1") == a_call("POST", "/v1/predictions/p1/cancel")
