"""Which projects use an asset? The projects app's side of the assets app's port."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from bson import ObjectId
from pymongo.client_session import ClientSession

from assets.ports import Usage
from projects.videos.documents import VideoProject
from projects.videos.queries.links import assets_of
from projects.videos.queries.projects import projects_using
from storycore.access import Actor, is_owner
from storycore.mongo.documents import now
from storycore.mongo.reading import Row
from storycore.mongo.writing import stored


class ProjectAssets:
    """Projects hold pictures, a narration, a video and its preview."""

    def usages(
        self, actor: Actor | None, assets: Collection[ObjectId]
    ) -> Mapping[ObjectId, list[Usage]]:
        """Where each asset is used, in the projects that the actor may see. One command."""
        found: dict[ObjectId, list[Usage]] = {asset: [] for asset in assets}
        for row in projects_using(list(assets)) if assets else ():
            if actor is not None and not is_owner(actor, row["owner"]):
                continue
            for asset, field in _places(row):
                if asset in found:
                    usage = Usage(
                        asset, field, project_id=row["_id"], project_title=row.get("title")
                    )
                    found[asset].append(usage)
        return found

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


def _places(row: Row) -> Iterator[tuple[ObjectId, str]]:
    """Every asset that a project names, and the place where it does."""
    for image in row.get("images") or ():
        if image.get("asset"):
            yield image["asset"], "image"
    for place in ("narration", "video", "thumbnail"):
        if row.get(f"{place}_asset"):
            yield row[f"{place}_asset"], place
