"""Which small values are embedded in stories?"""

from __future__ import annotations

import graphene

from storycore.graphql.scalars import JSON


class Position(graphene.ObjectType):
    """A place on the editor's canvas, in pixels from its origin."""

    x = graphene.Float(required=True, description="To the right.")
    y = graphene.Float(required=True, description="Downwards.")


class Variable(graphene.ObjectType):
    """A declared variable of a story."""

    name = graphene.String(required=True, description="The name that expressions use.")
    type = graphene.String(
        required=True, description="boolean, integer, number, string, enum or list."
    )
    default = JSON(description="Its value when a play begins.")
    min = graphene.Float(description="The least number that it can hold.")
    max = graphene.Float(description="The greatest number that it can hold.")
    values = graphene.List(
        graphene.NonNull(graphene.String), description="What a variable of type enum can hold."
    )
    description = graphene.String(description="What it stands for.")


class Effect(graphene.ObjectType):
    """One change that a choice makes to a variable."""

    variable = graphene.String(required=True, description="The variable's name.")
    op = graphene.String(required=True, description="set, add, toggle, append or remove.")
    value = graphene.String(description="An expression; empty for toggle.")


class ConditionError(graphene.ObjectType):
    """Why a condition cannot be evaluated, and where."""

    message = graphene.String(required=True, description="A sentence for the author.")
    reason = graphene.String(required=True, description="A stable word, such as SYNTAX.")
    line = graphene.Int(required=True, description="The line at fault, from 1.")
    column = graphene.Int(required=True, description="The column at fault, from 1.")
    caret = graphene.String(
        required=True, description="The line with a mark under the place, for a fixed-width font."
    )
