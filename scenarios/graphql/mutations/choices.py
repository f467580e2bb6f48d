"""The mutations of choices."""

from __future__ import annotations

from typing import Any, ClassVar

import graphene

from scenarios.graphql.expression_errors import expression_errors
from scenarios.graphql.inputs import (
    SCENE_RENAMES,
    CreateChoiceInput,
    UpdateChoiceInput,
    choice_changes,
)
from scenarios.graphql.types.story import Choice
from scenarios.queries.choices import choices_by_id
from scenarios.services import choices as services
from scenarios.services.choices import SavedChoice
from storycore.graphql.context import Context
from storycore.graphql.mutation import Mutation
from storycore.graphql.relations import Column, One
from storycore.ids import parse_id
from storycore.mongo.reading import Row

_ID = graphene.ID(required=True, description="The choice's id.")


def _choice() -> One:
    return One(Choice, by="choice", load=choices_by_id, description="The choice as stored.")


def _saved(choice: SavedChoice, message: str) -> Row:
    """A choice is saved even when an expression of it is wrong; the errors then come along."""
    return {
        "choice": choice.id,
        "message": message,
        "user_errors": expression_errors(choice.problems, SCENE_RENAMES),
    }


class CreateChoice(Mutation):
    """Joins two scenes of a scenario that you own."""

    class Arguments:
        input = CreateChoiceInput(required=True, description="The new choice.")

    renames: ClassVar = SCENE_RENAMES
    choice = _choice()

    @classmethod
    def perform(cls, context: Context, *, input: dict[str, Any]) -> Row:
        changes = choice_changes(input)
        given: Any = changes
        return _saved(services.create_choice(context.actor, given), "Choice created.")


class UpdateChoice(Mutation):
    """Changes a choice of a scenario that you own; what is left out stays."""

    class Arguments:
        id = _ID
        input = UpdateChoiceInput(required=True, description="What changes.")

    renames: ClassVar = SCENE_RENAMES
    choice = _choice()

    @classmethod
    def perform(cls, context: Context, *, id: str, input: dict[str, Any]) -> Row:
        saved = services.update_choice(context.actor, parse_id(id), choice_changes(input))
        return _saved(saved, "Choice updated.")


class DeleteChoice(Mutation):
    """Removes a choice of a scenario that you own."""

    class Arguments:
        id = _ID

    deleted_id = Column(graphene.ID, "deleted_id", description="The id of what is gone.")

    @classmethod
    def perform(cls, context: Context, *, id: str) -> Row:
        key = parse_id(id)
        services.delete_choice(context.actor, key)
        return {"deleted_id": key, "message": "Choice deleted."}


class DeleteChoices(Mutation):
    """Removes several choices of one scenario that you own, all or none."""

    class Arguments:
        ids = graphene.List(
            graphene.NonNull(graphene.ID), required=True, description="The choices' ids."
        )

    deleted_count = Column(graphene.Int, "deleted_count", description="How many are gone.")

    @classmethod
    def perform(cls, context: Context, *, ids: list[str]) -> Row:
        keys = [parse_id(one, field=f"ids.{index}") for index, one in enumerate(ids)]
        count = services.delete_choices(context.actor, keys)
        return {"deleted_count": count, "message": f"{count} choices deleted."}


class ChoiceMutations(graphene.ObjectType):
    """The root fields of this module."""

    class Meta:
        abstract = True

    create_choice = CreateChoice.field()
    update_choice = UpdateChoice.field()
    delete_choice = DeleteChoice.field()
    delete_choices = DeleteChoices.field()
