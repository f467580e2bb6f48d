"""How is a scene made, changed and removed, so that a story always has exactly one start?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Required, TypedDict, cast

from bson import ObjectId
from pymongo.client_session import ClientSession

from assets.services.access import require_usable_assets
from assets.services.changing import take_up
from scenarios.documents import MEDIA_FIELDS, SCENES_MAX, Choice, Scenario, Scene
from scenarios.services.access import (
    LAST_ORDER,
    Order,
    Work,
    change_story,
    scenario_of_scene,
)
from scenarios.services.declarations import condition_problem, declared_variables, valid_effects
from storycore.access import Actor, require_login
from storycore.errors import InvalidInput, NotFound
from storycore.mongo.documents import now, valid_changes, valid_new
from storycore.mongo.reading import Row
from storycore.mongo.writing import insert, stored


class SceneChanges(TypedDict, total=False):
    """What may be given; an absent key leaves the field as it is, None clears it."""

    title: str | None
    text: str | None
    image: ObjectId | None
    sound: ObjectId | None
    music: ObjectId | None
    position: dict[str, float] | None
    is_start_scene: bool | None
    is_end_scene: bool | None
    order: int | None
    visible_if: str | None
    on_enter: list[dict[str, Any]] | None
    tags: list[str] | None


class NewScene(SceneChanges, total=False):
    """A scene to be; without an order it comes last, and the first scene of a story is its start."""

    scenario: Required[ObjectId]


@dataclass(frozen=True, slots=True)
class DeletedScene:
    """What went with a scene: the choices that left it and those that led to it."""

    scenario: ObjectId
    choices: int


def create_scene(actor: Actor, scene: NewScene) -> ObjectId:
    """Like `written_scene`; returns the new scene's id."""
    key: ObjectId = written_scene(actor, scene)["_id"]
    return key


def written_scene(actor: Actor, scene: NewScene) -> Row:
    """Add a scene to a scenario that the actor may edit; returns its row as stored.

    Raises Unauthenticated, NotFound, Forbidden, InvalidInput, InvalidReference for a picture or sound that
    is not one.
    """
    require_login(actor)
    given = {name: value for name, value in scene.items() if value is not None}
    given |= {"on_enter": valid_effects(scene.get("on_enter") or [], field="on_enter")}
    body = valid_new(Scene, given)
    require_text(body)
    require_media(actor, scene)
    comes_last = "order" not in given

    def work(session: ClientSession, row: Row) -> Row:
        # A copy: what one attempt has found out is nothing to the next one.
        made = {
            **body,
            "visible_if_error": condition_problem(body.get("visible_if"), declared_variables(row)),
        }
        last = _last_order(row, session, grown=comes_last)
        if last < 0:
            made["is_start_scene"] = True
        elif made["is_start_scene"]:
            _clear_start(scene["scenario"], session)
        if comes_last:
            made["order"] = last + 1
            if row.get(LAST_ORDER) is None:
                _keep_last_order(row, last + 1, session)
        insert(Scene, made, session)
        take_up(media_of(made), session)
        return made

    order = Order.GROWS if comes_last else Order.UNKNOWN
    return change_story(actor, scene["scenario"], work, order=order)


def update_scene(actor: Actor, scene: ObjectId, changes: SceneChanges) -> None:
    """Change a scene. Taking the start flag from the start scene gives it to the first other one.

    Raises Unauthenticated, NotFound, Forbidden, InvalidInput, InvalidReference.
    """
    scenario = scenario_of_scene(actor, scene)
    order = Order.UNKNOWN if changes.get("order") is not None else Order.KEPT
    change_story(actor, scenario, scene_update(actor, scenario, scene, changes), order=order)


def scene_update(
    actor: Actor, scenario: ObjectId, scene: ObjectId, changes: SceneChanges
) -> Work[None]:
    """The change of a scene as a part of a larger transaction on its story.

    Raises InvalidInput, InvalidReference; the work raises NotFound.
    """
    given = _without_empty_flags(changes)
    if "on_enter" in given:
        given["on_enter"] = valid_effects(given["on_enter"] or [], field="on_enter")
    body = valid_changes(Scene, given)
    require_text(body)
    require_media(actor, changes)
    start = body.pop("is_start_scene", None)

    def work(session: ClientSession, row: Row) -> None:
        if "visible_if" in body:
            body["visible_if_error"] = condition_problem(
                body["visible_if"], declared_variables(row)
            )
        scenes = stored(Scene)
        names = ("is_start_scene", *MEDIA_FIELDS)
        present = scenes.find_one({"_id": scene}, names, session=session)
        if present is None:
            raise NotFound("There is no such scene.", field="id")
        take_up(media_of(body) - media_of(present), session)
        scenes.update_one({"_id": scene}, {"$set": body | {"updated_at": now()}}, session=session)
        if start and not present.get("is_start_scene"):
            _move_start(scenario, scene, session)
        elif start is False and present.get("is_start_scene"):
            _pass_start_on(scenario, scene, session)

    return work


