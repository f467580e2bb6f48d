"""What does a change mean to those who wait for it? A source watches collections and turns changes into events.

A new subscription needs a source: the collection, which changes count, who may see a document, and one batched
read. `RowSource` is all of that for the plain case that a document is told as it is now.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from storycore.access import Actor
from storycore.mongo.changes import Change, Kind
from storycore.mongo.reading import Fields, Row, collection_of
from storycore.mongo.relating import RowBy

Channel = Hashable
"""What a subscriber waits for: the id of a document, or a name of a group of them."""

_ALL = Actor(name="live updates", is_admin=True)


@dataclass(frozen=True, slots=True)
class Event:
    """Something to be told to all who wait on one of `channels` and may see it.

    A subscriber who has not yet been told of an event with the same `state` is told of this one only;
    `is_last` says that its object is gone, and ends the subscriptions to nothing else. `answers` are what was
    made of it for subscribers, kept as long as it waits in a box: those who ask the same share them.
    """

    channels: Collection[Channel]
    value: Any
    state: Hashable | None = None
    is_last: bool = False
    answers: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)


class Source(Protocol):
    """Where events come from."""

    @property
    def watched(self) -> Mapping[str, Collection[str]]:
        """The collections, each with the fields that `events` wants to find in a change."""

    def events(self, changes: Sequence[Change], wanted: Collection[Channel]) -> Sequence[Event]:
        """The events of some changes, in order, as far as somebody waits for them; runs in a thread."""

    def may_see(self, actor: Actor, event: Event) -> bool:
        """Whether the actor may be told; asked for each event and each subscriber."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """A document as it is after a change."""

    key: Any
    kind: Kind
    at: datetime
    row: Row


def every_change(_change: Change) -> bool:
    """The filter that lets all changes count."""
    return True


def no_groups(_row: Row) -> Iterable[Channel]:
    """Documents that are waited for by their id alone."""
    return ()


@dataclass(frozen=True, eq=False)
class RowSource:
    """Documents as they are after each change, waited for by id or by a group that they belong to.

    `rows` reads them in one command for all changes of a moment, whoever waits; `may_read` is the Python form
    of the filter that reads by an actor use. `groups` names the further channels of a row: anything but an id.
    A document that is gone is told of only when its application marks it first.
    """

    rows: RowBy
    may_read: Callable[[Actor, Row], bool]
    groups: Callable[[Row], Iterable[Channel]] = no_groups
    counts: Callable[[Change], bool] = every_change
    fields: Fields = None

    @property
    def watched(self) -> Mapping[str, Collection[str]]:
        """The collection of the rows; what is told is read, so nothing else has to travel."""
        return {collection_of(self.rows.document): ()}

    def events(self, changes: Sequence[Change], wanted: Collection[Channel]) -> Sequence[Event]:
        """One event for each document, by its last change."""
        by_group = self.groups is not no_groups
        last = {
            change.key: change
            for change in changes
            if self.counts(change) and (by_group or change.key in wanted)
        }
        created = {change.key for change in changes if change.kind == "created"}
        rows = self.rows(_ALL, list(last), self.fields)
        return [
            Event(
                channels=(key, *self.groups(rows[key])),
                value=RowChange(
                    key, "created" if key in created else change.kind, change.at, rows[key]
                ),
                state=key,
            )
            for key, change in last.items()
            if key in rows
        ]

    def may_see(self, actor: Actor, event: Event) -> bool:
        """By the row as it is after the change."""
        return self.may_read(actor, event.value.row)
