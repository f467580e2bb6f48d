"""The mutations of single scenes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import graphene
from bson import ObjectId

from scenarios.graphql.expression_errors import expression_errors
from scenarios.graphql.inputs import (
    SCENE_RENAMES,
    CreateSceneInput,
    UpdateSceneInput,
    scene_changes,
)
from scenarios.graphql.types.story import Scene
from scenarios.ports import REQUESTERS
from scenarios.queries.scenes import scenes_by_id
from scenarios.services import scenes as services
from scenarios.services.condition_errors import scene_problems
from storycore.graphql.context import Context
from storycore.graphql.mutation import Mutation
from storycore.graphql.relations import Column, One, Written
from storycore.graphql.types import UserError
from storycore.ids import parse_id
from storycore.mongo.reading import Row

MEDIA = ("image", "sound", "music")
_ID = graphene.ID(required=True, description="The scene's id.")


def _scene() -> One:
    return One(Scene, by="scene", load=scenes_by_id, description="The scene as stored.")


def _problems(given: Mapping[str, Any], scene: ObjectId) -> list[UserError]:
    """A scene is saved even when an expression of it is wrong; the errors then come along."""
    if not given.get("visible_if") and not given.get("on_enter"):
        return []
    return expression_errors(scene_problems(scene), SCENE_RENAMES)


class SceneMediaRequest(graphene.ObjectType):
    """What became of an order for a new scene."""

    field = graphene.String(required=True, description="image, sound or music.")
    job_id = graphene.ID(description="The job that fills it; null when it could not be ordered.")
    message = graphene.String(required=True, description="Why not, in a sentence.")


class CreateScene(Mutation):
    """Adds a scene to a scenario that you own. It stays, whatever becomes of media ordered for it."""

    class Arguments:
        input = CreateSceneInput(required=True, description="The new scene.")

    renames: ClassVar = SCENE_RENAMES
    scene = Written(Scene, by="scene", load=scenes_by_id, description="The scene as stored.")
    media_requests = Column(
        graphene.List(graphene.NonNull(SceneMediaRequest)),
        "media_requests",
        description="What became of autoGenerateImage, autoGenerateSound and autoGenerateMusic.",
        read=lambda row: row.get("media_requests") or [],
        required=True,
    )

    @classmethod
    def perform(cls, context: Context, *, input: dict[str, Any]) -> Row:
        given = dict(input)
        wanted = [field for field in MEDIA if given.pop(f"auto_generate_{field}", None)]
        scenario = parse_id(given["scenario_id"], field="scenario")
        written = services.written_scene(
            context.actor, {**scene_changes(given), "scenario": scenario}
        )
        key = written["_id"]
        requests = (
            [
                request
                for requester in REQUESTERS
                for request in requester.request_media(context.actor, key, wanted)
            ]
            if wanted
            else []
        )
        failed = [f"{one.field}: {one.message}" for one in requests if one.job is None]
        message = (
            "Scene created." if not failed else f"Scene created. Not ordered: {' '.join(failed)}"
        )
        return {
            "scene": key,
            # Media that were ordered may have changed it since.
            "written": None if requests else written,
            "message": message,
            "user_errors": _problems(given, key),
            "media_requests": [
                SceneMediaRequest(field=one.field, job_id=one.job, message=one.message)
                for one in requests
            ],
        }


class UpdateScene(Mutation):
    """Changes a scene of a scenario that you own; what is left out stays."""

    class Arguments:
        id = _ID
        input = UpdateSceneInput(required=True, description="What changes.")

    renames: ClassVar = SCENE_RENAMES
    scene = _scene()

    @classmethod
    def perform(cls, context: Context, *, id: str, input: dict[str, Any]) -> Row:
        key = parse_id(id)
        services.update_scene(context.actor, key, scene_changes(input))
        return {
            "scene": key,
            "message": "Scene updated.",
            "user_errors": _problems(input, key),
        }


class DeleteScene(Mutation):
    """Removes a scene, the choices that leave it and those that lead to it."""

    class Arguments:
        id = _ID

    deleted_id = Column(graphene.ID, "deleted_id", description="The id of what is gone.")
    deleted_choices = Column(
        graphene.Int, "deleted_choices", description="How many choices went with it."
    )

    @classmethod
    def perform(cls, context: Context, *, id: str) -> Row:
        key = parse_id(id)
        gone = services.delete_scene(context.actor, key)
        return {
            "deleted_id": key,
            "deleted_choices": gone.choices,
            "message": f"Scene deleted, with {gone.choices} choices.",
        }


class SceneMutations(graphene.ObjectType):
    """The root fields of this module."""

    class Meta:
        abstract = True

    create_scene = CreateScene.field()
    update_scene = UpdateScene.field()
    delete_scene = DeleteScene.field()
