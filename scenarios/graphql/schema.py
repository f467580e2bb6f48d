"""The root fields of stories: the table of contents of this app's API."""

from __future__ import annotations

from typing import Any

import graphene

from scenarios.graphql.deprecated import DeprecatedScenarioQueries
from scenarios.graphql.linting import LintQueries
from scenarios.graphql.mutations.choices import ChoiceMutations
from scenarios.graphql.mutations.progress import ProgressMutations
from scenarios.graphql.mutations.scenarios import ScenarioMutations
from scenarios.graphql.mutations.scenes import SceneMutations
from scenarios.graphql.mutations.stories import WholeStoryMutations
from scenarios.graphql.playing import PlayQueries
from scenarios.graphql.types.progress import Progress
from scenarios.graphql.types.story import Choice, Scenario, ScenarioConnection, Scene
from scenarios.queries.choices import readable_choices
from scenarios.queries.progress import progress_by_id
from scenarios.queries.scenarios import (
    STORY_VERSION,
    count_scenarios,
    list_scenarios,
    page_of_scenarios,
    scenarios_by_id,
)
from scenarios.queries.scenes import readable_scenes
from storycore.access import Actor
from storycore.graphql.connections import Listing, connection_field
from storycore.graphql.reads import LIMIT, ReadMany, ReadOne
from storycore.graphql.sharing import Sharing
from storycore.mongo.reading import Row
from storycore.paging import parse_page

STORY = Sharing(
    version=STORY_VERSION,
    covers=frozenset({"Scenario", "ScenarioStats", "Scene", "Choice", "Asset"}),
    compared=frozenset({"User"}),
)
"""Readers of a published story share the answer as long as neither the story nor an asset of it changes."""


def _filters() -> dict[str, Any]:
    return {
        "search": graphene.String(description="Words in the title or the description."),
        "published": graphene.Boolean(description="Only published ones, or only unpublished ones."),
        "mine": graphene.Boolean(description="Only your own."),
    }


def _list_scenarios(
    actor: Actor,
    fields: frozenset[str],
    *,
    limit: int | None = None,
    offset: int | None = None,
    **filters: Any,
) -> list[Row]:
    return list_scenarios(actor, filters, parse_page(limit, offset), fields)


class ScenarioQueries(LintQueries, PlayQueries, DeprecatedScenarioQueries):
    """Reading stories."""

    class Meta:
        abstract = True

    scenario = ReadOne(Scenario, rows=scenarios_by_id, noun="scenario", sharing=STORY)
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
    scene = ReadOne(Scene, rows=readable_scenes, noun="scene")
    choice = ReadOne(Choice, rows=readable_choices, noun="choice")


class StoryMutations(
    ScenarioMutations, SceneMutations, ChoiceMutations, WholeStoryMutations, ProgressMutations
):
    """Writing stories."""

    class Meta:
        abstract = True


NODES = {
    Scenario: scenarios_by_id,
    Scene: readable_scenes,
    Choice: readable_choices,
    Progress: progress_by_id,
}
"""Where `node(id)` looks for the types of this app."""
