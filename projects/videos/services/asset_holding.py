"""Which projects use an asset? The projects app's side of the assets app's port."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bson import ObjectId
from pymongo.client_session import ClientSession

from assets.ports import Usage
from projects.videos.documents import VideoProject
from projects.videos.queries.links import assets_of
from projects.videos.queries.projects import projects_using
from storycore.access import Actor
from storycore.mongo.documents import now
from storycore.mongo.writing import stored


class ProjectAssets:
    """Projects hold pictures, a narration, a video and its preview."""

    def usages(
        self, _actor: Actor | None, assets: Collection[ObjectId]
    ) -> Mapping[ObjectId, list[Usage]]:
        """None: a usage names a scene. That a project uses an asset is known by `used_ids`."""
        return {asset: [] for asset in assets}

    def used_ids(self, assets: Collection[ObjectId]) -> set[ObjectId]:
        """Which of these assets any project uses. One command."""
        rows = projects_using(list(assets))
        return {asset for row in rows for asset in assets_of(row)} & set(assets)

    def asset_changed(self, asset: ObjectId, session: ClientSession) -> None:
        """Nothing: a project reads its assets anew each time."""

    def let_go(self, asset: ObjectId, session: ClientSession) -> int:
        """Clear the asset from every project: its stage can then be run again."""
        moment = {"updated_at": now()}
        changed = 0
        pictures = stored(VideoProject).update_many(
            {"images.asset": asset},
            {"$set": {"images.$[one].asset": None, **moment}, "$inc": {"revision": 1}},
            array_filters=[{"one.asset": asset}],
            session=session,
        )
        changed += pictures.modified_count
        for place, cleared in (
            ("narration_asset", {"narration_asset": None, "narration": None}),
            ("video_asset", {"video_asset": None, "video": None}),
            ("thumbnail_asset", {"thumbnail_asset": None}),
        ):
            answer = stored(VideoProject).update_many(
                {place: asset},
                {"$set": {**cleared, **moment}, "$inc": {"revision": 1}},
                session=session,
            )
            changed += answer.modified_count
        return changed
