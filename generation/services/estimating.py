"""What will it cost? A number where the settings name prices, nothing where they do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from generation.errors import ProviderUnknown
from generation.providers.base import TASKS
from generation.queries.catalog import Maker, find_maker, makers_of
from storycore.errors import InvalidInput

# An hour is more than anybody here makes.
DURATION_MAX_SECONDS = 3_600
COUNT_MAX = 1_000
_CHARACTERS_PER_TOKEN = 4
_DEFAULT_SECONDS = {"music": 30.0, "effect": 5.0}
_WORDS_PER_SECOND = 2.5


def estimated_cost(maker: Maker, prompt: str, parameters: Mapping[str, Any]) -> float | None:
    """The price of one order in the currency of the setting PROVIDER_PRICES; None without a price.

    The price is per unit of what the provider counts: picture, character, second, token or run.
    """
    price = (settings.PROVIDER_PRICES.get(maker.name) or {}).get(maker.task)
    if price is None:
        return 0.0 if maker.offers.cost_units.get(maker.task) == "nothing" else None
    return round(float(price) * _units(maker, prompt, parameters), 6)


def estimate(
    *,
    task: str,
    prompt: str = "",
    count: int = 1,
    duration: float | None = None,
    provider: str | None = None,
) -> dict[str, Any]:
    """What `count` orders of a task would mean: count, provider, model, cost (None without a price).

    Raises InvalidInput, ProviderUnknown.
    """
    if task not in TASKS:
        raise InvalidInput(f"This is one of {', '.join(TASKS)}.", field="task")
    if not 1 <= count <= COUNT_MAX:
        raise InvalidInput(f"This lies between 1 and {COUNT_MAX}.", field="count")
    if duration is not None and not 0 <= duration <= DURATION_MAX_SECONDS:
        raise InvalidInput(f"This lies between 0 and {DURATION_MAX_SECONDS}.", field="duration")
    known: Any = task
    makers = makers_of(known)
    if provider is None and not makers:
        raise ProviderUnknown(f"Nothing on this server makes {task}.", field="provider")
    maker = makers[0] if provider is None else find_maker(known, provider)
    one = estimated_cost(maker, prompt, {"duration_seconds": duration})
    return {
        "count": count,
        "provider": maker.name,
        "model": maker.model,
        "cost": None if one is None else round(one * count, 6),
    }


def _units(maker: Maker, prompt: str, parameters: Mapping[str, Any]) -> float:
    unit = maker.offers.cost_units.get(maker.task)
    if unit == "character":
        return len(prompt)
    if unit == "token":
        return len(prompt) / _CHARACTERS_PER_TOKEN + float(parameters.get("max_tokens") or 500)
    if unit == "second":
        return _seconds(maker, prompt, parameters)
    return 0 if unit == "nothing" else 1


def _seconds(maker: Maker, prompt: str, parameters: Mapping[str, Any]) -> float:
    if parameters.get("duration_seconds"):
        return float(parameters["duration_seconds"])
    if maker.task == "speech":
        return len(prompt.split()) / _WORDS_PER_SECOND / float(parameters.get("speed") or 1.0)
    return _DEFAULT_SECONDS.get(maker.task, 1.0)
