"""The mutations that order something to be made."""

from __future__ import annotations

import time
from typing import Any, ClassVar

import graphene
from bson import ObjectId
from django.conf import settings

from assets.graphql.types import Asset
from assets.queries.assets import assets_by_id
from generation.graphql.types import Job, MediaOrder
from generation.queries.awaiting import await_end
from generation.queries.jobs import jobs_by_id
from generation.services.orders import NewMedia, order_media
from generation.services.scene_media import generate_scene_media
from storycore.access import require_login
from storycore.errors import InvalidInput
from storycore.graphql.context import Context
from storycore.graphql.mutation import Mutation
from storycore.graphql.relations import Column, Many, One
from storycore.graphql.types import UserError
from storycore.ids import parse_id
from storycore.limits import check_rate
from storycore.mongo.reading import Row
from storycore.waiting import stepped_aside

SOUND_KINDS = ("speech", "music", "effect")
# What is left of an operation's time for reading its answer.
READING_SECONDS = 2.0

_SCENE = graphene.ID(description="The scene that gets it; one of yours.")
_SEED = graphene.Int(description="The same words and seed give the same, where the provider can.")
_PROVIDER = graphene.String(
    description="Who makes it; `providers` lists all. Without it, the first."
)
_MODEL = graphene.String(description="With which model of that provider.")
_IS_PUBLIC = graphene.Boolean(description="Whether everybody may see it; false by default.")
_NAME = graphene.String(description="What the asset is called; by its prompt without one.")
_WAIT = graphene.Boolean(
    default_value=True,
    description="Wait for the asset for as long as the server allows; false answers the job at once.",
)
_KEY = graphene.String(
    description="Your own name for this order: the same name orders once; another order is refused."
)


class Generated(Mutation):
    """What the generating mutations share: an order, a wait, and the asset or the job."""

    class Meta:
        abstract = True

    renames: ClassVar = {"scene": "sceneId", "duration_seconds": "duration"}

    @classmethod
    def waiting_seconds(cls) -> float:
        return float(settings.GENERATION_WAIT_SECONDS)

    @classmethod
    def ordered(cls, context: Context, new: NewMedia, *, wait: bool) -> Row:
        """Order it, wait if asked, and answer what there is."""
        check_rate("generate", require_login(context.actor))
        job = order_media(context.actor, new)
        if wait:
            wait_for(context, job)
        return answered(context, job)


class GenerateImageWithAI(Generated):
    """Makes a picture from words and stores it as an asset of yours; slow ones answer their job."""

    class Arguments:
        prompt = graphene.String(required=True, description="What the picture shows.")
        negative_prompt = graphene.String(description="What it does not show.")
        width = graphene.Int(description="Pixels, 64 to 2048.")
        height = graphene.Int(description="Pixels, 64 to 2048.")
        seed = _SEED
        style = graphene.String(
            description="realistic, anime, watercolor ... as the provider knows it."
        )
        provider = _PROVIDER
        model = _MODEL
        scene_id = _SCENE
        name = _NAME
        is_public = _IS_PUBLIC
        wait = _WAIT
        idempotency_key = _KEY

    asset = One(Asset, by="asset", load=assets_by_id, description="The picture, when it is ready.")
    job = One(Job, by="job", load=jobs_by_id, description="The job that makes it.")

    @classmethod
    def perform(
        cls, context: Context, *, prompt: str, wait: bool | None = True, **given: Any
    ) -> Row:
        parameters = {
            name: given.get(name) for name in ("negative_prompt", "width", "height", "style")
        }
        new = NewMedia("image", prompt, parameters, **_common(given))
        return cls.ordered(context, new, wait=wait is not False)


class GenerateSoundWithAI(Generated):
    """Makes speech, music or an effect from words and stores it as an asset of yours."""

    class Arguments:
        prompt = graphene.String(
            required=True, description="The words to speak, or what it sounds like."
        )
        kind = graphene.String(
            default_value="speech", description="speech, music or effect; speech by default."
        )
        voice = graphene.String(description="Whose voice; `providers` lists them.")
        language = graphene.String(description="A language tag such as en or fr.")
        speed = graphene.Float(description="1 is normal; 0.25 to 4.")
        duration = graphene.Float(description="Seconds of music or effect, 0.5 to 300.")
        format = graphene.String(
            description="wav or mp3, where the provider lets one choose; small ones are WAV by default."
        )
        seed = _SEED
        style = graphene.String(description="A mood or manner, as the provider knows it.")
        provider = _PROVIDER
        model = _MODEL
        scene_id = _SCENE
        name = _NAME
        is_public = _IS_PUBLIC
        wait = _WAIT
        idempotency_key = _KEY

    asset = One(Asset, by="asset", load=assets_by_id, description="The sound, when it is ready.")
    job = One(Job, by="job", load=jobs_by_id, description="The job that makes it.")

    @classmethod
    def perform(
        cls,
        context: Context,
        *,
        prompt: str,
        kind: str | None = None,
        wait: bool | None = True,
        **given: Any,
    ) -> Row:
        # An argument that is null is one that was not given.
        task: Any = "speech" if kind is None else kind
        if task not in SOUND_KINDS:
            raise InvalidInput(f"This is one of {', '.join(SOUND_KINDS)}.", field="kind")
        named = ("voice", "language", "speed", "style", "format")
        parameters = {name: given.get(name) for name in named}
        parameters["duration_seconds"] = given.get("duration")
        new = NewMedia(task, prompt, parameters, **_common(given))
        return cls.ordered(context, new, wait=wait is not False)


