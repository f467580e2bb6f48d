"""Which scenes use an asset? The scenarios app's side of the assets app's port."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from bson import ObjectId
from pymongo.client_session import ClientSession

from assets.ports import Usage
from scenarios.documents import MEDIA_FIELDS, Scenario, Scene
from scenarios.queries.scenarios import visible
from storycore.access import Actor
from storycore.mongo.documents import now
from storycore.mongo.reading import Row, find_in, find_where
from storycore.mongo.writing import stored

USAGES_MAX = 1_000


class SceneAssets:
    """Scenes hold a picture, a sound and music."""

    def usages(
        self, actor: Actor | None, assets: Collection[ObjectId]
    ) -> Mapping[ObjectId, list[Usage]]:
        """Where each asset is used, at most USAGES_MAX scenes in all. Two commands."""
        found: dict[ObjectId, list[Usage]] = {asset: [] for asset in assets}
        if not assets:
            return found
        scenes = find_where(
            Scene,
            _holding(assets),
            ("title", "scenario", *MEDIA_FIELDS),
            sort=(("_id", 1),),
            limit=USAGES_MAX,
        )
        readable = self._readable(actor, scenes)
        for scene in scenes:
            if scene["scenario"] not in readable:
                continue
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

    @staticmethod
    def _readable(actor: Actor | None, scenes: list[Row]) -> set[ObjectId]:
        scenarios = {scene["scenario"] for scene in scenes}
        if actor is None:
            return scenarios
        rows = find_in(Scenario, "_id", scenarios, ("_id",), where=visible(actor))
        return {row["_id"] for row in rows}


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
