"""How does a fresh upload come into a scene? The scenarios app's side of the assets app's port."""

from __future__ import annotations

from bson import ObjectId

from assets.ports import AttachedScene
from scenarios.documents import MEDIA_FIELDS, Scene
from scenarios.queries.scenarios import scenarios_by_id
from scenarios.services.scenes import SceneChanges, update_scene
from storycore.access import Actor, require_owner
from storycore.errors import InvalidInput, NotFound
from storycore.mongo.reading import Row, find_one


class SceneMedia:
    """Scenes take a picture, a sound and music."""

    def require_place(self, actor: Actor, scene: ObjectId, field: str, type_: str) -> None:
        """Check that the actor may change the scene and that the field takes this type of asset.

        Raises Unauthenticated, NotFound (also in a story that the actor may not read), Forbidden,
        InvalidInput.
        """
        if field not in MEDIA_FIELDS:
            raise InvalidInput(f"This is one of {', '.join(MEDIA_FIELDS)}.", field="asset_field")
        if MEDIA_FIELDS[field] != type_:
            raise InvalidInput(
                f"This place takes an asset of type {MEDIA_FIELDS[field]}.", field="asset_field"
            )
        row = _scene(scene)
        story = scenarios_by_id.find(actor, row["scenario"], ("author",))
        if story is None:
            raise NotFound("There is no such scene.", field="scene_id")
        require_owner(actor, story.get("author"), thing="scene")

    def attach(self, actor: Actor, scene: ObjectId, field: str, asset: ObjectId) -> AttachedScene:
        """Put the asset into the scene. Raises Unauthenticated, NotFound, Forbidden, InvalidReference."""
        changes: SceneChanges = {field: asset}  # type: ignore[misc]
        update_scene(actor, scene, changes)
        return AttachedScene(scene, _scene(scene)["title"], field)


def _scene(scene: ObjectId) -> Row:
    row = find_one(Scene, {"_id": scene}, ("title", "scenario"))
    if row is None:
        raise NotFound("There is no such scene.", field="scene_id")
    return row
