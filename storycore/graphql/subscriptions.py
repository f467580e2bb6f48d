"""What are the roots of live updates? Fields of Subscription that tell of changes as long as a client listens.

A field names a source of events (storycore/mongo/sources.py), and how its arguments lead to a channel of it:
that is the place where a subscriber's right is checked first; the source checks it again for each event.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

import graphene
from django.conf import settings
from graphql import GraphQLError, GraphQLResolveInfo, GraphQLSchema

from storycore.access import Actor
from storycore.errors import NotFound
from storycore.graphql.context import Live
from storycore.graphql.reads import Alias
from storycore.graphql.relations import Record, Siblings
from storycore.ids import find_id
from storycore.mongo.fanout import Fanout, Mailbox
from storycore.mongo.reading import Row
from storycore.mongo.relating import RowBy
from storycore.mongo.sources import Channel, Event, RowChange, RowSource, Source


def any_event(_event: Event) -> bool:
    """Every event is news."""
    return True


@dataclass(frozen=True, slots=True)
class Opened:
    """A subscription that was let in.

    `first` is told at once, `hidden` is what ends it when its only object can no longer be seen. `is_news`
    keeps back what happened before: changes arrive a moment after they were made.
    """

    channel: Channel
    first: Event | None = None
    hidden: NotFound | None = None
    is_news: Callable[[Event], bool] = any_event


Open = Callable[..., Opened]
"""(actor, **arguments) -> Opened. Runs in a thread, and raises what the subscriber may know."""

Attend = Callable[[Fanout, Actor, Channel], AbstractAsyncContextManager[Any]]
"""What lasts as long as a subscription does."""


def resolve_value(event: Event, _info: GraphQLResolveInfo, **_arguments: Any) -> Any:
    """The event's value, for types that are read from it as from any object."""
    return event.value


class LiveField(graphene.Field):
    """A root field of Subscription that tells the events of `source` on the channel that `open` answers.

    `attend` is entered when the subscription begins and left when it ends, however it does.
    """

    def __init__(
        self,
        type_: Any,
        *,
        source: Source,
        open: Open,
        attend: Attend | None = None,
        resolve: Callable[..., Any] = resolve_value,
        **options: Any,
    ) -> None:
        self.source = source
        self.open = open
        self.attend = attend
        super().__init__(graphene.NonNull(type_), resolver=resolve, **options)

    def wrap_subscribe(self, _parent: Any) -> Callable[..., AsyncIterator[Event]]:
        """What graphene gives the executor as the beginning of a subscription."""
        return self.events

    async def events(
        self, _root: Any, info: GraphQLResolveInfo, **arguments: Any
    ) -> AsyncIterator[Event]:
        """The events for one subscriber.

        Raises StoryCoreError, SlowReader and ChangesLost.
        """
        live, actor = _live(info), info.context.actor
        run = live.fanout.run
        # The channel is known and checked before the box is put up, and checked again with the box in place:
        # nothing that happens in between is lost, and nothing is told that may not be.
        check = partial(self.open, actor, **arguments)
        opened: Opened = await run(check)
        box = Mailbox(
            live.who, size=settings.LIVE_QUEUE, on_slow=live.on_slow, hidden=opened.hidden
        )
        is_news = opened.is_news
        async with live.fanout.following(self.source, opened.channel, box):
            opened = await run(check)
            # Only then is anybody seen there: whoever sees them may count on their being told.
            present = self.attend(live.fanout, actor, opened.channel) if self.attend else None
            async with present or nullcontext():
                if present is not None and opened.first is not None:
                    # What is told first includes their own arrival.
                    opened = await run(check)
                told = opened.first
                if told is not None:
                    yield told
                async for event in box:
                    # A state that was told already is no news either: one's own arrival.
                    is_same = (
                        told is not None and event.state is not None and event.value == told.value
                    )
                    if is_news(event) and not is_same:
                        told = event
                        yield event


class LiveRow(LiveField):
    """A root field `name(id: ID!)` that tells a document as it is: at once, and after each change."""

    def __init__(
        self,
        type_: Any,
        *,
        source: RowSource,
        rows: RowBy,
        noun: str,
        alias: Alias | None = None,
    ) -> None:
        self.rows = rows
        self.alias = alias
        self.fields = source.fields
        self.noun = noun
        super().__init__(
            type_,
            source=source,
            open=self._open,
            resolve=resolve_row,
            id=graphene.ID(required=True, description=f"The {noun}'s id."),
            description=f"One {noun} as it is, and again after each change.",
        )

    def _open(self, actor: Actor, id: str) -> Opened:
        hidden = NotFound(f"There is no such {self.noun}.", field="id")
        key = find_id(id)
        row = None if key is None else self.rows.find(actor, key, self.fields)
        if row is None and self.alias is not None:
            key = self.alias(actor, id)
            row = None if key is None else self.rows.find(actor, key, self.fields)
        if row is None or key is None:
            raise hidden
        value = RowChange(key, "updated", row["updated_at"], row)
        return Opened(key, Event((key,), value, state=key), hidden)


def resolve_row(event: Event, _info: GraphQLResolveInfo, **_arguments: Any) -> Record:
    """The document that the event is about, for types that are read from rows."""
    return record_of(event.value.row)


def record_of(row: Row) -> Record:
    """A row on its way through one subscriber's execution; what is loaded for it is not shared with others."""
    return Siblings.records([row])[0]


def sources_of(schema: GraphQLSchema) -> list[Source]:
    """The sources of all fields of Subscription."""
    root = schema.subscription_type
    begins = (
        [getattr(field.subscribe, "__self__", None) for field in root.fields.values()]
        if root
        else []
    )
    return list(dict.fromkeys(field.source for field in begins if isinstance(field, LiveField)))


def _live(info: GraphQLResolveInfo) -> Live:
    live: Live | None = info.context.live
    if live is None:
        raise GraphQLError("Subscriptions run over WebSocket or over events.", info.field_nodes)
    return live
