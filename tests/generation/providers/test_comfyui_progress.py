from __future__ import annotations

import json
from typing import Any

import pytest

from generation.providers.comfyui_progress import Heard, heard_in
from generation.providers.comfyui_workflow import TEXT_TO_IMAGE

ID = "6f962d0e"
# Two passes of 10 and 30 steps, the second after the first.
TWO_PASSES: dict[str, Any] = {
    "model": {"class_type": "Loader", "inputs": {}},
    "first": {"class_type": "KSampler", "inputs": {"steps": 10, "model": ["model", 0]}},
    "second": {"class_type": "KSampler", "inputs": {"steps": 30, "latent": ["first", 0]}},
}


def body(*messages: Any) -> bytes:
    return b"\n".join(json.dumps(message).encode() for message in messages)


def state(prompt: str = ID, **nodes: tuple[float, float]) -> dict[str, Any]:
    told = {name: {"value": value, "max": most} for name, (value, most) in nodes.items()}
    return {"type": "progress_state", "data": {"prompt_id": prompt, "nodes": told}}


def progress(value: Any, most: Any, node: Any = "sampler", **more: Any) -> dict[str, Any]:
    return {"type": "progress", "data": {"value": value, "max": most, "node": node, **more}}


@pytest.mark.parametrize(
    ("messages", "heard"),
    [
        ([], Heard()),
        ([{"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 1}}}}], Heard()),
        ([progress(0, 20)], Heard(15, "KSampler: step 0 of 20")),
        ([progress(20, 20)], Heard(92, "KSampler: step 20 of 20")),
        ([progress(1, 20), progress(2, 20)], Heard(23, "KSampler: step 2 of 20")),
        ([{"type": "executing", "data": {"node": "decode"}}], Heard(92, "VAEDecode is at work")),
        ([{"type": "executing", "data": {"node": "checkpoint"}}],
         Heard(0, "CheckpointLoaderSimple is at work")),
        ([state(checkpoint=(1, 1), positive=(0, 1))], Heard(3, "CLIPTextEncode is at work")),
        ([state(checkpoint=(1, 1), sampler=(5, 20))], Heard(34, "KSampler: step 5 of 20")),
        ([progress(5, 20, prompt_id="another")], Heard()),
        ([state("another", sampler=(5, 20))], Heard()),
        ([progress(5, 20), {"type": "execution_success", "data": {"prompt_id": ID}}],
         Heard(100, None, True)),
        ([{"type": "executing", "data": {"node": None, "prompt_id": ID}}], Heard(100, None, True)),
        ([{"type": "execution_error", "data": {"prompt_id": ID}}], Heard(None, None, True)),
        ([{"type": "execution_error", "data": {"prompt_id": "another"}}], Heard()),
    ],
)  # fmt: skip
def test_what_is_heard(messages: list[Any], heard: Heard) -> None:
    assert heard_in(body(*messages), TEXT_TO_IMAGE, ID) == heard


def test_a_second_pass_goes_on_where_the_first_ended() -> None:
    found = [
        heard_in(body(progress(value, most, node)), TWO_PASSES, ID).percent
        for node, value, most in (("first", 5, 10), ("first", 10, 10), ("second", 0, 30), ("second", 15, 30))
    ]  # fmt: skip

    assert found == [14, 26, 26, 63]


@pytest.mark.parametrize(
    "message",
    [5, None, [], {}, {"type": "progress"}, {"type": "progress", "data": 5}, {"type": 5, "data": {}},
     progress("5", 20), progress(5, 0), progress(5, -1), progress(True, 20), progress(5, None),
     progress(5, 20, "unknown"), progress(5, 20, 7), progress(float("nan"), 20), progress(5, float("inf")),
     {"type": "progress_state", "data": {"nodes": 5}},
     {"type": "progress_state", "data": {"nodes": {"sampler": 5}}}],
)  # fmt: skip
def test_odd_words_say_nothing(message: Any) -> None:
    assert heard_in(body(message), TEXT_TO_IMAGE, ID) == Heard()


def test_more_than_all_is_all() -> None:
    assert heard_in(body(progress(99, 20)), TEXT_TO_IMAGE, ID).percent == 92
    assert heard_in(body(progress(-5, 20)), TEXT_TO_IMAGE, ID).percent == 15


def test_a_graph_that_turns_in_a_circle() -> None:
    graph = {
        "a": {"class_type": "A", "inputs": {"x": ["b", 0]}},
        "b": {"class_type": "B", "inputs": {"x": ["a", 0], "steps": -3}},
        "c": 5,
    }

    assert heard_in(body(progress(1, 2, "a")), graph, ID) == Heard(50, "A: step 1 of 2")
