"""May this actor change this story, and who else is changing it? All graph writes go through here."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

from bson import ObjectId
from mongoengine import Document
from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from scenarios.documents import Choice, Scenario, Scene
from storycore.access import Actor, require_login, require_owner
from storycore.errors import Conflict, NotFound
from storycore.mongo.documents import now
from storycore.mongo.reading import Row, find_one
from storycore.mongo.writing import in_transaction, stored

Result = TypeVar("Result")
Work = Callable[[ClientSession, Row], Result]


LAST_ORDER = "last_scene_order"
"""Where a scenario keeps the order of its last scene while that is known, so that a new one need not ask.

-1 stands for a story without scenes. It is kept up inside the transactions of `change_story` alone.
"""


class Order(Enum):
    """What a change does to the order of a story's scenes, as far as the scenario keeps it."""

    UNKNOWN = "unknown"
    KEPT = "kept"
    GROWS = "grows"


def change_story(
    actor: Actor,
    scenario: ObjectId,
    work: Work[Result],
    *,
    expected_revision: int | None = None,
    order: Order = Order.UNKNOWN,
) -> Result:
    """Run `work(session, scenario's row)` in one transaction that holds the story.

    The revision is raised first: two writers of one story meet at that document, and MongoDB makes one of
    them begin again, so `work` always sees the story as it is. The row carries the new revision; with
    Order.GROWS its LAST_ORDER, where there is one, is already that of the scene that `work` adds.
    Raises Unauthenticated, NotFound, Forbidden, and Conflict (details: revision) for a stale revision.
    """
    require_login(actor)

    def attempt(session: ClientSession) -> Result:
        row = stored(Scenario).find_one_and_update(
            {"_id": scenario},
            [{"$set": _touched(actor, order)}],
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        if row is None:
            raise NotFound("There is no such scenario.", field="scenario")
        require_owner(actor, row.get("author"), thing="scenario")
        _require_revision(expected_revision, row["revision"] - 1)
        return work(session, row)

    return in_transaction(attempt)


def _touched(actor: Actor, order: Order) -> dict[str, Any]:
    known = {"$isNumber": f"${LAST_ORDER}"}
    return {
        "revision": {"$add": ["$revision", 1]},
        "updated_at": now(),
        "updated_by": {"$literal": actor.user_id},
        # Another text each time: the server tells followers only what has changed.
        "last_edit": {"$literal": f"{ObjectId()}.{actor.user_id}"},
        LAST_ORDER: {
            Order.UNKNOWN: "$$REMOVE",
            Order.KEPT: f"${LAST_ORDER}",
            Order.GROWS: {"$cond": [known, {"$add": [f"${LAST_ORDER}", 1]}, "$$REMOVE"]},
        }[order],
    }


def scenario_of_scene(actor: Actor, scene: ObjectId, *, field: str = "id") -> ObjectId:
    """The scenario that a scene belongs to, for a writer. Raises Unauthenticated, NotFound."""
    return _scenario_of(actor, Scene, scene, noun="scene", field=field)


def scenario_of_choice(actor: Actor, choice: ObjectId, *, field: str = "id") -> ObjectId:
    """The scenario that a choice belongs to, for a writer. Raises Unauthenticated, NotFound."""
    return _scenario_of(actor, Choice, choice, noun="choice", field=field)


def _scenario_of(
    actor: Actor, document: type[Document], key: ObjectId, *, noun: str, field: str
) -> ObjectId:
    require_login(actor)
    row = find_one(document, {"_id": key}, ("scenario",))
    if row is None:
        raise NotFound(f"There is no such {noun}.", field=field)
    found: Any = row["scenario"]
    return ObjectId(found)


def _require_revision(expected: int | None, present: int) -> None:
    if expected is not None and expected != present:
        raise Conflict(
            f"The scenario was changed in between: it is at revision {present}, not {expected}.",
            field="expected_revision",
            revision=present,
        )
