"""The root fields of video projects."""

from __future__ import annotations

from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from projects.videos.graphql.types import Project, ProjectConnection
from projects.videos.queries.projects import (
    PROJECT_CHANGES,
    count_projects,
    find_number,
    list_projects,
    page_of_projects,
    projects_by_id,
)
from projects.videos.queries.stats import studio_stats
from storycore.access import Actor
from storycore.graphql.connections import Listing, connection_field
from storycore.graphql.reads import LIMIT, ReadMany, ReadOne
from storycore.graphql.subscriptions import LiveRow
from storycore.mongo.reading import Row
from storycore.paging import parse_page


def _filters() -> dict[str, Any]:
    return {
        "status": graphene.String(
            description="draft, script_generated, audio_ready, images_ready or video_ready."
        ),
        "search": graphene.String(description="Words anywhere in the project."),
    }


def _list(
    actor: Actor,
    fields: frozenset[str],
    *,
    limit: int | None = None,
    offset: int | None = None,
    **filters: Any,
) -> list[Row]:
    return list_projects(actor, filters, parse_page(limit, offset), fields)


class Stats(graphene.ObjectType):
    """The figures of a dashboard: your own, for an admin everybody's."""

    total_projects = graphene.Int(required=True, description="Video projects.")
    total_shots = graphene.Int(required=True, description="Pictures that they plan or have.")
    total_assets = graphene.Int(required=True, description="Pictures, sounds and videos.")
    storage_used_mb = graphene.Float(
        required=True, description="The size of their files in megabytes."
    )
    active_jobs = graphene.Int(required=True, description="Jobs that wait or are worked on.")
    queued_jobs = graphene.Int(required=True, description="Jobs that wait.")
    processing_jobs = graphene.Int(required=True, description="Jobs that are worked on.")
    completed_jobs_today = graphene.Int(required=True, description="Done since midnight UTC.")
    failed_jobs_today = graphene.Int(required=True, description="Failed since midnight UTC.")
    cancelled_jobs_today = graphene.Int(required=True, description="Cancelled since midnight UTC.")


class ProjectQueries(graphene.ObjectType):
    """Reading projects."""

    class Meta:
        abstract = True

    project = ReadOne(Project, rows=projects_by_id, noun="project", alias=find_number)
    projects = ReadMany(
        Project, fetch=_list, **_filters(), **LIMIT, description="Your projects, newest first."
    )
    projects_connection = connection_field(
        ProjectConnection,
        Listing(
            page=page_of_projects,
            count=count_projects,
        ),
        **_filters(),
        description="The same list with cursors, for reading all of it.",
    )
    stats = graphene.Field(
        Stats,
        required=True,
        description="How much there is of yours, and how busy the workers are.",
    )

    def resolve_stats(self: Any, info: GraphQLResolveInfo) -> Stats:
        return Stats(**studio_stats(info.context.actor))


class ProjectSubscriptions(graphene.ObjectType):
    """Following projects."""

    class Meta:
        abstract = True

    project_updated = LiveRow(
        Project, source=PROJECT_CHANGES, rows=projects_by_id, noun="project", alias=find_number
    )


NODES = {Project: projects_by_id}
"""Where `node(id)` looks for the types of this app."""
