from __future__ import annotations

from typing import Any

import pytest

from generation.providers.base import Offers, Order
from generation.providers.failures import WrongInput
from generation.providers.ordering import (
    accepted_model,
    chat_messages,
    nearest_shape,
    number_of,
    present,
    sampling_of,
    seed_of,
    size_of,
    styled_prompt,
    text_of,
    whole_of,
)

OFFERS = Offers(
    tasks=("image", "speech"),
    models={"image": ("first", "second"), "speech": ("voice-1",)},
    cost_units={"image": "picture", "speech": "character"},
    max_prompt_characters={"speech": 10},
)


def an_order(task: Any = "image", prompt: str = "a castle", **parameters: Any) -> Order:
    return Order(task, prompt, parameters)


@pytest.mark.parametrize(
    ("order", "model"),
    [
        (an_order(), "first"),
        (an_order(model=None), "first"),
        (an_order(model=""), "first"),
        (an_order(model="second"), "second"),
        (an_order("speech", "0123456789"), "voice-1"),
    ],
)
def test_the_model_of_an_order(order: Order, model: str) -> None:
    assert accepted_model(order, OFFERS) == model


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (an_order("music"), "it makes image, speech, not music"),
        (an_order(prompt=" \n"), "the prompt is empty"),
        (an_order("speech", "0123456789a"), "the prompt has 11 characters, 10 are allowed"),
        (an_order(model="third"), "the model 'third' is not among first, second"),
        (an_order(model=5), "model must be a text"),
    ],
)
def test_what_is_not_offered(order: Order, said: str) -> None:
    with pytest.raises(WrongInput) as refused:
        accepted_model(order, OFFERS)

    assert refused.value.said == said


@pytest.mark.parametrize(("value", "expected"), [(None, None), ("", None), ("x", "x")])
def test_texts(value: Any, expected: str | None) -> None:
    assert text_of(an_order(voice=value), "voice") == expected
    assert text_of(an_order(), "voice") is None


@pytest.mark.parametrize("value", ["1", True, [1], float("nan"), float("inf"), {}])
def test_what_is_no_number(value: Any) -> None:
    with pytest.raises(WrongInput) as refused:
        number_of(an_order(speed=value), "speed", 0, 2)

    assert refused.value.said == "speed must be a number"


@pytest.mark.parametrize("value", [-0.1, 2.1])
def test_numbers_out_of_range(value: float) -> None:
    with pytest.raises(WrongInput) as refused:
        number_of(an_order(speed=value), "speed", 0, 2)

    assert refused.value.said == "speed must be 0 to 2"


def test_numbers() -> None:
    assert number_of(an_order(speed=1.5), "speed", 0, 2) == 1.5
    assert number_of(an_order(), "speed", 0, 2) is None
    assert whole_of(an_order(steps=3.0), "steps", 0, 5) == 3
    assert whole_of(an_order(), "steps", 0, 5) is None
    with pytest.raises(WrongInput) as refused:
        whole_of(an_order(steps=2.5), "steps", 0, 5)
    assert refused.value.said == "steps must be a whole number"


def test_seeds() -> None:
    assert seed_of(an_order(seed=2**32 - 1)) == 2**32 - 1
    assert seed_of(an_order(seed=0)) == 0
    assert seed_of(an_order()) is None
    with pytest.raises(WrongInput):
        seed_of(an_order(seed=2**32))


def test_a_size_needs_both_sides() -> None:
    assert size_of(an_order(width=640, height=480)) == (640, 480)
    assert size_of(an_order(width=640)) is None
    assert size_of(an_order()) is None
    with pytest.raises(WrongInput):
        size_of(an_order(width=0, height=480))


def test_a_style_goes_into_the_prompt() -> None:
    assert styled_prompt(an_order(style="watercolour")) == "a castle, watercolour style"
    assert styled_prompt(an_order()) == "a castle"


def test_chats() -> None:
    assert chat_messages(an_order(system="Be brief.")) == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "a castle"},
    ]
    assert chat_messages(an_order()) == [{"role": "user", "content": "a castle"}]
    assert sampling_of(an_order(max_tokens=5, temperature=0, seed=7)) == {
        "max_tokens": 5,
        "temperature": 0,
        "seed": 7,
    }
    assert sampling_of(an_order()) == {}


@pytest.mark.parametrize(
    ("size", "expected"),
    [((1000, 1000), (1024, 1024)), ((1920, 1080), (1536, 1024)), ((300, 900), (1024, 1536))],
)
def test_the_nearest_shape(size: tuple[int, int], expected: tuple[int, int]) -> None:
    shapes = ((512, 512), (1024, 1024), (1536, 1024), (1024, 1536))

    assert nearest_shape(size, shapes) == expected


def test_absent_is_not_null() -> None:
    assert present(a=0, b=None, c="", d=False) == {"a": 0, "c": "", "d": False}
