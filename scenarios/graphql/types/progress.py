"""How do readers and their ways through stories look in GraphQL?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import graphene

from scenarios import documents
from scenarios.graphql.types.story import Choice, Scenario, Scene
from scenarios.queries.choices import choices_by_id, readable_choices
from scenarios.queries.scenarios import scenarios_by_id
from scenarios.queries.scenes import readable_scenes, scenes_by_id
from storycore.access import Actor
from storycore.accounts.graphql.types import User
from storycore.accounts.queries import users_by_id
from storycore.graphql.relations import Column, One, Siblings
from storycore.graphql.scalars import JSON
from storycore.graphql.types import Node, RowType
from storycore.mongo.reading import Row


class PlayedStep(RowType):
    """A choice that a reader took."""

    scene_id = Column(graphene.ID, "scene", description="The id of the scene that was left.")
    # The story may have been taken back since: what was read may not be read on from here.
    scene = One(
        Scene,
        by="scene",
        load=readable_scenes,
        description="The scene that was left, if it is there and may be read.",
    )
    choice_id = Column(graphene.ID, "choice", description="The id of the choice that was taken.")
    choice = One(
        Choice,
        by="choice",
        load=readable_choices,
        description="The choice, if it is there and may be read.",
    )
    at = Column(graphene.DateTime, "at", description="When (UTC).")
    variables = Column(JSON, "variables", description="What every variable held before it.")


def _history(row: Row) -> list[Any]:
    return Siblings.records(row.get("history") or [])


def _load_users(_actor: Actor, ids: Collection[str], fields: frozenset[str]) -> Mapping[str, Row]:
    return users_by_id(ids, fields)


class Progress(RowType):
    """One reader's way through a story."""

    class Meta:
        document = documents.Progress
        columns = ("is_completed", "percentage", "total_time_spent", "created_at", "updated_at")
        interfaces = (Node,)

    id = Column(graphene.ID, "_id", description="The progress's id.", required=True)
    scenario_id = Column(graphene.ID, "scenario", description="The id of its story.", required=True)
    scenario = One(Scenario, by="scenario", load=scenarios_by_id, description="Its story.")
    user_id = Column(graphene.ID, "user", description="The id of the reader; null with a token.")
    user = One(User, by="user", load=_load_users, description="The reader; null with a token.")
    current_scene_id = Column(
        graphene.ID, "current_scene", description="The id of the scene they are in.", required=True
    )
    current_scene = One(
        Scene,
        by="current_scene",
        load=readable_scenes,
        description="The scene they are in; null when it has gone (playScene tells where they go on) or when"
        " the story may no longer be read.",
    )
    history = Column(
        graphene.List(graphene.NonNull(PlayedStep)),
        "history",
        read=_history,
        description="The choices taken, oldest first.",
        required=True,
    )
    variables = Column(
        JSON,
        "variables",
        read=lambda row: row.get("variables") or {},
        description="What every variable holds now.",
        required=True,
    )
    revision = Column(
        graphene.Int,
        "revision",
        description="The story's revision that it was last played in.",
        required=True,
    )


class OfferedChoice(RowType):
    """A choice of the present scene."""

    choice = One(Choice, by="choice", load=choices_by_id, description="The choice.")
    choice_id = Column(graphene.ID, "choice", description="Its id.", required=True)
    available = Column(
        graphene.Boolean, "available", description="Whether it can be taken.", required=True
    )
    reason = Column(
        graphene.String,
        "reason",
        description="Why not: CONDITION_FALSE, CONDITION_ERROR, ALREADY_TAKEN, SCENE_MISSING, SCENE_HIDDEN.",
    )
    message = Column(graphene.String, "message", description="Why not, in a sentence.")


class PlayedScene(RowType):
    """What a reader sees now."""

    scene = One(Scene, by="scene", load=scenes_by_id, description="The scene with its media.")
    variables = Column(JSON, "variables", description="What every variable holds.", required=True)
    choices = Column(
        graphene.List(graphene.NonNull(OfferedChoice)),
        "choices",
        description="Every choice of the scene, in order, available or not.",
        required=True,
    )
    is_end = Column(
        graphene.Boolean, "is_end", description="Whether the story ends here.", required=True
    )
    was_moved = Column(
        graphene.Boolean,
        "was_moved",
        description="Whether the reader goes on elsewhere, because their scene has gone.",
        required=True,
    )


class ReaderReport(graphene.ObjectType):
    """How readers fare in a story, for its author."""

    readers = graphene.Int(required=True, description="How many plays were begun.")
    completed = graphene.Int(required=True, description="How many are at an ending.")
    moved = graphene.Int(
        required=True, description="How many lost their scene to an edit and go on elsewhere."
    )
