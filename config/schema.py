"""The one GraphQL schema: the root fields of every app on one screen."""

from __future__ import annotations

import graphene

from assets.graphql.deprecated import DeprecatedAssetMutations
from assets.graphql.mutations import AssetMutations
from assets.graphql.schema import AssetQueries
from assets.graphql.subscriptions import AssetSubscriptions
from config.nodes import NodeQueries
from generation.graphql.schema import GenerationMutations, GenerationQueries
from generation.graphql.subscriptions import JobSubscriptions
from projects.videos.graphql.mutations import ProjectMutations
from projects.videos.graphql.schema import ProjectQueries, ProjectSubscriptions
from projects.videos.graphql.stages import StageMutations
from scenarios.graphql.schema import ScenarioQueries, StoryMutations
from scenarios.graphql.subscriptions import ScenarioSubscriptions
from storycore.accounts.graphql.mutations import AccountMutations
from storycore.accounts.graphql.schema import AccountQueries
from storycore.health.graphql import HealthQueries


class Query(
    ProjectQueries,
    GenerationQueries,
    ScenarioQueries,
    AssetQueries,
    AccountQueries,
    HealthQueries,
    NodeQueries,
):
    """Everything that can be read."""


class Mutation(
    ProjectMutations,
    StageMutations,
    GenerationMutations,
    StoryMutations,
    AssetMutations,
    DeprecatedAssetMutations,
    AccountMutations,
):
    """Everything that can be changed."""


class Subscription(
    ProjectSubscriptions, JobSubscriptions, ScenarioSubscriptions, AssetSubscriptions
):
    """Everything that can be followed live, over WebSocket or server-sent events."""


schema = graphene.Schema(query=Query, mutation=Mutation, subscription=Subscription)
