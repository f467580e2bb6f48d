"""The root fields of stories: the table of contents of this app's API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from scenarios.graphql.mutations.choices import ChoiceMutations
from scenarios.graphql.mutations.scenarios import ScenarioMutations
from scenarios.graphql.mutations.scenes import SceneMutations
from scenarios.graphql.types.story import Choice, Scenario, ScenarioConnection, Scene
from scenarios.queries.choices import find_choice
from scenarios.queries.scenarios import (
    count_scenarios,
    list_scenarios,
    page_of_scenarios,
    scenarios_by_id,
)
from scenarios.queries.scenes import find_scene
from storycore.access import Actor
from storycore.graphql.connections import Listing, connection_field
from storycore.graphql.reads import LIMIT, ReadMany, ReadOne
from storycore.ids import find_id
from storycore.mongo.reading import Row
from storycore.paging import parse_page


def _filters() -> dict[str, Any]:
    return {
        "search": graphene.String(description="Words in the title or the description."),
        "published": graphene.Boolean(description="Only published ones, or only unpublished ones."),
        "mine": graphene.Boolean(description="Only your own."),
    }


def _find_scenario(actor: Actor, fields: frozenset[str], *, id: str) -> Row | None:
    key = find_id(id)
    return None if key is None else scenarios_by_id(actor, [key], fields).get(key)


def _list_scenarios(
    actor: Actor,
    fields: frozenset[str],
    *,
    limit: int | None = None,
    offset: int | None = None,
    **filters: Any,
) -> list[Row]:
    return list_scenarios(actor, filters, parse_page(limit, offset), fields)


def _find_scene(actor: Actor, fields: frozenset[str], *, id: str) -> Row | None:
    key = find_id(id)
    return None if key is None else find_scene(actor, key, fields)


def _find_choice(actor: Actor, fields: frozenset[str], *, id: str) -> Row | None:
    key = find_id(id)
    return None if key is None else find_choice(actor, key, fields)


def _id(noun: str) -> graphene.ID:
    return graphene.ID(required=True, description=f"The {noun}'s id.")


class ScenarioQueries(graphene.ObjectType):
    """Reading stories."""

    class Meta:
        abstract = True

    scenario = ReadOne(
        Scenario,
        fetch=_find_scenario,
        id=_id("scenario"),
        description="One scenario; null when there is none that you may read.",
    )
    scenarios = ReadMany(
        Scenario,
        fetch=_list_scenarios,
        **_filters(),
        **LIMIT,
        description="Published scenarios and your own, newest first.",
    )
    scenarios_connection = connection_field(
        ScenarioConnection,
        Listing(page=page_of_scenarios, count=count_scenarios),
        **_filters(),
        description="The same list with cursors, for reading all of it.",
    )
    scene = ReadOne(
        Scene,
        fetch=_find_scene,
        id=_id("scene"),
        description="One scene; null when there is none that you may read.",
    )
    choice = ReadOne(
        Choice,
        fetch=_find_choice,
        id=_id("choice"),
        description="One choice; null when there is none that you may read.",
    )


class StoryMutations(ScenarioMutations, SceneMutations, ChoiceMutations):
    """Writing stories."""

    class Meta:
        abstract = True


NODES: Mapping[Any, Any] = {Scenario: _find_scenario, Scene: _find_scene, Choice: _find_choice}
"""How `node(id)` finds the types of this app."""
