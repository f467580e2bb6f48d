"""The one GraphQL schema: the root fields of every app on one screen."""

from __future__ import annotations

import graphene
from assets.graphql.schema import AssetMutations, AssetQueries
from storycore.accounts.graphql.schema import AccountMutations, AccountQueries

from config.nodes import NodeQueries
from scenarios.graphql.schema import ScenarioQueries, StoryMutations


class Query(ScenarioQueries, AssetQueries, AccountQueries, NodeQueries):
    """Everything that can be read."""


class Mutation(StoryMutations, AssetMutations, AccountMutations):
    """Everything that can be changed."""


schema = graphene.Schema(query=Query, mutation=Mutation)
