from __future__ import annotations

from typing import Any

import pytest

from generation.providers import mock
from generation.providers.base import TASKS, Call, Media, Next, Order, Reply, Task, Text
from generation.providers.failures import BadOutput, Busy, ContentRefused, WrongInput
from generation.providers.mock import Mock
from tests.generation.providers.driving import Journey, made


def ordered(prompt: str, task: Task = "image", **parameters: Any) -> Order:
    return Order(task, prompt, parameters, "job-1")


def made_by(order: Order, memory: dict[str, int] | None = None, **options: Any) -> Journey:
    return made(Mock(**options), order, memory)


@pytest.mark.parametrize("task", TASKS)
def test_the_same_order_gives_the_same_result(task: Task) -> None:
    first, second = made_by(ordered("a castle", task)), made_by(ordered("a castle", task))

    assert first.result == second.result
    assert made_by(ordered("a tower", task)).result != first.result
    assert made_by(ordered("a castle", task, seed=5)).result != first.result
    assert len(first.calls) == 1


def test_a_picture_has_the_asked_size_and_says_what_it_is() -> None:
    result = made_by(ordered("a castle", width=320, height=200)).result

    assert isinstance(result, Media)
    assert result.declared_type == "image/png"
    assert result.body[16:24] == (320).to_bytes(4) + (200).to_bytes(4)
    assert result.details == {"mock": True}


def test_it_stands_in_for_every_model() -> None:
    assert isinstance(made_by(ordered("a castle", model="dall-e-3")).result, Media)


def test_a_sound_has_the_asked_length() -> None:
    result = made_by(ordered("calm", "music", duration_seconds=2)).result

    assert isinstance(result, Media)
    assert result.declared_type == "audio/wav"
    assert len(result.body) == 44 + 2 * 2 * 16_000


def test_a_text() -> None:
    result = made_by(ordered(" a castle ", "text")).result

    assert isinstance(result, Text)
    assert result.text.startswith(
        "This is a canned text of mock mode (seed 0), written for: a castle\n"
    )
    assert result.model == "mock"
    assert result.usage == {"words": len(result.text.split())}


def test_slow() -> None:
    journey = made_by(ordered("a castle mock:slow"), slow_steps=4, step_seconds=0.5)

    assert [(step.progress, step.delay_seconds) for step in journey.steps] == [
        (25, 0.5),
        (50, 0.5),
        (75, 0.5),
    ]
    assert {step.provider_ref for step in journey.steps} == {"mock_30e44b1bc20eb329"}
    assert isinstance(journey.result, Media)


def test_steps_for_every_order() -> None:
    assert len(made_by(ordered("a castle"), steps=3).calls) == 3


@pytest.mark.parametrize(("word", "status", "wait"), [("503", 503, 1.0), ("429", 429, 2.0)])
def test_failing_once(word: str, status: int, wait: float | None) -> None:
    memory: dict[str, int] = {}
    order = ordered(f"a castle mock:{word}")

    with pytest.raises(Busy) as busy:
        made_by(order, memory)

    assert (busy.value.http_status, busy.value.retry_after_seconds) == (status, wait)
    assert isinstance(made_by(order, memory).result, Media)
    with pytest.raises(Busy):
        made_by(Order("image", order.prompt, {}, "job-2"), memory)


@pytest.mark.parametrize(("word", "kind"), [("fail", WrongInput), ("refuse", ContentRefused)])
def test_failing_for_good(word: str, kind: type[Exception]) -> None:
    memory: dict[str, int] = {}

    for _ in range(3):
        with pytest.raises(kind):
            made_by(ordered(f"a castle MOCK:{word.upper()}"), memory)


@pytest.mark.parametrize("task", ["image", "speech", "music", "effect"])
def test_broken_bytes(task: Task) -> None:
    whole = made_by(ordered("a castle", task, width=64, height=64, duration_seconds=1)).result
    broken = made_by(
        ordered("a castle", task, width=64, height=64, duration_seconds=1), fault="broken"
    ).result

    assert isinstance(whole, Media)
    assert isinstance(broken, Media)
    assert broken.body == whole.body[: len(whole.body) // 2]


def test_a_broken_text() -> None:
    with pytest.raises(BadOutput):
        made_by(ordered("a castle mock:broken", "text"))


def test_a_fault_for_every_order_and_one_in_the_prompt() -> None:
    with pytest.raises(WrongInput):
        made_by(ordered("a castle"), fault="fail")
    assert isinstance(made_by(ordered("a castle mock:slow"), fault="fail").result, Media)


def test_a_word_inside_another_is_no_fault() -> None:
    assert len(made_by(ordered("a mock:slowly rising sun")).calls) == 1


def test_cancelling() -> None:
    call = Mock().cancel("mock_1")

    assert call == Call("POST", "mock://cancel/mock_1")
    assert mock.answer(call, {}) == Reply(
        200, {"content-type": "application/json"}, b'{"cancelled": true}', "mock://cancel/mock_1"
    )


def test_nothing_gets_a_key() -> None:
    assert Mock().authorization() == {}
    assert Mock().hosts == frozenset()
    assert Mock().secrets == ()


def test_a_step_is_a_call_like_the_first() -> None:
    journey = made_by(ordered("a castle"), steps=2)

    assert isinstance(journey.steps[0], Next)
    assert journey.calls[1] == Call(
        "POST",
        "mock://image",
        json={
            "prompt": "a castle",
            "key": "job-1",
            "seed": 0,
            "width": 640,
            "height": 480,
            "seconds": 8 / 15,
            "fault": "",
            "step": 1,
            "steps": 2,
        },
        idempotent=True,
    )
