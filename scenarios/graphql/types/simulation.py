"""How does a simulation look in GraphQL?"""

from __future__ import annotations

import graphene

from storycore.graphql.scalars import JSON


def _ids(description: str) -> graphene.List:
    return graphene.List(graphene.NonNull(graphene.ID), required=True, description=description)


class SimulatedEnding(graphene.ObjectType):
    """An end scene."""

    scene_id = graphene.ID(required=True, description="The scene.")
    chance = graphene.Float(required=True, description="Its share of all plays, 0 to 1.")
    shortest_path = graphene.List(
        graphene.NonNull(graphene.ID),
        description="The choices of a shortest way there; null when it was never reached.",
    )


class SimulatedStuck(graphene.ObjectType):
    """A place where no choice can be taken."""

    scene_id = graphene.ID(required=True, description="The scene.")
    variables = JSON(required=True, description="The values that hold there.")
    path = _ids("The choices that lead there.")


class ReadingTime(graphene.ObjectType):
    """Minutes of reading to an ending, at 200 words a minute."""

    shortest = graphene.Float(required=True, description="The quickest play.")
    median = graphene.Float(required=True, description="Half of the plays took less.")
    mean = graphene.Float(required=True, description="The average.")
    ninetieth = graphene.Float(required=True, description="Nine of ten plays took less.")
    longest = graphene.Float(required=True, description="The longest play.")


class SimulationProblem(graphene.ObjectType):
    """A condition or an effect that failed in a play."""

    scene_id = graphene.ID(required=True, description="The scene.")
    choice_id = graphene.ID(description="The choice; null when it is the scene's own.")
    message = graphene.String(required=True, description="What failed.")


class Simulation(graphene.ObjectType):
    """What exploring a story and playing it by chance showed."""

    complete = graphene.Boolean(
        required=True, description="Whether every state was visited, so that the rest is proven."
    )
    states = graphene.Int(required=True, description="How many states were visited.")
    runs = graphene.Int(required=True, description="How many plays were played.")
    seed = graphene.Int(required=True, description="The same seed gives the same result.")
    unreached_scenes = _ids("Scenes that no play came to.")
    unreached_choices = _ids("Choices that no play took.")
    endings = graphene.List(
        graphene.NonNull(SimulatedEnding), required=True, description="Every end scene."
    )
    stuck_chance = graphene.Float(required=True, description="The share of plays that got stuck.")
    unfinished_chance = graphene.Float(
        required=True, description="The share of plays that were cut off as too long."
    )
    reading_minutes = graphene.Field(
        ReadingTime, description="How long readers read; null when no play came to an ending."
    )
    stuck = graphene.List(
        graphene.NonNull(SimulatedStuck), required=True, description="The first 50 stuck states."
    )
    stuck_count = graphene.Int(required=True, description="How many stuck states there are.")
    problems = graphene.List(
        graphene.NonNull(SimulationProblem), required=True, description="What failed in plays."
    )
