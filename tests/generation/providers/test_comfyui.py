from __future__ import annotations

import json
from typing import Any

import pytest

from generation.providers.base import (
    DOWNLOAD,
    JSON,
    POLL,
    Call,
    Media,
    Next,
    Order,
    Reply,
    may_carry_key,
)
from generation.providers.comfyui import ComfyUI, drawn_seed
from generation.providers.comfyui_workflow import TEXT_TO_IMAGE, filled, placeholders_in
from generation.providers.failures import (
    BadOutput,
    Busy,
    ContentRefused,
    Gone,
    NotStarted,
    ProviderFailure,
    RunFailed,
    StoppedThere,
    WrongInput,
)
from tests.generation.providers.conftest import Recorded
from tests.generation.providers.driving import json_reply

ID = "6f962d0e-40d9-45e8-b378-7247258cadde"
BASE = "http://127.0.0.1:8188"
HISTORY = f"{BASE}/history/{ID}"
CASTLE = Order("image", "a castle", {"seed": 7})


def a_call(method: str, path: str, **more: Any) -> Call:
    known = {"timeout_seconds": 30, "max_bytes": 10_000_000, **more}
    return Call(method, f"{BASE}{path}", **known)


def test_the_graph_is_filled_and_queued() -> None:
    order = Order(
        "image",
        "a castle",
        {"seed": 7, "width": 640, "height": 480, "negative_prompt": "fog", "style": "ink"},
    )
    workflow = {
        "1": {"class_type": "K", "inputs": {"seed": "{seed}", "size": ["{width}", "{height}", 1]}},
        "2": {"class_type": "T", "inputs": {"text": "best, {prompt}", "not": "{negative_prompt}"}},
        "3": {"class_type": "L", "inputs": {"ckpt_name": "{model}", "steps": 20, "on": True}},
    }

    call = ComfyUI(workflow=workflow, image_model="sdxl.safetensors").request(order)

    assert call == a_call(
        "POST",
        "/prompt",
        json={
            "prompt": {
                "1": {"class_type": "K", "inputs": {"seed": 7, "size": [640, 480, 1]}},
                "2": {
                    "class_type": "T",
                    "inputs": {"text": "best, a castle, ink style", "not": "fog"},
                },
                "3": {
                    "class_type": "L",
                    "inputs": {"ckpt_name": "sdxl.safetensors", "steps": 20, "on": True},
                },
            },
            "client_id": "storycore",
        },
    )
    assert call.paid is False


def test_the_graph_that_comes_with_us() -> None:
    call = ComfyUI(width=512, height=256, negative_prompt="blur").request(CASTLE)

    assert isinstance(call.json, dict)
    graph: Any = call.json["prompt"]
    assert graph["latent"]["inputs"] == {"width": 512, "height": 256, "batch_size": 1}
    assert graph["positive"]["inputs"]["text"] == "a castle"
    assert graph["negative"]["inputs"]["text"] == "blur"
    assert graph["sampler"]["inputs"]["seed"] == 7
    assert graph["checkpoint"]["inputs"]["ckpt_name"] == "v1-5-pruned-emaonly-fp16.safetensors"
    assert graph["sampler"]["inputs"]["model"] == ["checkpoint", 0]


def test_a_prompt_is_not_a_template() -> None:
    values: dict[str, JSON] = {"prompt": "{seed} {prompt}", "seed": 7}

    assert filled({"a": "{prompt}", "b": "x {prompt} {other}", "c": 5}, values) == {
        "a": "{seed} {prompt}",
        "b": "x {seed} {prompt} {other}",
        "c": 5,
    }
    assert TEXT_TO_IMAGE["positive"]["inputs"]["text"] == "{prompt}"


def test_placeholders() -> None:
    assert placeholders_in(TEXT_TO_IMAGE) == {
        "prompt", "negative_prompt", "seed", "width", "height", "model",
    }  # fmt: skip
    assert placeholders_in({"a": [1, "{prompt} {seed}", None], "b": {}}) == {"prompt", "seed"}
    assert ComfyUI(workflow={"1": {"inputs": {"t": "{prompt}{seed}"}}}).offers().parameters == {
        "image": ("seed", "style")
    }


def test_a_seed_is_the_same_in_every_try() -> None:
    order = Order("image", "a castle", idempotency_key="job-1")

    assert drawn_seed(order) == drawn_seed(order) == 3069411755
    assert drawn_seed(Order("image", "a castle", idempotency_key="job-2")) != drawn_seed(order)
    assert drawn_seed(CASTLE) == 7


def test_queued(recorded: Recorded) -> None:
    assert ComfyUI().read(recorded("comfyui_queued.json"), "create", CASTLE) == Next(
        a_call("GET", f"/history/{ID}"),
        POLL,
        delay_seconds=1.0,
        message="in its queue",
        provider_ref=ID,
    )


def test_each_order_is_a_client_of_its_own() -> None:
    asked: Any = ComfyUI().request(Order("image", "a castle", idempotency_key="job-1")).json

    assert asked["client_id"] == "storycore-job-1"