def delete_scene(actor: Actor, scene: ObjectId) -> DeletedScene:
    """Remove a scene, the choices that leave it and those that lead to it.

    When it was the start, the first scene that is left becomes the start.
    Raises Unauthenticated, NotFound, Forbidden.
    """
    scenario = scenario_of_scene(actor, scene)

    def work(session: ClientSession, _row: Row) -> DeletedScene:
        gone = stored(Scene).find_one_and_delete({"_id": scene}, session=session)
        if gone is None:
            raise NotFound("There is no such scene.", field="id")
        ends = {"$or": [{"from_scene": scene}, {"to_scene": scene}]}
        choices = stored(Choice).delete_many(ends, session=session).deleted_count
        if gone.get("is_start_scene"):
            _promote_first(scenario, session)
        return DeletedScene(scenario=scenario, choices=choices)

    return change_story(actor, scenario, work)


def require_text(scene: dict[str, Any]) -> None:
    """Refuse a scene without words; only an import may bring one. Raises InvalidInput."""
    if "text" in scene and not (scene["text"] or "").strip():
        raise InvalidInput("This may not be empty.", field="text")


def require_media(actor: Actor, scene: SceneChanges) -> None:
    """Check that the picture is a picture and the sounds are sounds. Raises InvalidReference."""
    given = cast("dict[str, Any]", scene)
    wanted = {
        field: (given[field], type_) for field, type_ in MEDIA_FIELDS.items() if given.get(field)
    }
    require_usable_assets(actor, wanted)


def media_of(*scenes: Row) -> set[ObjectId]:
    """The assets that some scenes hold."""
    return {scene[field] for scene in scenes for field in MEDIA_FIELDS if scene.get(field)}


def _without_empty_flags(changes: SceneChanges) -> dict[str, Any]:
    """Null for a flag or an order means nothing that could be stored: it is left as it is."""
    plain = ("is_start_scene", "is_end_scene", "order")
    return {
        name: value for name, value in changes.items() if value is not None or name not in plain
    }


def _last_order(scenario: Row, session: ClientSession, *, grown: bool) -> int:
    """The order of the last scene before the one to be made, -1 without any; asked for when it is not kept."""
    kept = scenario.get(LAST_ORDER)
    if kept is not None:
        last: int = kept - 1 if grown else kept
    else:
        found = stored(Scene).find_one(
            {"scenario": scenario["_id"]},
            {"order": 1},
            sort=[("order", -1), ("_id", -1)],
            session=session,
        )
        last = -1 if found is None else found["order"]
    if last >= SCENES_MAX - 1:
        _require_room(scenario["_id"], session)
    return last


def _keep_last_order(scenario: Row, order: int, session: ClientSession) -> None:
    kept = {"$set": {LAST_ORDER: order}}
    stored(Scenario).update_one({"_id": scenario["_id"]}, kept, session=session)


def _require_room(scenario: ObjectId, session: ClientSession) -> None:
    if stored(Scene).count_documents({"scenario": scenario}, session=session) >= SCENES_MAX:
        raise InvalidInput(f"A scenario has at most {SCENES_MAX} scenes.", field="scenario")


def _clear_start(scenario: ObjectId, session: ClientSession) -> None:
    stored(Scene).update_many(
        {"scenario": scenario, "is_start_scene": True},
        {"$set": {"is_start_scene": False, "updated_at": now()}},
        session=session,
    )


def _move_start(scenario: ObjectId, scene: ObjectId, session: ClientSession) -> None:
    _clear_start(scenario, session)
    stored(Scene).update_one({"_id": scene}, {"$set": {"is_start_scene": True}}, session=session)


def _pass_start_on(scenario: ObjectId, scene: ObjectId, session: ClientSession) -> None:
    others = {"scenario": scenario, "_id": {"$ne": scene}}
    heir = stored(Scene).find_one(
        others, {"_id": 1}, sort=[("order", 1), ("_id", 1)], session=session
    )
    if heir is not None:
        _move_start(scenario, heir["_id"], session)


def _promote_first(scenario: ObjectId, session: ClientSession) -> None:
    stored(Scene).find_one_and_update(
        {"scenario": scenario},
        {"$set": {"is_start_scene": True, "updated_at": now()}},
        sort=[("order", 1), ("_id", 1)],
        session=session,
    )
