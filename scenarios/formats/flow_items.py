"""What does a flow of ink or Yarn consist of, before it becomes scenes?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scenarios.formats.base import Position
from scenarios.formats.expressions import NotUnderstood
from scenarios.formats.meaning import all_of, negated
from scenarios.logic.story import Effect


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text; `kept` when something in it was not understood."""

    text: str
    kept: bool = False
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Changes of variables."""

    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Jump:
    """Goes on elsewhere, or ends the story where `target` is None; perhaps only under a condition."""

    target: str | None
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Gather:
    """Where ways join; with a label it can be jumped to."""

    label: str | None = None


@dataclass(slots=True)
class Option:
    """A choice, what it says once chosen (`echo`) and what follows (`body`).

    `odd` are pieces of it that were not understood. A `fallback` is there only when none of the options
    before it is; it holds what the author wrote.
    """

    text: str
    condition: str | None = None
    echo: str = ""
    label: str | None = None
    body: list[Item] = field(default_factory=list)
    odd: tuple[str, ...] = ()
    fallback: str = ""


@dataclass(slots=True)
class Options:
    """Choices that are offered together."""

    options: list[Option] = field(default_factory=list)


@dataclass(slots=True)
class Branch:
    """Flows of which exactly one is gone through; the condition of each is None or excludes the others."""

    cases: list[tuple[str | None, list[Item]]]


Item = Line | Change | Jump | Gather | Options | Branch


@dataclass(frozen=True, slots=True)
class Root:
    """A named flow: a knot, a stitch, a node."""

    items: list[Item]
    tags: tuple[str, ...] = ()
    position: Position | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


def note_above(items: list[Item], text: str) -> None:
    """Keep a text that belongs to an option about to be added, without dividing a group of options."""
    within = bool(items) and isinstance(items[-1], Options)
    items.insert(len(items) - within, Line(text, kept=True))


def branched(cases: Sequence[tuple[str | None, list[Item]]]) -> list[Item]:
    """What stands under conditions, of which the first that holds counts; None is `else`.

    Jumps stay jumps and options stay options under their conditions; anything else that does more than say
    something is a Branch. Raises NotUnderstood for what only says something, for conditions that cannot be
    told apart, and for what stands behind `else`.
    """
    bodies = [body for _, body in cases]
    if not any(bodies) or any(test is None for test, _ in cases[:-1]):
        raise NotUnderstood
    if all(_is_jump(body) for body in bodies):
        return [
            Jump(item.target, test)
            for test, body in cases
            for item in body
            if isinstance(item, Jump)
        ]
    sole = list(_exclusive(cases))
    if all(isinstance(item, Options) for body in bodies for item in body):
        return [Options([_under(test, each) for test, body in sole for each in _options(body)])]
    if not any(_acts(item) for body in bodies for item in body):
        raise NotUnderstood
    return [Branch(sole)]


def add_items(flow: list[Item], items: Iterable[Item]) -> None:
    """Put items at the end of a flow; options join those that are offered there already."""
    for item in items:
        if isinstance(item, Options) and flow and isinstance(flow[-1], Options):
            flow[-1].options.extend(item.options)
        else:
            flow.append(item)


def _exclusive(
    cases: Iterable[tuple[str | None, list[Item]]],
) -> Iterable[tuple[str | None, list[Item]]]:
    before: tuple[str, ...] = ()
    for test, body in cases:
        yield all_of((*before, *((test,) if test else ()))), body
        if not test:
            return
        before = (*before, negated(test))
    yield all_of(before), []


def _is_jump(body: Sequence[Item]) -> bool:
    return len(body) == 1 and isinstance(body[0], Jump) and not body[0].condition


def _options(body: Iterable[Item]) -> Iterable[Option]:
    for item in body:
        if isinstance(item, Options):
            yield from item.options


def _under(test: str | None, option: Option) -> Option:
    conditions = tuple(each for each in (test, option.condition) if each)
    option.condition = all_of(conditions)
    return option


def _acts(item: Item) -> bool:
    match item:
        case Line(targets=targets):
            return bool(targets)
        case Change(effects):
            return bool(effects)
    return True