@pytest.mark.parametrize("body", [{}, {ID: None}, {"another": {}}])
def test_not_in_the_history_yet(body: dict[str, Any]) -> None:
    answer = ComfyUI().read(json_reply(body, url=HISTORY), POLL, CASTLE)

    assert answer == Next(
        a_call("GET", "/queue", max_bytes=50_000_000, optional=True),
        f"poll:queue:{ID}",
        provider_ref=ID,
    )


def in_line(running: list[Any], waiting: list[Any], **options: Any) -> Any:
    reply = json_reply({"queue_running": running, "queue_pending": waiting})
    return ComfyUI(**options).read(reply, f"poll:queue:{ID}", CASTLE)


def test_its_place_in_the_queue() -> None:
    waiting = [[9, "later", {}, {}, []], [4, ID, {}, {}, []], [-1, "first", {}, {}, []]]

    assert in_line([[1, "another", {}, {}, []]], waiting) == Next(
        a_call("GET", f"/history/{ID}"),
        POLL,
        delay_seconds=1.0,
        message="place 2 of 3 in its queue",
        provider_ref=ID,
    )


@pytest.mark.parametrize(
    ("base_url", "socket"),
    [(BASE, "ws://127.0.0.1:8188/ws"), ("https://gpu.example.org/comfy/", "wss://gpu.example.org/comfy/ws")],
)  # fmt: skip
def test_what_is_worked_on_is_listened_to(base_url: str, socket: str) -> None:
    answer = in_line([[4, ID, {}, {}, []]], [], base_url=base_url)

    assert answer == Next(
        Call(
            "GET",
            socket,
            params={"clientId": "storycore"},
            timeout_seconds=30,
            max_bytes=10_000_000,
            optional=True,
            listen_seconds=2.0,
            listen_until=(
                "progress", "progress_state",
                "execution_success", "execution_error", "execution_interrupted",
            ),
        ),
        f"poll:progress:{ID}",
        provider_ref=ID,
    )  # fmt: skip
    assert may_carry_key(ComfyUI(base_url=base_url), answer.call)


def test_nobody_listens_where_the_settings_say_so() -> None:
    answer = in_line([[4, ID, {}, {}, []]], [], progress_seconds=0.0)

    assert (answer.stage, answer.message, answer.progress) == (
        POLL,
        "the provider is working",
        None,
    )


@pytest.mark.parametrize(
    "reply",
    [Reply(0, {}, b""), Reply(500, {}, b"x"), Reply(404, {}, b"{}"), Reply(200, {}, b"\xff")],
)
def test_a_queue_that_cannot_be_read_fails_nothing(reply: Reply) -> None:
    answer = ComfyUI().read(reply, f"poll:queue:{ID}", CASTLE)

    assert isinstance(answer, Next)
    assert answer.provider_ref == ID


@pytest.mark.parametrize("entries", [None, 5, "x", [5], [[]], [["x", ID]], [[1]], [[1, 5]], {}])
def test_odd_queues(entries: Any) -> None:
    answer = in_line(entries, entries)

    assert (answer.call.url, answer.stage) == (HISTORY, f"poll:last:{ID}")


def test_a_prompt_that_is_nowhere_is_looked_for_once_more_and_then_ordered_again(
    recorded: Recorded,
) -> None:
    last = in_line([], [])

    assert (last.call, last.stage, last.delay_seconds) == (
        a_call("GET", f"/history/{ID}"), f"poll:last:{ID}", 0.0
    )  # fmt: skip
    found = ComfyUI().read(recorded("comfyui_done.json", url=HISTORY), last.stage, CASTLE)
    assert isinstance(found, Next)
    assert found.stage == DOWNLOAD
    with pytest.raises(NotStarted):
        ComfyUI().read(json_reply({}, url=HISTORY), last.stage, CASTLE)


def said(*messages: Any) -> Reply:
    return Reply(200, {}, b"\n".join(json.dumps(message).encode() for message in messages))


def at_work(reply: Reply) -> Any:
    return ComfyUI().read(reply, f"poll:progress:{ID}", CASTLE)


def test_progress() -> None:
    data = {"value": 10, "max": 20, "prompt_id": ID, "node": "sampler"}

    assert at_work(said({"type": "progress", "data": data})) == Next(
        a_call("GET", f"/history/{ID}"),
        POLL,
        delay_seconds=1.0,
        # Four nodes that were needed, ten of the twenty steps; two nodes follow.
        progress=53,
        message="KSampler: step 10 of 20",
        provider_ref=ID,
    )


def test_the_end_is_looked_at_soon() -> None:
    answer = at_work(said({"type": "execution_success", "data": {"prompt_id": ID}}))

    assert (answer.stage, answer.call.url, answer.progress) == (POLL, HISTORY, 100)
    assert answer.delay_seconds == 0.1


