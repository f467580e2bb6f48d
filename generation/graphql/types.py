"""How do jobs and providers look in GraphQL?"""

from __future__ import annotations

from typing import Any

import graphene

from assets.graphql.types import Asset
from assets.queries.assets import assets_by_id
from generation import documents
from generation.queries.jobs import children_by_parent, jobs_by_id, takes_by_root
from scenarios.graphql.types.story import Scenario, Scene
from scenarios.queries.scenarios import scenarios_by_id
from scenarios.queries.scenes import readable_scenes
from storycore.graphql.connections import connection_type
from storycore.graphql.relations import Column, Many, One
from storycore.graphql.types import Node, RowType
from storycore.mongo.reading import Row


class JobLine(graphene.ObjectType):
    """A line of a job's log."""

    at = graphene.DateTime(required=True, description="When (UTC).")
    level = graphene.String(required=True, description="info, warning or error.")
    text = graphene.String(required=True, description="What happened; never holds a key.")


class JobLease(graphene.ObjectType):
    """Which worker holds a job, and until when unless it says that it is still there."""

    worker = graphene.String(required=True, description="Its machine, process and thread.")
    until = graphene.DateTime(required=True, description="When another may take the job (UTC).")


class JobStep(graphene.ObjectType):
    """A step that a job came to."""

    name = graphene.String(required=True, description="Its name, such as calling or storing.")
    at = graphene.DateTime(required=True, description="When (UTC).")


def _objects(name: str) -> Any:
    def read(row: Row) -> list[Any]:
        return row.get(name) or []

    return read


def _lease(row: Row) -> JobLease | None:
    """A job that was given back on purpose is held by nobody, although its status is processing."""
    if row.get("status") != documents.PROCESSING or row.get("yielded") or not row.get("worker"):
        return None
    return JobLease(worker=row["worker"], until=row["due"])


class Job(RowType):
    """A piece of work that goes on after the request: a picture, a sound, a text, a video."""

    class Meta:
        document = documents.Job
        columns = (
            "kind",
            "queue",
            "status",
            "progress",
            "step",
            "message",
            "prompt",
            "parameters",
            "seed",
            "provider",
            "model",
            "priority",
            "attempts",
            "retry_count",
            "next_attempt_at",
            "error_code",
            "error_message",
            "result",
            "cost_estimate",
            "usage",
            "idempotency_key",
            "started_at",
            "finished_at",
            "created_at",
            "updated_at",
        )
        interfaces = (Node,)

    id = Column(graphene.ID, "_id", description="The job's id.", required=True)
    owner_id = Column(graphene.ID, "owner", description="The id of its owner.", required=True)
    steps = Column(
        graphene.List(graphene.NonNull(JobStep)),
        "steps",
        read=_objects("steps"),
        description="The steps that it came to, oldest first.",
        required=True,
    )
    log = Column(
        graphene.List(graphene.NonNull(JobLine)),
        "lines",
        read=_objects("lines"),
        description="Its log, oldest first; the newest 200 lines are kept.",
        required=True,
    )
    lease = Column(
        JobLease,
        "status",
        "yielded",
        "worker",
        "due",
        read=_lease,
        description="Who works on it at this moment; null while it waits.",
    )
    asset_id = Column(graphene.ID, "asset", description="The id of the asset that it made.")
    asset = One(Asset, by="asset", load=assets_by_id, description="The asset that it made.")
    scene_id = Column(graphene.ID, "scene", description="The id of the scene that gets it.")
    scene = One(Scene, by="scene", load=readable_scenes, description="The scene that gets it.")
    media_field = Column(
        graphene.String, "media_field", description="Its place there: image, sound or music."
    )
    scenario_id = Column(graphene.ID, "scenario", description="The id of the scenario it is for.")
    scenario = One(
        Scenario, by="scenario", load=scenarios_by_id, description="The scenario it is for."
    )
    project_id = Column(graphene.ID, "project", description="The id of the project it is for.")
    universe_id = Column(graphene.ID, "universe", description="The id of the universe it is for.")
    parent_id = Column(graphene.ID, "parent", description="The id of the job that waits for it.")
    parent = One(
        lambda: Job, by="parent", load=jobs_by_id, description="The job that waits for it."
    )
    children = Many(
        lambda: Job, by="_id", load=children_by_parent, description="The jobs that it waits for."
    )
    take_of_id = Column(graphene.ID, "take_of", description="The id of the job that it repeats.")
    takes = Many(
        lambda: Job,
        by="_id",
        load=takes_by_root,
        description="Repetitions of this job, to choose from.",
    )


JobConnection = connection_type(Job)


class JobStats(graphene.ObjectType):
    """How busy the workers are with your jobs; an admin sees everybody's."""

    queued = graphene.Int(required=True, description="Jobs that wait.")
    processing = graphene.Int(required=True, description="Jobs that are being worked on.")
    completed_today = graphene.Int(required=True, description="Jobs done since midnight UTC.")
    failed_today = graphene.Int(required=True, description="Jobs that failed since midnight UTC.")
    cancelled_today = graphene.Int(
        required=True, description="Jobs that were cancelled since midnight UTC."
    )


class ProviderInfo(graphene.ObjectType):
    """Somebody who makes pictures, sounds or texts, as this server is configured."""

    name = graphene.String(required=True, description="What to give as `provider`.")
    task = graphene.String(required=True, description="image, speech, music, effect or text.")
    is_default = graphene.Boolean(required=True, description="Whether it is tried first.")
    is_local = graphene.Boolean(
        required=True, description="Whether it works on this machine, without any key."
    )
    models = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="Its models; the first is used unless an order names another.",
    )
    voices = graphene.List(
        graphene.NonNull(graphene.String), required=True, description="Its voices, where it speaks."
    )
    cost_unit = graphene.String(description="What a price counts: picture, character, second ...")
    price = graphene.Float(description="The price of a unit, where the settings name one.")
    status = graphene.String(
        required=True, description="healthy, resting after failures, or unhealthy."
    )
    message = graphene.String(description="What it said when it failed last.")


class Estimate(graphene.ObjectType):
    """What an order would mean, before it is given."""

    count = graphene.Int(required=True, description="How many things would be made.")
    provider = graphene.String(required=True, description="Who would be tried first.")
    model = graphene.String(description="With which model.")
    cost = graphene.Float(description="What all of it would cost; null where no price is set.")


class MediaOrder(graphene.ObjectType):
    """What became of one wish for a scene."""

    field = graphene.String(required=True, description="image, sound or music.")
    job_id = graphene.ID(description="The job that fills it; null when it was not ordered.")
    message = graphene.String(required=True, description="Why not, in a sentence.")
