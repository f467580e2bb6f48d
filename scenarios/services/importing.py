"""How does a story file become a stored story? Read whole, then written whole, or nothing of it."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from pymongo.client_session import ClientSession

from assets.services.changing import take_up
from assets.services.deletion import delete_asset
from assets.services.uploads import NewAsset, upload_asset
from scenarios.documents import DESCRIPTION_MAX, TITLE_MAX, Choice, Scenario, Scene
from scenarios.formats import read_story
from scenarios.formats.base import ImportedStory, MediaFile, Passage, Report
from scenarios.formats.bundle_json import passage_to_json, story_to_json
from scenarios.logic.variables import variable_to_json
from scenarios.services.access import change_story
from scenarios.services.declarations import declared_variables, valid_variables
from scenarios.services.graph_plan import GraphPlan, SavedScene, plan_graph
from storycore.access import Actor, require_login
from storycore.errors import StoryCoreError
from storycore.mongo.documents import valid_changes, valid_new
from storycore.mongo.reading import Row
from storycore.mongo.writing import in_transaction, insert, stored

_INSERTED_AT_ONCE = 1_000
_IN_ONE_TRANSACTION = 3_000
_LANGUAGES_MAX = 50
_MEDIA_TYPES = {"image": "image", "audio": "sound"}


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """What to read a file as, and where it goes: `scenario` is replaced, None makes a new one."""

    format: str = "auto"
    file_name: str | None = None
    scenario: ObjectId | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import found; `scenario` is None after a dry run."""

    scenario: ObjectId | None
    report: Report


def import_story(actor: Actor, data: bytes, order: ImportOrder) -> Imported:
    """Read a story file and store it as a scenario of the actor, in one transaction.

    What was not understood stays in the texts and is named in the report; the author's markup is kept, so
    that an export gives it back. Raises Unauthenticated, NotFound, Forbidden, UnknownStoryFormat,
    StoryTooLarge, BrokenStoryFile, UnsafeStoryFile, InvalidInput, a MediaRefused for a bundle's media; after
    any of them nothing was written.
    """
    require_login(actor)
    story = read_story(data, order.format, order.file_name)
    fields = _scenario_fields(story)
    scenes = _scenes(story, {})
    body = valid_new(Scenario, {**fields, "author": require_login(actor)})
    # Planned once without media: whatever the documents refuse is refused before anything is stored.
    plan = _planned(body, scenes)
    if order.dry_run:
        return Imported(None, story.report())
    media = _stored_media(actor, story.media)
    try:
        if media:
            scenes = _scenes(story, media)
        if order.scenario is not None:
            key = _write_over(actor, order.scenario, fields, scenes)
        else:
            key = _write_new(body, _planned(body, scenes) if media else plan)
    except StoryCoreError:
        for asset in media.values():
            with suppress(StoryCoreError):
                delete_asset(actor, asset)
        raise
    return Imported(key, story.report())


def _planned(body: Row, scenes: Sequence[SavedScene]) -> GraphPlan:
    return plan_graph(body["_id"], scenes, {}, {}, declared_variables(body), empty_texts=True)


def _write_new(body: Row, plan: GraphPlan) -> ObjectId:
    key = ObjectId(body["_id"])
    if len(plan.scenes) + len(plan.choices) > _IN_ONE_TRANSACTION:
        _write_in_pieces(body, plan)
        return key

    def work(session: ClientSession) -> None:
        insert(Scenario, body, session)
        _insert_graph(plan, session)

    in_transaction(work)
    return key


def _write_in_pieces(body: Row, plan: GraphPlan) -> None:
    """Write a story that is too large for one transaction of a small server, so that it still comes whole.

    Nobody can read scenes whose scenario is not there: its record, written last, makes all of them visible
    at once. A crash before leaves scenes that `sweep_stories` removes.
    """
    try:
        _insert_graph(plan, None)
        insert(Scenario, body)
    except Exception:
        for document in (Scene, Choice):
            stored(document).delete_many({"scenario": body["_id"]})
        raise


def _write_over(
    actor: Actor, scenario: ObjectId, fields: dict[str, Any], scenes: Sequence[SavedScene]
) -> ObjectId:
    changes = valid_changes(Scenario, {**_CLEARED, **fields})

    def work(session: ClientSession, row: Row) -> None:
        plan = plan_graph(
            scenario, scenes, {}, {}, declared_variables(row | changes), empty_texts=True
        )
        stored(Scenario).update_one({"_id": scenario}, {"$set": changes}, session=session)
        for document in (Scene, Choice):
            stored(document).delete_many({"scenario": scenario}, session=session)
        _insert_graph(plan, session)

    change_story(actor, scenario, work)
    return scenario


