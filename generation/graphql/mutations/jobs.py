"""The mutations of jobs that exist."""

from __future__ import annotations

from typing import ClassVar

import graphene

from generation.graphql.types import Job
from generation.queries.jobs import jobs_by_id
from generation.services import jobs as services
from storycore.access import require_login
from storycore.graphql.context import Context
from storycore.graphql.mutation import Mutation
from storycore.graphql.relations import One
from storycore.ids import parse_id
from storycore.limits import check_rate
from storycore.mongo.reading import Row

_ID = graphene.ID(required=True, description="The job's id.")


def _job(description: str = "The job as it is now.") -> One:
    return One(Job, by="job", load=jobs_by_id, description=description)


class CancelJob(Mutation):
    """Ends a job that is not at its end; a provider that can is told to stop."""

    class Arguments:
        id = _ID

    job = _job()

    @classmethod
    def perform(cls, context: Context, *, id: str) -> Row:
        key = parse_id(id)
        services.cancel_job(context.actor, key)
        return {"job": key, "message": "Job cancelled."}


class RetryJob(Mutation):
    """Orders again what failed or was cancelled; what was paid for and not stored is only stored."""

    class Arguments:
        id = _ID

    job = _job("The new job; the old one stays as it ended.")

    @classmethod
    def perform(cls, context: Context, *, id: str) -> Row:
        check_rate("generate", require_login(context.actor))
        return {"job": services.retry_job(context.actor, parse_id(id)), "message": "Ordered again."}


class RerunJob(Mutation):
    """Orders the same once more, with the same words, values and seed: another take to choose from."""

    class Arguments:
        id = _ID
        seed = graphene.Int(description="Another seed, for a take that looks or sounds different.")

    job = _job("The new job; its result waits to be chosen.")

    @classmethod
    def perform(cls, context: Context, *, id: str, seed: int | None = None) -> Row:
        check_rate("generate", require_login(context.actor))
        job = services.rerun_job(context.actor, parse_id(id), seed=seed)
        return {"job": job, "message": "Ordered."}


class ChooseTake(Mutation):
    """Puts what a finished job made into a scene of yours."""

    class Arguments:
        id = _ID
        scene_id = graphene.ID(required=True, description="The scene that gets it.")
        field = graphene.String(description="Its place there: image, sound or music.")

    renames: ClassVar = {"scene": "sceneId", "scene_id": "sceneId", "asset_field": "field"}
    job = _job()

    @classmethod
    def perform(cls, context: Context, *, id: str, scene_id: str, field: str | None = None) -> Row:
        key = parse_id(id)
        services.choose_take(context.actor, key, parse_id(scene_id, field="scene"), field)
        return {"job": key, "message": "Chosen."}


class ChangeJobPriority(Mutation):
    """Lets a waiting job come earlier (1) or later (10)."""

    class Arguments:
        id = _ID
        priority = graphene.Int(required=True, description="1 comes first, 10 last.")

    job = _job()

    @classmethod
    def perform(cls, context: Context, *, id: str, priority: int) -> Row:
        key = parse_id(id)
        services.change_priority(context.actor, key, priority)
        return {"job": key, "message": "Priority changed."}


class MoveJob(Mutation):
    """Lets a waiting job of yours change places with the one before it in the queue, or the one after it."""

    class Arguments:
        id = _ID
        up = graphene.Boolean(required=True, description="True: earlier; false: later.")

    job = _job()

    @classmethod
    def perform(cls, context: Context, *, id: str, up: bool) -> Row:
        key = parse_id(id)
        moved = services.move_job(context.actor, key, earlier=up)
        at_the_end = "It is the first already." if up else "It is the last already."
        return {"job": key, "message": "Moved." if moved else at_the_end}


class JobMutations(graphene.ObjectType):
    """The root fields of this module."""

    class Meta:
        abstract = True

    cancel_job = CancelJob.field()
    retry_job = RetryJob.field()
    rerun_job = RerunJob.field()
    choose_take = ChooseTake.field()
    change_job_priority = ChangeJobPriority.field()
    move_job = MoveJob.field()