def _load_jobs(actor: Any, lists: Any, fields: Any) -> Any:
    rows = jobs_by_id(actor, [key for one in lists for key in one], fields)
    return {one: [rows[key] for key in one if key in rows] for one in lists}


class GenerateSceneMedia(Mutation):
    """Orders the pictures, narration and music that a scene, or every scene of a scenario, lacks."""

    class Arguments:
        scene_id = graphene.ID(description="One scene.")
        scenario_id = graphene.ID(description="Or all scenes of a scenario.")
        fields = graphene.List(
            graphene.NonNull(graphene.String),
            description="image, sound, music; image and sound by default.",
        )
        only_missing = graphene.Boolean(
            default_value=True, description="Leave what scenes have already; true by default."
        )

    renames: ClassVar = {"scene": "sceneId", "scenario": "scenarioId"}
    jobs = Many(
        Job,
        by="jobs",
        load=_load_jobs,
        description="The jobs, in story order.",
    )
    orders = Column(
        graphene.List(graphene.NonNull(MediaOrder)),
        "orders",
        description="What became of each wish.",
        read=lambda row: row.get("orders") or [],
        required=True,
    )

    @classmethod
    def perform(
        cls,
        context: Context,
        *,
        scene_id: str | None = None,
        scenario_id: str | None = None,
        fields: list[str] | None = None,
        only_missing: bool | None = True,
    ) -> Row:
        check_rate("generate", require_login(context.actor))
        requests = generate_scene_media(
            context.actor,
            scene=parse_id(scene_id, field="scene") if scene_id else None,
            scenario=parse_id(scenario_id, field="scenario") if scenario_id else None,
            fields=("image", "sound") if fields is None else fields,
            only_missing=only_missing is not False,
        )
        jobs = tuple(one.job for one in requests if one.job is not None)
        refused = [one for one in requests if one.job is None]
        return {
            "jobs": jobs,
            "orders": [
                MediaOrder(field=one.field, job_id=one.job, message=one.message) for one in requests
            ],
            "success": not refused,
            "message": f"{len(jobs)} of {len(requests)} were ordered.",
            "user_errors": [
                UserError(field=one.field, code=one.code, message=one.message) for one in refused
            ],
        }


def wait_for(context: Context, job: ObjectId) -> bool:
    """Wait for a job's end as long as the setting and this operation's time allow; whether it is at its end.

    The request steps aside meanwhile, so that others are answered; when too many wait already, it does not.
    """
    left = context.deadline - time.monotonic() - READING_SECONDS
    seconds = min(float(settings.GENERATION_WAIT_SECONDS), left)
    if seconds <= 0:
        return False
    with stepped_aside() as granted:
        return granted and await_end(job, seconds)


def answered(context: Context, job: ObjectId) -> Row:
    """The payload of an order: the asset when it is ready, why not when it failed, else the job."""
    fields = ("status", "asset", "message", "error_code", "error_message")
    row = jobs_by_id.find(context.actor, job, fields) or {}
    payload: Row = {"job": job, "asset": row.get("asset"), "message": row.get("message")}
    if row.get("status") in ("failed", "cancelled"):
        text = row.get("error_message") or row.get("message") or "It was cancelled."
        code = row.get("error_code") or "CANCELLED"
        payload |= {
            "success": False,
            "message": text,
            "user_errors": [UserError(field=None, code=code, message=text)],
        }
    return payload


def _common(given: dict[str, Any]) -> dict[str, Any]:
    scene = given.get("scene_id")
    return {
        "seed": given.get("seed"),
        "provider": given.get("provider"),
        "model": given.get("model"),
        "scene": parse_id(scene, field="scene") if scene else None,
        "name": given.get("name"),
        "is_public": bool(given.get("is_public")),
        "idempotency_key": given.get("idempotency_key") or None,
    }


class GeneratingMutations(graphene.ObjectType):
    """The root fields of this module."""

    class Meta:
        abstract = True

    # The automatic camel case would give ...WithAi.
    generate_image_with_ai = GenerateImageWithAI.field(name="generateImageWithAI")
    generate_sound_with_ai = GenerateSoundWithAI.field(name="generateSoundWithAI")
    generate_scene_media = GenerateSceneMedia.field()