def _insert_graph(plan: GraphPlan, session: ClientSession | None) -> None:
    take_up({asset for asset, _ in plan.media.values()}, session)
    for document, rows in ((Scene, plan.scenes), (Choice, plan.choices)):
        bodies = list(rows.values())
        for first in range(0, len(bodies), _INSERTED_AT_ONCE):
            piece = bodies[first : first + _INSERTED_AT_ONCE]
            stored(document).insert_many(piece, session=session, ordered=False)


def _scenario_fields(story: ImportedStory) -> dict[str, Any]:
    """The scenario's own fields; what has no field of its own goes into `origin` as JSON."""
    whole = story_to_json(story)
    origin = {name: value for name, value in whole.items() if name not in _STORED_ELSEWHERE}
    origin["undefaulted"] = [one.name for one in story.variables if one.default is None]
    fields: dict[str, Any] = {
        "title": (" ".join(story.title.split()) or "Untitled")[:TITLE_MAX],
        "variables": valid_variables([variable_to_json(one) for one in story.variables]),
        "origin": json.dumps(origin, ensure_ascii=False),
    }
    if story.description.strip():
        fields["description"] = story.description[:DESCRIPTION_MAX]
    if story.language:
        tags = (tag.strip()[:35] for tag in story.language.split(","))
        fields["languages"] = [tag for tag in tags if tag][:_LANGUAGES_MAX]
    return fields


def _scenes(story: ImportedStory, media: Mapping[str, ObjectId]) -> list[SavedScene]:
    keys = {passage.name: f"tmp-{place}" for place, passage in enumerate(story.passages)}
    return [
        _scene(passage, place, keys, media, is_start=passage.name == story.start)
        for place, passage in enumerate(story.passages)
    ]


def _scene(
    passage: Passage,
    place: int,
    keys: Mapping[str, str],
    media: Mapping[str, ObjectId],
    *,
    is_start: bool,
) -> SavedScene:
    own = passage_to_json(passage)
    origin = {name: value for name, value in own.items() if name not in _SCENE_STORED_ELSEWHERE}
    scene: SavedScene = {
        "id": keys[passage.name],
        "title": (passage.title or passage.name)[:TITLE_MAX],
        "text": passage.text,
        "order": place,
        "is_start_scene": is_start,
        "is_end_scene": passage.is_end,
        "visible_if": passage.visible_if,
        "on_enter": [_effect(one) for one in passage.on_enter],
        "tags": list(passage.tags),
        "origin": json.dumps({**origin, "text": "", "links": []}, ensure_ascii=False),
        "choices": [
            {
                "text": link.text if link.text.strip() else link.target,
                "to_scene": keys[link.target],
                "condition": link.condition,
                "effects": [_effect(one) for one in link.effects],
                "order": number,
                "once": link.once,
            }
            for number, link in enumerate(passage.links)
        ],
    }
    if passage.position is not None:
        scene["position"] = {"x": passage.position.x, "y": passage.position.y}
    given: Any = scene
    for field in ("image", "sound", "music"):
        key = getattr(passage, field)
        if key is not None and key in media:
            given[field] = media[key]
    return scene


def _effect(effect: Any) -> dict[str, Any]:
    return {"variable": effect.variable, "op": effect.op, "value": effect.value}


def _stored_media(actor: Actor, files: Sequence[MediaFile]) -> dict[str, ObjectId]:
    """Upload a bundle's media, each checked as any upload; all or none."""
    kept: dict[str, ObjectId] = {}
    try:
        for file in files:
            type_ = _MEDIA_TYPES.get(file.mime_type.partition("/")[0], file.mime_type)
            new = NewAsset(type_, file.name, file.mime_type, name=file.name)
            kept[file.key] = upload_asset(actor, io.BytesIO(file.content), new)
    except StoryCoreError:
        for asset in kept.values():
            with suppress(StoryCoreError):
                delete_asset(actor, asset)
        raise
    return kept


_STORED_ELSEWHERE = frozenset({"title", "description", "variables", "passages", "start", "media"})
_SCENE_STORED_ELSEWHERE = frozenset({"text", "links", "image", "sound", "music"})
_CLEARED: Mapping[str, Any] = {"description": None, "languages": [], "origin": None}
