"""Which scenes use an asset? The scenarios app's side of the assets app's port."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from bson import ObjectId
from pymongo.client_session import ClientSession

from assets.ports import Usage
from scenarios.documents import MEDIA_FIELDS, Scenario, Scene
from scenarios.queries.scenarios import scenarios_by_id
from storycore.access import Actor
from storycore.mongo.documents import now
from storycore.mongo.reading import Row, rows_of
from storycore.mongo.writing import stored

USAGES_MAX = 1_000
_STORY = "__story"


class SceneAssets:
    """Scenes hold a picture, a sound and music."""

    def usages(
        self, actor: Actor | None, assets: Collection[ObjectId]
    ) -> Mapping[ObjectId, list[Usage]]:
        """Where each asset is used, at most USAGES_MAX scenes in all. One command."""
        found: dict[ObjectId, list[Usage]] = {asset: [] for asset in assets}
        if not assets:
            return found
        for scene in _readable_scenes(actor, assets):
            for field in MEDIA_FIELDS:
                if scene.get(field) in found:
                    found[scene[field]].append(_usage(scene, field))
        return found

    def used_ids(self, assets: Collection[ObjectId]) -> set[ObjectId]:
        """Which of these assets any scene uses. One command."""
        scenes = stored(Scene).find(_holding(assets), dict.fromkeys(MEDIA_FIELDS, 1))
        return {
            scene[field] for scene in scenes for field in MEDIA_FIELDS if scene.get(field)
        } & set(assets)

    def let_go(self, asset: ObjectId, session: ClientSession) -> int:
        """Clear the asset from every scene, and raise the revision of their scenarios."""
        scenes = list(stored(Scene).find(_holding([asset]), session=session))
        for field in MEDIA_FIELDS:
            stored(Scene).update_many(
                {field: asset}, {"$set": {field: None, "updated_at": now()}}, session=session
            )
        stored(Scenario).update_many(
            {"_id": {"$in": list({scene["scenario"] for scene in scenes})}},
            {"$inc": {"revision": 1}, "$set": {"updated_at": now()}},
            session=session,
        )
        return sum(scene.get(field) == asset for scene in scenes for field in MEDIA_FIELDS)

    def asset_changed(self, asset: ObjectId, session: ClientSession) -> None:
        """Count the change on every scenario that uses the asset: answers that were kept of it end there."""
        scenarios = stored(Scene).distinct("scenario", _holding([asset]), session=session)
        if scenarios:
            stored(Scenario).update_many(
                {"_id": {"$in": scenarios}}, {"$inc": {"asset_changes": 1}}, session=session
            )


def _readable_scenes(actor: Actor | None, assets: Collection[ObjectId]) -> Iterator[Row]:
    """The scenes that hold one of these, of stories that the actor may read (None: of all)."""
    pipeline: list[dict[str, Any]] = [
        {"$match": _holding(assets)},
        {"$sort": {"_id": 1}},
        {"$limit": USAGES_MAX},
        {"$project": dict.fromkeys(("title", "scenario", *MEDIA_FIELDS), 1)},
    ]
    if actor is not None:
        pipeline.append(scenarios_by_id.lookup(actor, "scenario", ("_id",), _STORY))
        pipeline.append({"$match": {f"{_STORY}.0": {"$exists": True}}})
    yield from rows_of(Scene).aggregate(pipeline)


def _holding(assets: Collection[ObjectId]) -> dict[str, Any]:
    return {"$or": [{field: {"$in": list(assets)}} for field in MEDIA_FIELDS]}


def _usage(scene: Row, field: str) -> Usage:
    return Usage(
        asset_id=scene[field],
        scene_id=scene["_id"],
        scene_title=scene["title"],
        scenario_id=scene["scenario"],
        field=field,
    )
