"""How does the demo story get into an empty StoryCore? As any story would: by uploads and one save."""

from __future__ import annotations

import io
from collections.abc import Callable

from bson import ObjectId

from assets.services.uploads import NewAsset, upload_asset
from scenarios.demo.pictures import drawn_picture
from scenarios.demo.sounds import made_sound
from scenarios.demo.story import DESCRIPTION, SCENES, TITLE, VARIABLES, DemoScene
from scenarios.documents import Scenario
from scenarios.services.graph_plan import SavedScene
from scenarios.services.graph_saving import save_scenario
from scenarios.services.scenarios import create_scenario, delete_scenario
from storycore.access import Actor
from storycore.mongo.reading import find_one


def seed_demo(
    actor: Actor, progress: Callable[[str], None] = lambda _title: None
) -> ObjectId | None:
    """Make the demo story for the actor; None when they have it already.

    `progress` hears the title of each scene before its picture and sound are made.
    """
    present = find_one(Scenario, {"author": actor.user_id, "title": TITLE}, ("_id", "is_published"))
    if present is not None and present.get("is_published"):
        return None
    if present is not None:
        # An earlier run was interrupted before its save: it has no scene yet.
        delete_scenario(actor, present["_id"])
    scenes: list[SavedScene] = []
    for index, scene in enumerate(SCENES):
        progress(scene.title)
        scenes.append(_scene(actor, scene, index))
    scenario = create_scenario(
        actor, {"title": TITLE, "description": DESCRIPTION, "languages": ["en"]}
    )
    save_scenario(actor, scenario, {"variables": VARIABLES, "is_published": True}, scenes)
    return scenario


def _scene(actor: Actor, scene: DemoScene, index: int) -> SavedScene:
    picture = io.BytesIO(drawn_picture(scene.scenery, index))
    sound = io.BytesIO(made_sound(scene.sound, index))
    return {
        "id": f"tmp-{scene.key}",
        "title": scene.title,
        "text": scene.text,
        "order": index,
        "position": {"x": scene.place[0], "y": scene.place[1]},
        "is_start_scene": index == 0,
        "is_end_scene": scene.is_end,
        "image": _asset(actor, picture, "image", scene, "image/webp"),
        "sound": _asset(actor, sound, "sound", scene, "audio/wav"),
        "choices": [
            {
                "text": choice.text,
                "to_scene": f"tmp-{choice.to}",
                "condition": choice.condition,
                "effects": [
                    {"variable": name, "op": op, "value": value}
                    for name, op, value in choice.effects
                ],
            }
            for choice in scene.choices
        ],
    }


def _asset(
    actor: Actor, file: io.BytesIO, type_: str, scene: DemoScene, mime_type: str
) -> ObjectId:
    extension = mime_type.partition("/")[2]
    new = NewAsset(
        type=type_,
        file_name=f"{scene.key}.{extension}",
        mime_type=mime_type,
        name=scene.title,
        is_public=True,
        folder="demo",
        tags=("demo",),
    )
    return upload_asset(actor, file, new)
