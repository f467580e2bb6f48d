"""The mutations of whole scenarios."""

from __future__ import annotations

from typing import Any, ClassVar

import graphene

from scenarios.graphql.expression_errors import expression_errors
from scenarios.graphql.inputs import (
    SCENE_RENAMES,
    CreateScenarioInput,
    SaveScenarioInput,
    UpdateScenarioInput,
    saved_scenes,
    scenario_changes,
)
from scenarios.graphql.types.story import Scenario
from scenarios.queries.scenarios import scenarios_by_id
from scenarios.services import scenarios as services
from scenarios.services.graph_saving import save_scenario
from storycore.errors import Conflict, StoryCoreError
from storycore.graphql.context import Context
from storycore.graphql.mutation import Mutation
from storycore.graphql.relations import Column, One
from storycore.ids import parse_id
from storycore.mongo.reading import Row

_ID = graphene.ID(required=True, description="The scenario's id.")


def _scenario(description: str) -> One:
    return One(Scenario, by="scenario", load=scenarios_by_id, description=description)


class CreateScenario(Mutation):
    """Makes an empty scenario that belongs to you."""

    class Arguments:
        input = CreateScenarioInput(required=True, description="The new scenario.")

    scenario = _scenario("The scenario as stored.")

    @classmethod
    def perform(cls, context: Context, *, input: dict[str, Any]) -> Row:
        key = services.create_scenario(context.actor, scenario_changes(input))
        return {"scenario": key, "message": "Scenario created."}


class UpdateScenario(Mutation):
    """Changes a scenario's own fields; only its owner or an admin may."""

    class Arguments:
        id = _ID
        input = UpdateScenarioInput(required=True, description="What changes.")

    renames: ClassVar = SCENE_RENAMES | {"scenario": "id"}
    scenario = _scenario("The scenario as stored.")

    @classmethod
    def perform(cls, context: Context, *, id: str, input: dict[str, Any]) -> Row:
        key = parse_id(id)
        scenes = saved_scenes(input.get("scenes"))
        if scenes is None:
            services.update_scenario(context.actor, key, scenario_changes(input))
            return {"scenario": key, "message": "Scenario updated."}
        saved = save_scenario(context.actor, key, scenario_changes(input), scenes)
        return {
            "scenario": key,
            "message": "Scenario updated.",
            "user_errors": expression_errors(saved.problems, cls.renames),
        }


class DeleteScenario(Mutation):
    """Removes a scenario with all its scenes and choices; only its owner or an admin may."""

    class Arguments:
        id = _ID

    deleted_id = Column(graphene.ID, "deleted_id", description="The id of what is gone.")
    deleted_scenes = Column(
        graphene.Int, "deleted_scenes", description="How many scenes went with it."
    )
    deleted_choices = Column(
        graphene.Int, "deleted_choices", description="How many choices went with it."
    )

    @classmethod
    def perform(cls, context: Context, *, id: str) -> Row:
        key = parse_id(id)
        gone = services.delete_scenario(context.actor, key)
        return {
            "deleted_id": key,
            "deleted_scenes": gone.scenes,
            "deleted_choices": gone.choices,
            "message": "Scenario deleted.",
        }


class DuplicateScenario(Mutation):
    """Copies a scenario that you may edit, with all scenes and choices; the copy is unpublished."""

    class Arguments:
        id = _ID

    scenario = _scenario("The copy.")

    @classmethod
    def perform(cls, context: Context, *, id: str) -> Row:
        key = services.duplicate_scenario(context.actor, parse_id(id))
        return {"scenario": key, "message": "Scenario duplicated."}


class IdMapping(graphene.ObjectType):
    """The id that a client key has now."""

    key = graphene.String(required=True, description="The client key that was sent.")
    id = graphene.ID(required=True, description="The stored id.")


class SaveConflict(graphene.ObjectType):
    """Where the story stands, when somebody else has changed it."""

    revision = graphene.Int(required=True, description="Its present revision.")


class SaveScenario(Mutation):
    """Saves a whole story in one transaction: scenes and choices are created, changed and removed.

    A stale expectedRevision is refused with CONFLICT and the present revision; nothing is written then.
    """

    class Arguments:
        id = _ID
        expected_revision = graphene.Int(
            description="The revision that was read; leave it out to write whatever is there."
        )
        input = SaveScenarioInput(required=True, description="The story as it shall be.")

    renames: ClassVar = SCENE_RENAMES | {"scenario": "id"}
    scenario = _scenario("The scenario as stored.")
    revision = Column(graphene.Int, "revision", description="The scenario's revision now.")
    id_map = Column(
        graphene.List(graphene.NonNull(IdMapping)),
        "id_map",
        description="The stored ids of the client keys that were sent.",
    )
    created = Column(graphene.Int, "created", description="How many scenes and choices are new.")
    updated = Column(graphene.Int, "updated", description="How many scenes and choices changed.")
    removed = Column(graphene.Int, "removed", description="How many scenes and choices went.")
    conflict = Column(
        SaveConflict, "conflict", description="Where the story stands, after a refusal."
    )

    @classmethod
    def perform(
        cls,
        context: Context,
        *,
        id: str,
        input: dict[str, Any],
        expected_revision: int | None = None,
    ) -> Row:
        key = parse_id(id)
        saved = save_scenario(
            context.actor,
            key,
            scenario_changes(input),
            saved_scenes(input.get("scenes")),
            expected_revision=expected_revision,
        )
        return {
            "scenario": key,
            "revision": saved.revision,
            "id_map": [IdMapping(key=name, id=found) for name, found in saved.keys.items()],
            "created": saved.created,
            "updated": saved.updated,
            "removed": saved.removed,
            "message": "Scenario saved.",
            "user_errors": expression_errors(saved.problems, cls.renames),
        }

    @classmethod
    def refused(cls, problem: StoryCoreError) -> Row:
        row = super().refused(problem)
        if isinstance(problem, Conflict) and "revision" in problem.details:
            row["conflict"] = SaveConflict(revision=problem.details["revision"])
        return row


class ScenarioMutations(graphene.ObjectType):
    """The root fields of this module."""

    class Meta:
        abstract = True

    create_scenario = CreateScenario.field()
    update_scenario = UpdateScenario.field()
    delete_scenario = DeleteScenario.field()
    duplicate_scenario = DuplicateScenario.field()
    save_scenario = SaveScenario.field()
