"""How does the check of a story look in GraphQL?"""

from __future__ import annotations

from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from scenarios.services.linting import LintReport, lint_scenario
from storycore.ids import parse_id


class LintFinding(graphene.ObjectType):
    """One fact about a story that its author should know."""

    code = graphene.String(required=True, description="A stable word, such as DEAD_END.")
    severity = graphene.String(
        required=True, description="error, warning or info; errors stand in the way of readers."
    )
    message = graphene.String(required=True, description="A sentence for the author.")
    scene_id = graphene.ID(description="The scene that it is about.")
    choice_id = graphene.ID(description="The choice that it is about.")


class LintCounts(graphene.ObjectType):
    """How many findings of each severity there are."""

    error = graphene.Int(required=True, description="What readers would meet as broken.")
    warning = graphene.Int(required=True, description="What is probably not meant.")
    info = graphene.Int(required=True, description="What is worth a look.")


class LintScenario(graphene.ObjectType):
    """The check of a whole story."""

    ok = graphene.Boolean(required=True, description="Whether there is no error.")
    findings = graphene.List(
        graphene.NonNull(LintFinding), required=True, description="All findings."
    )
    counts = graphene.Field(LintCounts, required=True, description="How many there are.")


class LintQueries(graphene.ObjectType):
    """Checking stories."""

    class Meta:
        abstract = True

    lint_scenario = graphene.Field(
        LintScenario,
        id=graphene.ID(required=True, description="The scenario's id."),
        description="Checks a story: unreachable scenes, dead ends, conditions that never hold.",
    )

    def resolve_lint_scenario(self: Any, info: GraphQLResolveInfo, id: str) -> LintReport:
        return lint_scenario(info.context.actor, parse_id(id))
