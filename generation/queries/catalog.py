"""Which providers may make what? The ones of the settings, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import orjson
from django.conf import settings

from generation.engines.local import LOCAL_OFFERS
from generation.errors import ProviderUnknown
from generation.providers.base import ALL_TASKS, TASKS, Offers, Provider, Task
from generation.providers.options import open_provider
from generation.queries.mocked import MOCK

LOCAL = "local"


@dataclass(frozen=True)
class Maker:
    """One configured provider of one task; `provider` is None for what is made on this machine."""

    name: str
    task: Task
    provider: Provider | None
    offers: Offers

    @property
    def model(self) -> str | None:
        """The model that is used unless an order names another."""
        models = self.offers.models.get(self.task) or ()
        return models[0] if models else None


def task_of(job: Mapping[str, Any]) -> Task:
    """What providers are asked for to do a job: a project's narration is speech."""
    return cast("Task", job.get("task") or job["kind"])


def makers_of(task: Task) -> tuple[Maker, ...]:
    """Who makes this, the first choice first. Raises options.BadOptions for wrong settings."""
    return _catalog(orjson.dumps(_configured()))[task]


def find_maker(task: Task, name: str) -> Maker:
    """The maker of this name.

    Raises ProviderUnknown with the names that there are.
    """
    for maker in makers_of(task):
        if maker.name == name:
            return maker
    if name == MOCK and settings.DEBUG:
        return mock_maker(task)
    known = ", ".join(one.name for one in makers_of(task))
    raise ProviderUnknown(
        f"No provider {name!r} makes {task} here. There are: {known}.", field="provider"
    )


def mock_maker(task: Task) -> Maker:
    """The stand-in for a task, whatever the settings name."""
    return _maker(task, MOCK, {"BACKEND": MOCK, "OPTIONS": {}})


def all_makers() -> tuple[Maker, ...]:
    """Every configured maker of every task."""
    return tuple(maker for task in ALL_TASKS for maker in makers_of(task))


def _configured() -> dict[str, Any]:
    if settings.STORYCORE_MOCK:
        mocked: dict[str, Any] = {task: {MOCK: {"BACKEND": MOCK, "OPTIONS": {}}} for task in TASKS}
        # A video costs nothing here, and only a real one can be looked at.
        return {**mocked, "video": {LOCAL: {"BACKEND": LOCAL, "OPTIONS": {}}}}
    return cast("dict[str, Any]", settings.PROVIDERS)


@lru_cache(maxsize=8)
def _catalog(configured: bytes) -> Mapping[Task, tuple[Maker, ...]]:
    known = orjson.loads(configured)
    return {
        task: tuple(_maker(task, name, entry) for name, entry in (known.get(task) or {}).items())
        for task in ALL_TASKS
    }


def _maker(task: Task, name: str, entry: Mapping[str, Any]) -> Maker:
    if entry["BACKEND"] == LOCAL:
        return Maker(name, task, None, LOCAL_OFFERS)
    provider = open_provider(entry)
    return Maker(name, task, provider, provider.offers())
