"""The root fields of generation: the table of contents of this app's API."""

from __future__ import annotations

from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from generation.graphql.deprecated import DeprecatedGenerationMutations
from generation.graphql.mutations.generating import GeneratingMutations
from generation.graphql.mutations.jobs import JobMutations
from generation.graphql.mutations.simulating import SimulatingMutations
from generation.graphql.types import Estimate, Job, JobConnection, JobStats, ProviderInfo
from generation.queries.catalog import all_makers
from generation.queries.jobs import count_jobs, job_stats, jobs_by_id, list_jobs, page_of_jobs
from generation.queries.provider_status import provider_rows
from generation.services.estimating import estimate
from storycore.access import Actor, require_login
from storycore.graphql.connections import Listing, connection_field
from storycore.graphql.reads import LIMIT, ReadMany, ReadOne
from storycore.ids import parse_id
from storycore.mongo.reading import Row
from storycore.paging import parse_page

_IDS = {"scenario_id": "scenario", "scene_id": "scene"}


def _filters() -> dict[str, Any]:
    return {
        "status": graphene.String(
            description="queued, processing, completed, failed or cancelled."
        ),
        "kind": graphene.String(description="image, speech, music, effect, text ..."),
        "scenario_id": graphene.ID(description="Only those for this scenario."),
        "scene_id": graphene.ID(description="Only those for this scene."),
        "project_id": graphene.ID(description="Only those for this project."),
    }


def _parsed(filters: dict[str, Any]) -> dict[str, Any]:
    parsed = {name: filters.get(name) for name in ("status", "kind")}
    parsed["project"] = filters.get("project_id")
    for name, stored_name in _IDS.items():
        if filters.get(name) is not None:
            parsed[stored_name] = parse_id(filters[name], field=f"{stored_name}Id")
    return parsed


def _list_jobs(
    actor: Actor,
    fields: frozenset[str],
    *,
    limit: int | None = None,
    offset: int | None = None,
    **filters: Any,
) -> list[Row]:
    return list_jobs(actor, _parsed(filters), parse_page(limit, offset), fields)


class GenerationQueries(graphene.ObjectType):
    """Reading jobs and who does them."""

    class Meta:
        abstract = True

    job = ReadOne(Job, rows=jobs_by_id, noun="job")
    jobs = ReadMany(
        Job,
        fetch=_list_jobs,
        **_filters(),
        **LIMIT,
        description="Your jobs, newest first; an admin sees everybody's.",
    )
    jobs_connection = connection_field(
        JobConnection,
        Listing(
            page=lambda actor, filters, window, fields: page_of_jobs(
                actor, _parsed(dict(filters)), window, fields
            ),
            count=lambda actor, filters: count_jobs(actor, _parsed(dict(filters))),
        ),
        **_filters(),
        description="The same list with cursors, for reading all of it.",
    )
    job_stats = graphene.Field(
        JobStats, required=True, description="How busy the workers are with your jobs."
    )
    providers = graphene.List(
        graphene.NonNull(ProviderInfo),
        required=True,
        task=graphene.String(description="Only those of one task."),
        description="Who makes what on this server, and whether it works.",
    )
    estimate_generation = graphene.Field(
        Estimate,
        required=True,
        task=graphene.String(required=True, description="image, speech, music, effect or text."),
        prompt=graphene.String(default_value="", description="The words; some prices count them."),
        count=graphene.Int(default_value=1, description="How many, 1 to 1000."),
        duration=graphene.Float(description="Seconds, where the price counts them."),
        provider=graphene.String(description="Who would make it; without it, the first."),
        description="What an order would cost, where prices are set; nothing is ordered.",
    )

    def resolve_job_stats(self: Any, info: GraphQLResolveInfo) -> Row:
        return job_stats(info.context.actor)

    def resolve_providers(
        self: Any, info: GraphQLResolveInfo, task: str | None = None
    ) -> list[ProviderInfo]:
        require_login(info.context.actor)
        makers = [one for one in all_makers() if task in (None, one.task)]
        return [ProviderInfo(**row) for row in provider_rows(makers)]

    def resolve_estimate_generation(self: Any, info: GraphQLResolveInfo, **given: Any) -> Estimate:
        require_login(info.context.actor)
        return Estimate(**estimate(**given))


class GenerationMutations(
    GeneratingMutations, JobMutations, SimulatingMutations, DeprecatedGenerationMutations
):
    """Ordering and steering jobs."""

    class Meta:
        abstract = True


NODES = {Job: jobs_by_id}
"""Where `node(id)` looks for the types of this app."""