@pytest.mark.parametrize(
    "reply", [Reply(0, {}, b""), Reply(200, {}, b""), Reply(200, {}, b"\xff\n[]\n5")]
)
def test_a_socket_that_says_nothing_fails_nothing(reply: Reply) -> None:
    answer = at_work(reply)

    assert (answer.stage, answer.progress, answer.message) == (
        POLL,
        None,
        "the provider is working",
    )


def test_done(recorded: Recorded) -> None:
    answer = ComfyUI().read(recorded("comfyui_done.json", url=HISTORY), POLL, CASTLE)

    assert answer == Next(
        a_call(
            "GET",
            "/view",
            params={"filename": "storycore_00007_.png", "subfolder": "today", "type": "output"},
            max_bytes=50_000_000,
        ),
        DOWNLOAD,
        message="fetching the result",
        provider_ref=ID,
        details={"seed": 7},
    )


def test_a_preview_when_nothing_was_saved() -> None:
    entry = {
        "outputs": {"9": {"images": [{"filename": "a.png"}]}},
        "status": {"status_str": "success"},
    }

    answer = ComfyUI().read(json_reply({ID: entry}, url=HISTORY), POLL, CASTLE)

    assert isinstance(answer, Next)
    assert answer.call.params == {"filename": "a.png", "subfolder": "", "type": "output"}


def test_the_bytes() -> None:
    reply = Reply(200, {"content-type": "image/png"}, b"bytes")

    assert ComfyUI().read(reply, DOWNLOAD, CASTLE) == Media(b"bytes", "image/png")


def test_cancelling() -> None:
    assert ComfyUI().cancel(ID) == a_call("POST", f"/api/jobs/{ID}/cancel")
    assert ComfyUI(cancel_with="interrupt").cancel(ID) == a_call(
        "POST", "/interrupt", json={"prompt_id": ID}
    )


def test_a_token_for_a_proxy() -> None:
    assert ComfyUI(api_key="token").authorization() == {"Authorization": "Bearer token"}
    assert ComfyUI(api_key="token").secrets == ("token",)
    assert ComfyUI().authorization() == {}
    assert ComfyUI().secrets == ()
    assert ComfyUI().hosts == {"127.0.0.1:8188"}


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        (
            "comfyui_error.json",
            RunFailed,
            "Allocation on device 0 would exceed allowed memory.",
        ),
        ("comfyui_interrupted.json", StoppedThere, ""),
    ],
)
def test_bad_ends(recorded: Recorded, name: str, kind: type[ProviderFailure], said: str) -> None:
    with pytest.raises(ProviderFailure) as failed:
        ComfyUI().read(recorded(name, url=HISTORY), POLL, CASTLE)

    assert (type(failed.value), failed.value.said) == (kind, said)


@pytest.mark.parametrize(
    "entry",
    [{}, {"outputs": None}, {"outputs": []}, {"outputs": {"1": None}}, {"outputs": {"1": {"images": 5}}},
     {"outputs": {"1": {"images": [{"filename": 5}]}}}, {"status": "x"}, {"status": {"messages": "x"}},
     {"status": {"messages": [["execution_interrupted"], 5, [["x"], {}]]}}],
)  # fmt: skip
def test_an_end_without_a_picture(entry: dict[str, Any]) -> None:
    with pytest.raises(BadOutput):
        ComfyUI().read(json_reply({ID: entry}, url=HISTORY), POLL, CASTLE)


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        (
            "comfyui_no_checkpoint.json",
            Gone,
            (
                "Value not in list: ckpt_name: 'v1-5.safetensors' not in ['sdxl.safetensors']; "
                "Prompt outputs failed validation"
            ),
        ),
        (
            "comfyui_bad_graph.json",
            WrongInput,
            "Cannot execute because a node is missing the class_type property.",
        ),
    ],
)
def test_a_refused_graph(
    recorded: Recorded, name: str, kind: type[ProviderFailure], said: str
) -> None:
    with pytest.raises(ProviderFailure) as failed:
        ComfyUI().read(recorded(name, 400), "create", CASTLE)

    assert (type(failed.value), failed.value.said) == (kind, said)


@pytest.mark.parametrize("body", [b"", b"[]", b"no json", b'{"node_errors": {"1": {"errors": 5}}}'])
def test_a_refusal_in_no_known_form(body: bytes) -> None:
    with pytest.raises(WrongInput):
        ComfyUI().read(Reply(400, {}, body), "create", CASTLE)


def test_a_refused_content() -> None:
    entry = {
        "status": {
            "status_str": "error",
            "messages": [["execution_error", {"exception_message": "NSFW content found"}]],
        }
    }

    with pytest.raises(ContentRefused):
        ComfyUI().read(json_reply({ID: entry}, url=HISTORY), POLL, CASTLE)


def test_a_server_that_restarts() -> None:
    with pytest.raises(Busy):
        ComfyUI().read(Reply(502, {}, b""), POLL, CASTLE)


@pytest.mark.parametrize("reference", [None, 5, "", "../x", "a" * 101])
def test_a_queue_that_names_no_prompt(reference: Any) -> None:
    with pytest.raises(BadOutput):
        ComfyUI().read(json_reply({"prompt_id": reference}), "create", CASTLE)
