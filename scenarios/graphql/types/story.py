"""How do scenarios, scenes and choices look in GraphQL? They refer to each other, so they share a module."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import graphene

from assets.graphql.types import Asset
from assets.queries.assets import assets_by_id
from scenarios import documents
from scenarios.graphql.types.values import ConditionError, Effect, Position, Variable
from scenarios.queries.choices import choices_by_scene, incoming_choices_by_scene
from scenarios.queries.scenarios import scenarios_by_id, stats_by_scenario
from scenarios.queries.scenes import scenes_by_id, scenes_by_scenario, start_scenes_by_scenario
from storycore.access import Actor
from storycore.accounts.graphql.types import User
from storycore.accounts.queries import users_by_id
from storycore.graphql.connections import connection_type
from storycore.graphql.relations import Column, Many, One
from storycore.graphql.types import Node, RowType
from storycore.mongo.reading import Row


def _list_of(name: str) -> Any:
    def read(row: Row) -> list[Any]:
        return row.get(name) or []

    return read


def _load_users(_actor: Actor, ids: Collection[str], fields: frozenset[str]) -> Mapping[str, Row]:
    return users_by_id(ids, fields)


class ScenarioStats(RowType):
    """What a story amounts to."""

    scenes = Column(graphene.Int, "scenes", description="How many scenes.", required=True)
    choices = Column(graphene.Int, "choices", description="How many choices.", required=True)
    endings = Column(graphene.Int, "endings", description="How many end scenes.", required=True)
    words = Column(
        graphene.Int, "words", description="How many words in all scenes.", required=True
    )
    missing_images = Column(
        graphene.Int, "missing_images", description="How many scenes lack a picture.", required=True
    )
    missing_sounds = Column(
        graphene.Int, "missing_sounds", description="How many scenes lack a sound.", required=True
    )


class Scenario(RowType):
    """A branching story: scenes joined by choices."""

    class Meta:
        document = documents.Scenario
        columns = ("title", "description", "is_published", "revision", "created_at", "updated_at")
        interfaces = (Node,)

    id = Column(graphene.ID, "_id", description="The scenario's id.", required=True)
    author_id = Column(graphene.ID, "author", description="The id of its owner.", required=True)
    author = One(User, by="author", load=_load_users, description="Its owner.")
    variables = Column(
        graphene.List(graphene.NonNull(Variable)),
        "variables",
        read=_list_of("variables"),
        description="The variables that conditions read and effects change.",
        required=True,
    )
    languages = Column(
        graphene.List(graphene.NonNull(graphene.String)),
        "languages",
        read=_list_of("languages"),
        description="Language tags, the original first.",
        required=True,
    )
    scenes = Many(
        lambda: Scene, by="_id", load=scenes_by_scenario, description="All scenes, in story order."
    )
    start_scene = One(
        lambda: Scene,
        by="_id",
        load=start_scenes_by_scenario,
        description="The scene that the story begins with.",
    )
    stats = One(
        ScenarioStats,
        by="_id",
        load=stats_by_scenario,
        description="Counts over the whole story.",
    )


class Scene(RowType):
    """One place in a story, with what the reader sees and hears there."""

    class Meta:
        document = documents.Scene
        columns = (
            "title",
            "text",
            "is_start_scene",
            "is_end_scene",
            "order",
            "created_at",
            "updated_at",
        )
        interfaces = (Node,)

    id = Column(graphene.ID, "_id", description="The scene's id.", required=True)
    scenario_id = Column(
        graphene.ID, "scenario", description="The id of its scenario.", required=True
    )
    scenario = One(
        Scenario, by="scenario", load=scenarios_by_id, description="The scenario it belongs to."
    )
    image_id = Column(graphene.ID, "image", description="The id of its picture.")
    image = One(Asset, by="image", load=assets_by_id, description="Its picture.")
    sound_id = Column(graphene.ID, "sound", description="The id of its sound.")
    sound = One(Asset, by="sound", load=assets_by_id, description="Its sound or narration.")
    music_id = Column(graphene.ID, "music", description="The id of its music.")
    music = One(Asset, by="music", load=assets_by_id, description="Its background music.")
    visible_if = Column(
        graphene.String,
        "visible_if",
        description="When choices may lead here, an expression; null is always.",
    )
    visible_if_error = Column(
        ConditionError, "visible_if_error", description="Why visibleIf cannot be evaluated."
    )
    on_enter = Column(
        graphene.List(graphene.NonNull(Effect)),
        "on_enter",
        read=_list_of("on_enter"),
        description="What entering it changes.",
        required=True,
    )
    tags = Column(
        graphene.List(graphene.NonNull(graphene.String)),
        "tags",
        read=_list_of("tags"),
        description="The author's own marks.",
        required=True,
    )
    position = Column(Position, "position", description="Where it stands on the editor's canvas.")
    choices = Many(
        lambda: Choice,
        by="_id",
        load=choices_by_scene,
        description="The choices that leave it, in order.",
    )
    incoming_choices = Many(
        lambda: Choice,
        by="_id",
        load=incoming_choices_by_scene,
        description="The choices that lead to it.",
    )


class Choice(RowType):
    """A way from one scene to another."""

    class Meta:
        document = documents.Choice
        columns = ("text", "condition", "order", "created_at", "updated_at")
        interfaces = (Node,)

    id = Column(graphene.ID, "_id", description="The choice's id.", required=True)
    from_scene_id = Column(
        graphene.ID, "from_scene", description="The id of the scene that it leaves.", required=True
    )
    from_scene = One(
        Scene, by="from_scene", load=scenes_by_id, description="The scene that it leaves."
    )
    to_scene_id = Column(
        graphene.ID, "to_scene", description="The id of the scene that it leads to.", required=True
    )
    to_scene = One(
        Scene, by="to_scene", load=scenes_by_id, description="The scene that it leads to."
    )
    condition_error = Column(
        ConditionError, "condition_error", description="Why the condition cannot be evaluated."
    )
    once = Column(
        graphene.Boolean,
        "once",
        read=lambda row: bool(row.get("once")),
        description="Whether it can be taken only once in a play.",
        required=True,
    )
    effects = Column(
        graphene.List(graphene.NonNull(Effect)),
        "effects",
        read=_list_of("effects"),
        description="What taking it changes.",
        required=True,
    )


ScenarioConnection = connection_type(Scenario)
