"""The root fields of Subscription that stories have."""

from __future__ import annotations

import graphene
from bson import ObjectId

from scenarios.graphql.attending import attending
from scenarios.graphql.types.live import ScenarioChange, ScenarioPresence
from scenarios.queries.edits import STORY_EDITS, is_after
from scenarios.queries.presence import STORY_PRESENCE, attendance, attendance_event
from scenarios.queries.scenarios import scenarios_by_id
from storycore.access import Actor
from storycore.errors import NotFound
from storycore.graphql.subscriptions import LiveField, Opened
from storycore.ids import find_id
from storycore.mongo.reading import Row


def _readable(actor: Actor, id: str) -> tuple[ObjectId, Row, NotFound]:
    """The story's key and row, and what ends a subscription to it when it can no longer be read."""
    hidden = NotFound("There is no such scenario.", field="id")
    key = find_id(id)
    row = None if key is None else scenarios_by_id.find(actor, key, ("revision",))
    if key is None or row is None:
        raise hidden
    return key, row, hidden


def _open_changes(actor: Actor, id: str) -> Opened:
    key, row, hidden = _readable(actor, id)
    known: int = row["revision"]
    return Opened(key, hidden=hidden, is_news=lambda event: is_after(event.value, known))


def _open_presence(actor: Actor, id: str) -> Opened:
    key, _row, hidden = _readable(actor, id)
    found = attendance([key]).get(key)
    return Opened(key, attendance_event(found) if found else None, hidden)


def _id() -> dict[str, graphene.ID]:
    return {"id": graphene.ID(required=True, description="The scenario's id.")}


class ScenarioSubscriptions(graphene.ObjectType):
    """Following stories."""

    class Meta:
        abstract = True

    scenario_changed = LiveField(
        ScenarioChange,
        source=STORY_EDITS,
        open=_open_changes,
        attend=attending,
        description="Every edit of a story that you may read: what changed, in which revision, by whom.",
        **_id(),
    )
    scenario_presence = LiveField(
        ScenarioPresence,
        source=STORY_PRESENCE,
        open=_open_presence,
        attend=attending,
        description="Who has a story open: at once, and whenever somebody comes or goes.",
        **_id(),
    )
