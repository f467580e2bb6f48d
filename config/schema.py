"""The one GraphQL schema: the root fields of every app on one screen."""

from __future__ import annotations

import graphene

from assets.graphql.mutations import AssetMutations
from assets.graphql.schema import AssetQueries
from config.nodes import NodeQueries
from generation.graphql.schema import GenerationMutations, GenerationQueries
from scenarios.graphql.schema import ScenarioQueries, StoryMutations
from storycore.accounts.graphql.mutations import AccountMutations
from storycore.accounts.graphql.schema import AccountQueries


class Query(GenerationQueries, ScenarioQueries, AssetQueries, AccountQueries, NodeQueries):
    """Everything that can be read."""


class Mutation(GenerationMutations, StoryMutations, AssetMutations, AccountMutations):
    """Everything that can be changed."""


schema = graphene.Schema(query=Query, mutation=Mutation)
