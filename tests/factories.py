"""Ready-made people, pictures and stories, built through the services that users reach."""

from __future__ import annotations

from itertools import count
from typing import Any

from bson import ObjectId

from assets.documents import Asset
from scenarios.services.choices import create_choice
from scenarios.services.scenarios import create_scenario
from scenarios.services.scenes import create_scene
from storycore.access import Actor
from storycore.accounts.middleware import actor_of
from storycore.accounts.models import User
from storycore.accounts.services import create_user
from storycore.accounts.tokens import issue_access_token
from storycore.mongo.documents import valid_new
from storycore.mongo.writing import insert

PASSWORD = "correct horse battery"
_NUMBERS = count(1)


def an_asset(owner: Actor, type_: str = "image", **fields: Any) -> ObjectId:
    """An asset's record without bytes, for tests that only refer to it."""
    number = next(_NUMBERS)
    known: dict[str, Any] = {
        "type": type_,
        "name": f"{type_} {number}",
        "uploaded_by": owner.user_id,
        "is_public": True,
        "file": {"backend": "local", "key": f"{type_}/{number}.bin"},
        "metadata": {"size": 1_000 + number, "mimeType": "image/png"},
    }
    key: ObjectId = insert(Asset, valid_new(Asset, known | fields))
    return key


def a_scenario(owner: Actor, **fields: Any) -> ObjectId:
    """An empty scenario."""
    return create_scenario(owner, {"title": "The Lighthouse", **fields})  # type: ignore[typeddict-item]


def a_scene(owner: Actor, scenario: ObjectId, **fields: Any) -> ObjectId:
    """A scene of a scenario."""
    number = next(_NUMBERS)
    known: dict[str, Any] = {"title": f"Scene {number}", "text": f"You are in room {number}."}
    return create_scene(owner, {"scenario": scenario, **known, **fields})  # type: ignore[typeddict-item]


def a_choice(owner: Actor, from_scene: ObjectId, to_scene: ObjectId, **fields: Any) -> ObjectId:
    """A choice between two scenes."""
    known: dict[str, Any] = {"text": "Go on"}
    return create_choice(
        owner,
        {"from_scene": from_scene, "to_scene": to_scene, **known, **fields},  # type: ignore[typeddict-item]
    ).id


def a_story(owner: Actor, scenes: int = 3, choices: int = 1, **fields: Any) -> ObjectId:
    """A scenario whose scenes each have a picture, a sound and choices to the scenes that follow."""
    scenario = a_scenario(owner, **fields)
    keys = [
        a_scene(owner, scenario, image=an_asset(owner), sound=an_asset(owner, "sound"), order=index)
        for index in range(scenes)
    ]
    for index, key in enumerate(keys):
        for step in range(1, choices + 1):
            a_choice(owner, key, keys[(index + step) % scenes], text=f"Choice {step}")
    return scenario


def an_actor(email: str, *, is_admin: bool = False) -> Actor:
    """A registered user, as services know callers."""
    user = create_user(email, PASSWORD, name=email.partition("@")[0].title())
    if is_admin:
        user.is_staff = user.is_superuser = True
        user.save()
    return actor_of(user)


def an_access_token(actor: Actor) -> str:
    """A token that speaks for the actor."""
    return issue_access_token(User.objects.get(pk=actor.user_id))
