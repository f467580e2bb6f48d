"""Does docs/providers.md show every provider and every option as it is?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from typing import Any

import pytest

from generation.providers import PROVIDERS, failures
from generation.providers.base import TASKS
from generation.providers.comfyui_workflow import TEXT_TO_IMAGE
from generation.providers.failures import ProviderFailure
from generation.providers.mock import FAULTS
from generation.providers.options import provider_kind
from tests.generation.providers.driving import opened
from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "providers.md").read_text(encoding="utf-8")
ALIVE = [name for name in PROVIDERS if name != "playht"]


def section(name: str) -> str:
    found = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None, name
    return found[1]


def default_of(item: Field[Any]) -> str:
    if item.default is MISSING and item.default_factory is MISSING:
        return "required"
    value = item.default if item.default_factory is MISSING else item.default_factory()
    if value is TEXT_TO_IMAGE:
        return "the graph that comes with us"
    if value in ("", (), {}):
        return "empty"
    if isinstance(value, tuple):
        return ", ".join(f"`{one}`" for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"`{key}`: `{one}`" for key, one in value.items())
    shown = (
        str(value).lower()
        if isinstance(value, bool)
        else f"{value:g}"
        if isinstance(value, float)
        else value
    )
    return f"`{shown}`"


def row_of(item: Field[Any]) -> str:
    words = ", ".join(f"`{word}`" if word else "empty" for word in item.metadata["rules"].choices)
    choices = f" One of {words}." if words else ""
    return f"| `{item.name}` | {default_of(item)} | {item.metadata['means']}{choices} |"


@pytest.mark.parametrize("name", ALIVE)
def test_every_option_is_shown_as_it_is(name: str) -> None:
    rows = [line for line in section(name).splitlines() if re.match(r"\| `[a-z_]+` \|", line)]

    assert rows == [row_of(item) for item in fields(provider_kind(name))]


@pytest.mark.parametrize("name", ALIVE)
def test_the_overview_says_who_makes_what(name: str) -> None:
    row = re.search(rf"^\| \[`{name}`\]\(#{name}\) \|(.+)\|$", PAGE, re.MULTILINE)
    offers = opened(name, "http://127.0.0.1:1").offers()

    assert row is not None
    cells = [cell.strip() for cell in row[1].split("|")]
    made = {task for task, cell in zip(TASKS, cells, strict=False) if cell == "yes"}
    assert made == set(offers.tasks)
    assert (cells[6] == "yes") == offers.cancels


def test_every_failure_is_shown() -> None:
    kinds = [
        kind
        for kind in vars(failures).values()
        if isinstance(kind, type)
        and issubclass(kind, ProviderFailure)
        and kind is not ProviderFailure
    ]
    shown = re.findall(
        r"^\| `(\w+)` \| `([A-Z_]+)` \|", section("How a provider fails"), re.MULTILINE
    )

    assert sorted(shown) == sorted((kind.__name__, kind.code) for kind in kinds)


def test_every_fault_word_of_mock_mode_is_shown() -> None:
    assert re.findall(r"^\| `mock:(\w+)` \|", section("mock"), re.MULTILINE) == list(FAULTS)


def test_playht_is_shown_with_its_date() -> None:
    assert "31 December 2025" in section("playht")
