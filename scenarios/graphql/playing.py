"""The root fields of readers, and the addresses of exports."""

from __future__ import annotations

from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from scenarios.formats.decoding import file_stem
from scenarios.graphql.types.progress import PlayedScene, Progress, ReaderReport
from scenarios.queries.progress import list_own_progress, progress_by_id, reader_report
from scenarios.services.download_links import export_address
from scenarios.services.play import present_scene, require_progress
from storycore.access import Actor
from storycore.graphql.reads import LIMIT, ReadMany
from storycore.graphql.relations import Record, Siblings, selected
from storycore.ids import find_id, parse_id
from storycore.mongo.reading import Row
from storycore.paging import parse_page

_TOKEN = graphene.String(description="What createProgress answered to a reader without a login.")
_ENDINGS = {
    "twee": (".twee", "text/plain"),
    "twine-html": (".html", "text/html"),
    "twine-json": (".json", "application/json"),
    "bundle": (".story.zip", "application/zip"),
    "playable": (".html", "text/html"),
    "playable-zip": (".zip", "application/zip"),
}


class ExportedStory(graphene.ObjectType):
    """Where an export can be downloaded."""

    url = graphene.String(required=True, description="The address; it holds at least an hour.")
    filename = graphene.String(required=True, description="What the file is called.")
    mime_type = graphene.String(required=True, description="Its media type.")


def _own_progress(
    actor: Actor,
    fields: frozenset[str],
    *,
    scenario_id: str | None = None,
    limit: int | None = None,
    offset: int | None = None,
) -> list[Row]:
    scenario = parse_id(scenario_id, field="scenario_id") if scenario_id else None
    return list_own_progress(actor, parse_page(limit, offset), fields, scenario)


class PlayQueries(graphene.ObjectType):
    """Reading stories as a reader does."""

    class Meta:
        abstract = True

    progress = graphene.Field(
        Progress,
        id=graphene.ID(required=True, description="The progress's id."),
        token=_TOKEN,
        description="One play; null when there is none that is yours.",
    )
    my_progress = ReadMany(
        Progress,
        fetch=_own_progress,
        scenario_id=graphene.ID(description="Only plays of this story."),
        **LIMIT,
        description="Your own plays, the latest first.",
    )
    play_scene = graphene.Field(
        PlayedScene,
        progress_id=graphene.ID(required=True, description="The progress's id."),
        token=_TOKEN,
        description="What the reader sees now: the scene, the values, and every choice with why not.",
    )
    reader_report = graphene.Field(
        ReaderReport,
        scenario_id=graphene.ID(required=True, description="A scenario of yours."),
        description="How readers fare in a story of yours.",
    )
    export_story = graphene.Field(
        ExportedStory,
        id=graphene.ID(required=True, description="The scenario's id."),
        format=graphene.String(
            required=True,
            description="twee, twine-html, twine-json, bundle, playable or playable-zip.",
        ),
        description="Where a story can be downloaded as a file of another tool.",
    )

    def resolve_progress(
        self: Any, info: GraphQLResolveInfo, id: str, token: str | None = None
    ) -> Record | None:
        key = find_id(id)
        if key is None:
            return None
        actor = info.context.actor
        if token is not None:
            row: Row | None = require_progress(actor, key, token)
        else:
            row = progress_by_id.find(actor, key, selected(info, Progress))
        return None if row is None else Siblings.records([row])[0]

    def resolve_play_scene(
        self: Any, info: GraphQLResolveInfo, progress_id: str, token: str | None = None
    ) -> Record:
        found = present_scene(
            info.context.actor, parse_id(progress_id, field="progress_id"), token=token
        )
        offered = [
            {
                "choice": find_id(one.choice.id),
                "available": one.available,
                "reason": one.reason,
                "message": one.message,
            }
            for one in found.offers
        ]
        row = {
            "scene": found.scene,
            "variables": found.variables,
            "choices": Siblings.records(offered),
            "is_end": found.is_end,
            "was_moved": found.was_moved,
        }
        return Siblings.records([row])[0]

    def resolve_reader_report(self: Any, info: GraphQLResolveInfo, scenario_id: str) -> Row:
        return reader_report(info.context.actor, parse_id(scenario_id, field="scenario_id"))

    def resolve_export_story(
        self: Any, info: GraphQLResolveInfo, id: str, format: str
    ) -> ExportedStory:
        address, title = export_address(info.context.actor, parse_id(id), format)
        ending, mime_type = _ENDINGS[format]
        return ExportedStory(
            url=address, filename=f"{file_stem(title)}{ending}", mime_type=mime_type
        )
