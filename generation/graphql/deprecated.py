"""The old names of this app's root fields, kept for clients that send them."""

from __future__ import annotations

from typing import Any, ClassVar

import graphene

from assets.graphql.types import Asset
from assets.queries.assets import assets_by_id
from generation.graphql.mutations.generating import (
    Generated,
    GenerateImageWithAI,
    GenerateSoundWithAI,
)
from generation.graphql.types import Job
from generation.providers.base import Task
from generation.queries.jobs import jobs_by_id
from generation.services.orders import NewMedia
from storycore.errors import InvalidInput
from storycore.graphql.context import Context
from storycore.graphql.relations import One
from storycore.mongo.reading import Row

_SOUND_TASKS: dict[str, Task] = {
    "voice": "speech",
    "speech": "speech",
    "narration": "speech",
    "music": "music",
    "effect": "effect",
    "sfx": "effect",
}


class GenerateAsset(Generated):
    """Makes a picture or a sound from words and stores it as an asset of yours."""

    class Arguments:
        type = graphene.String(required=True, description="image or sound.")
        name = graphene.String(description="What it is called; says what it shows without words.")
        description = graphene.String(description="What it shows or says.")
        sound_type = graphene.String(description="voice, music or effect, for sounds.")
        language = graphene.String(description="A language tag such as en or fr.")
        duration = graphene.Float(description="Seconds of music or effect.")

    renames: ClassVar = {"prompt": "description", "duration_seconds": "duration"}
    asset = One(Asset, by="asset", load=assets_by_id, description="The asset, when it is ready.")
    job = One(Job, by="job", load=jobs_by_id, description="The job that makes it.")

    @classmethod
    def perform(cls, context: Context, *, type: str, **given: Any) -> Row:
        task = cls._task(type, given.get("sound_type"))
        prompt = given.get("description") or given.get("name") or ""
        parameters = {
            "language": given.get("language"),
            "duration_seconds": given.get("duration"),
        }
        return cls.ordered(
            context, NewMedia(task, prompt, parameters, name=given.get("name")), wait=True
        )

    @classmethod
    def _task(cls, type_: str, sound_type: str | None) -> Task:
        if type_ == "image":
            return "image"
        task = _SOUND_TASKS.get((sound_type or "voice").lower())
        if type_ != "sound" or task is None:
            field = "type" if type_ != "sound" else "sound_type"
            raise InvalidInput(
                "This is image, or sound of soundType voice, music or effect.", field=field
            )
        return task


class DeprecatedGenerationMutations(graphene.ObjectType):
    """Old names of writes."""

    class Meta:
        abstract = True

    generate_asset = GenerateAsset.field(
        deprecation_reason="Use generateImageWithAI or generateSoundWithAI."
    )
    old_generate_image_with_ai = GenerateImageWithAI.field(
        name="generateImageWithAi", deprecation_reason="Use generateImageWithAI."
    )
    old_generate_sound_with_ai = GenerateSoundWithAI.field(
        name="generateSoundWithAi", deprecation_reason="Use generateSoundWithAI."
    )
