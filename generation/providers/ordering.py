"""What exactly does an order ask for, in the words of an adapter? Refused here: what a provider cannot make."""

from __future__ import annotations

from math import isfinite
from typing import Any

from generation.providers.base import JSON, Offers, Order
from generation.providers.failures import WrongInput


def accepted_model(order: Order, offers: Offers) -> str:
    """The model that the order is for. Raises WrongInput for what the provider does not offer."""
    models = offers.models.get(order.task, ())
    if not models:
        raise WrongInput(f"it makes {', '.join(offers.tasks)}, not {order.task}")
    if not order.prompt.strip():
        raise WrongInput("the prompt is empty")
    limit = offers.max_prompt_characters.get(order.task)
    if limit is not None and len(order.prompt) > limit:
        raise WrongInput(f"the prompt has {len(order.prompt)} characters, {limit} are allowed")
    wanted = text_of(order, "model") or models[0]
    if wanted not in models:
        raise WrongInput(f"the model {wanted!r} is not among {', '.join(models)}")
    return wanted


def text_of(order: Order, name: str) -> str | None:
    """A parameter that is a text; None when it is absent or empty. Raises WrongInput."""
    value = order.parameters.get(name)
    if value is not None and not isinstance(value, str):
        raise WrongInput(f"{name} must be a text")
    return value or None


def number_of(order: Order, name: str, low: float, high: float) -> float | None:
    """A parameter that is a number within the limits. Raises WrongInput."""
    value = order.parameters.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        raise WrongInput(f"{name} must be a number")
    if not low <= value <= high:
        raise WrongInput(f"{name} must be {low:g} to {high:g}")
    return value


def whole_of(order: Order, name: str, low: int, high: int) -> int | None:
    """A parameter that is a whole number within the limits. Raises WrongInput."""
    value = number_of(order, name, low, high)
    if value is not None and value != int(value):
        raise WrongInput(f"{name} must be a whole number")
    return None if value is None else int(value)


def seed_of(order: Order) -> int | None:
    """The seed; providers agree on 32 bits. Raises WrongInput."""
    return whole_of(order, "seed", 0, 2**32 - 1)


def size_of(order: Order) -> tuple[int, int] | None:
    """Width and height in pixels; None unless both are given. Raises WrongInput."""
    width, height = whole_of(order, "width", 16, 16_383), whole_of(order, "height", 16, 16_383)
    return (width, height) if width and height else None


def styled_prompt(order: Order) -> str:
    """The prompt with the style, for models that know no style of their own."""
    style = text_of(order, "style")
    return f"{order.prompt}, {style} style" if style else order.prompt


def chat_messages(order: Order) -> list[dict[str, str]]:
    """The prompt as a chat, after the system's part where the order has one."""
    system = text_of(order, "system")
    first = [{"role": "system", "content": system}] if system else []
    return [*first, {"role": "user", "content": order.prompt}]


def sampling_of(order: Order) -> dict[str, JSON]:
    """How a text is drawn: max_tokens, temperature and seed, where the order has them."""
    return present(
        max_tokens=whole_of(order, "max_tokens", 1, 1_000_000),
        temperature=number_of(order, "temperature", 0, 2),
        seed=seed_of(order),
    )


def nearest_shape(size: tuple[int, int], shapes: tuple[tuple[int, int], ...]) -> tuple[int, int]:
    """The shape whose ratio of width to height is closest; the largest of those that are equally close."""
    ratio = size[0] / size[1]
    return min(shapes, key=lambda shape: (abs(shape[0] / shape[1] - ratio), -shape[0]))


def present(**values: Any) -> dict[str, Any]:
    """The values that are not None: providers tell null from absent."""
    return {name: value for name, value in values.items() if value is not None}
