"""The old names of this app's root fields, kept for clients that send them."""

from __future__ import annotations

import graphene

from scenarios.graphql.types.story import Scenario, Scene
from scenarios.queries.scenarios import list_scenarios, scenarios_by_id
from scenarios.queries.scenes import STORY_ORDER, readable_in
from storycore.access import Actor
from storycore.graphql.reads import LIMIT, ReadMany, ReadOne
from storycore.mongo.reading import Row
from storycore.paging import parse_page


def _scenarios(
    actor: Actor, fields: frozenset[str], *, limit: int | None = None, offset: int | None = None
) -> list[Row]:
    return list_scenarios(actor, {}, parse_page(limit, offset), fields)


def _scenes(
    actor: Actor, fields: frozenset[str], *, limit: int | None = None, offset: int | None = None
) -> list[Row]:
    return readable_in(actor, parse_page(limit, offset), fields, sort=STORY_ORDER)


class DeprecatedScenarioQueries(graphene.ObjectType):
    """Old names of reads."""

    class Meta:
        abstract = True

    all_scenarios = ReadMany(
        Scenario,
        fetch=_scenarios,
        **LIMIT,
        description="Published scenarios and your own, newest first.",
        deprecation_reason="Use scenarios.",
    )
    scenario_by_id = ReadOne(
        Scenario,
        rows=scenarios_by_id,
        noun="scenario",
        deprecation_reason="Use scenario(id); scenarioId is read as id.",
    )
    scenes_list = ReadMany(
        Scene,
        fetch=_scenes,
        **LIMIT,
        description="Scenes of the scenarios that you may read.",
        deprecation_reason="Use scenario { scenes }.",
    )
