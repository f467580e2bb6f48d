"""What happened to which story? Changes of documents, gathered to one event for each edit of a story.

A writer changes a story in one transaction that touches the scenario first (services/access.py), so all
changes of a transaction that names one scenario belong to it; removals too, which come as keys only.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bson import ObjectId
from mongoengine import Document

from scenarios.documents import Choice, Scenario, Scene
from scenarios.queries.scenarios import may_read_scenario
from storycore.access import Actor
from storycore.mongo.changes import Change
from storycore.mongo.connection import database
from storycore.mongo.reading import Row, collection_of, find_in, keyed
from storycore.mongo.sources import Channel, Event

SCENARIO, SCENE, CHOICE = "scenario", "scene", "choice"
_DOCUMENTS: dict[str, type[Document]] = {SCENARIO: Scenario, SCENE: Scene, CHOICE: Choice}
_THINGS = {collection_of(document): thing for thing, document in _DOCUMENTS.items()}
# What each writer of a story touches; a change of these alone is no edit of the scenario itself.
_BOOKKEEPING = frozenset(
    {"revision", "updated_at", "updated_by", "last_edit", "asset_changes", "last_scene_order"}
)
# Beyond this a subscriber reads the story anew rather than edit by edit.
EDITS_MAX = 500


@dataclass(frozen=True, slots=True)
class Edit:
    """What happened (created, updated, deleted) to one document (a scenario, scene or choice)."""

    thing: str
    kind: str
    id: ObjectId


class EditedRows:
    """The scenes and choices of an edit, read when the first subscriber wants them, then the same for all."""

    def __init__(self, edits: Iterable[Edit]) -> None:
        self._ids: dict[str, list[ObjectId]] = {SCENE: [], CHOICE: []}
        for edit in edits:
            if edit.kind != "deleted" and edit.thing in self._ids:
                self._ids[edit.thing].append(edit.id)
        self._rows: dict[str, dict[ObjectId, Row]] = {}
        self._lock = threading.Lock()

    def of(self, thing: str) -> dict[ObjectId, Row]:
        """The rows of all edited scenes, or of all choices, by id; in one command, once."""
        with self._lock:
            if thing not in self._rows:
                self._rows[thing] = _whole_rows(_DOCUMENTS[thing], self._ids[thing])
            return self._rows[thing]


@dataclass(frozen=True, slots=True)
class StoryChange:
    """One edit of a story: what it did, in which revision it ended, by whom and when.

    `story` is the scenario as it is after it, None when it is gone. `is_whole` is false when there were more
    edits than are told.
    """

    scenario: ObjectId
    revision: int | None
    by: str | None
    at: datetime
    edits: tuple[Edit, ...]
    is_whole: bool
    story: Row | None
    rows: EditedRows


@dataclass(slots=True)
class _Gathered:
    """The changes of one transaction to one story."""

    scenario: ObjectId
    at: datetime
    revision: int | None = None
    by: str | None = None
    kinds: dict[tuple[str, ObjectId], str | None] = field(default_factory=dict)

    def add(self, change: Change) -> None:
        thing = _THINGS[change.collection]
        if thing == SCENARIO:
            self.revision = change.values.get("revision", self.revision)
            if edit := change.values.get("last_edit"):
                self.by = edit.partition(".")[2]
            if change.kind == "updated" and change.names <= _BOOKKEEPING:
                return
        key = (thing, change.key)
        self.kinds[key] = _after(self.kinds.get(key), change.kind)

    @property
    def is_new(self) -> bool:
        """Whether the story itself is new: who follows it has found it there already."""
        return self.kinds.get((SCENARIO, self.scenario)) == "created"

    def edits(self) -> list[Edit]:
        return [Edit(thing, kind, id_) for (thing, id_), kind in self.kinds.items() if kind]


class StoryEdits:
    """The source of changes to stories; its channels are ids of scenarios."""

    @property
    def watched(self) -> Mapping[str, Collection[str]]:
        """The three collections of a story, and what says whose a change is and who made it."""
        names = {SCENARIO: ("revision", "last_edit"), SCENE: ("scenario",), CHOICE: ("scenario",)}
        return {collection_of(_DOCUMENTS[thing]): names[thing] for thing in _DOCUMENTS}

    def events(self, changes: Sequence[Change], wanted: Collection[Channel]) -> Sequence[Event]:
        """One event for each edit of a story that is waited for; at most three commands for all."""
        found = [one for one in _gathered(changes) if one.scenario in wanted and not one.is_new]
        stories = _whole_rows(Scenario, {one.scenario for one in found})
        return [_event(one, stories.get(one.scenario)) for one in found]

    def may_see(self, actor: Actor, event: Event) -> bool:
        """By the story as it is now; that it is gone may be known by all who followed it."""
        change: StoryChange = event.value
        return change.story is None or may_read_scenario(actor, change.story)


def is_after(change: StoryChange, revision: int) -> bool:
    """Whether the edit is later than a revision of its story; one without a revision may be."""
    return change.revision is None or change.revision > revision


def _event(gathered: _Gathered, story: Row | None) -> Event:
    edits = gathered.edits()
    told = tuple(edits[:EDITS_MAX])
    value = StoryChange(
        scenario=gathered.scenario,
        revision=gathered.revision,
        by=gathered.by,
        at=gathered.at,
        edits=told,
        is_whole=len(told) == len(edits),
        story=story,
        rows=EditedRows(told),
    )
    gone = (SCENARIO, gathered.scenario)
    return Event((gathered.scenario,), value, is_last=gathered.kinds.get(gone) == "deleted")


def _gathered(changes: Sequence[Change]) -> list[_Gathered]:
    found: dict[tuple[Any, ObjectId], _Gathered] = {}
    for group, scenarios in _assigned(changes):
        for change in group:
            scenario = scenarios.get((change.collection, change.key))
            if scenario is None:
                continue
            key = (change.transaction or id(change), scenario)
            if key not in found:
                found[key] = _Gathered(scenario, change.at)
            found[key].add(change)
    return list(found.values())


def _assigned(
    changes: Sequence[Change],
) -> list[tuple[list[Change], dict[tuple[str, Any], ObjectId]]]:
    """The changes by transaction, each group with the story of every document in it that is known."""
    groups: dict[Any, list[Change]] = {}
    for change in changes:
        groups.setdefault(change.transaction or id(change), []).append(change)
    assigned = []
    unknown: list[Change] = []
    for group in groups.values():
        named = {scenario for one in group if (scenario := _named(one)) is not None}
        if len(named) == 1:
            only = next(iter(named))
            assigned.append((group, {(one.collection, one.key): only for one in group}))
        else:
            known = {
                (one.collection, one.key): scenario for one in group if (scenario := _named(one))
            }
            unknown += [one for one in group if (one.collection, one.key) not in known]
            assigned.append((group, known))
    looked_up = _scenarios_of(unknown)
    return [(group, looked_up | known) for group, known in assigned]


def _named(change: Change) -> ObjectId | None:
    """The story that a change names by itself."""
    if _THINGS[change.collection] == SCENARIO:
        scenario: ObjectId = change.key
        return scenario
    return change.values.get("scenario")


def _scenarios_of(changes: Sequence[Change]) -> dict[tuple[str, Any], ObjectId]:
    found: dict[tuple[str, Any], ObjectId] = {}
    for document in (Scene, Choice):
        name = collection_of(document)
        keys = {one.key for one in changes if one.collection == name}
        for row in find_in(document, "_id", keys, ("scenario",)):
            found[(name, row["_id"])] = row["scenario"]
    return found


def _after(before: str | None, kind: str) -> str | None:
    """What two changes of one document in one transaction come to; None when nothing is left of them."""
    if before is None:
        return kind
    if kind == "deleted":
        return None if before == "created" else "deleted"
    return "created" if before == "created" else "updated"


def _whole_rows(document: type[Document], ids: Collection[ObjectId]) -> dict[ObjectId, Row]:
    """All that GraphQL shows of some documents; what an imported file left may be megabytes."""
    if not ids:
        return {}
    where = {"_id": {"$in": list(ids)}}
    return keyed(database()[collection_of(document)].find(where, {"origin": 0}))


STORY_EDITS = StoryEdits()
