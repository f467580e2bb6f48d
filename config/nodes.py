"""Which type does an id belong to? `node(id)` asks each app in turn, under its own access rules."""

from __future__ import annotations

import graphene
from graphql import GraphQLResolveInfo

from assets.graphql.schema import NODES as ASSET_NODES
from generation.graphql.schema import NODES as JOB_NODES
from projects.videos.graphql.schema import NODES as PROJECT_NODES
from scenarios.graphql.schema import NODES as STORY_NODES
from storycore.graphql.relations import Record, Siblings, selected
from storycore.graphql.types import Node
from storycore.ids import find_id

NODES = {**STORY_NODES, **ASSET_NODES, **JOB_NODES, **PROJECT_NODES}


class NodeQueries(graphene.ObjectType):
    """Reading anything by its id."""

    class Meta:
        abstract = True

    node = graphene.Field(
        Node,
        id=graphene.ID(required=True, description="The id of anything."),
        description="Whatever has this id; null when there is nothing that you may read.",
    )

    def resolve_node(self, info: GraphQLResolveInfo, id: str) -> Record | None:  # noqa: A002 - GraphQL's name
        key = find_id(id)
        if key is None:
            return None
        for type_, rows in NODES.items():
            row = rows.find(info.context.actor, key, selected(info, type_))
            if row is not None:
                return Siblings.records([row | {"__type__": type_}])[0]
        return None
