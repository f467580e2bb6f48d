"""The mutations of readers."""

from __future__ import annotations

from typing import ClassVar

import graphene

from scenarios.graphql.types.progress import Progress
from scenarios.queries.progress import any_progress_by_id
from scenarios.services import play as services
from storycore.graphql.context import Context
from storycore.graphql.mutation import Mutation
from storycore.graphql.relations import Column, One
from storycore.ids import parse_id
from storycore.limits import check_rate
from storycore.mongo.reading import Row

_TOKEN = graphene.String(description="What createProgress answered to a reader without a login.")
_ID = graphene.ID(required=True, description="The progress's id.")


def _progress() -> One:
    # The service has made sure that it is the reader's.
    return One(
        Progress, by="progress", load=any_progress_by_id, description="The progress as stored."
    )


class CreateProgress(Mutation):
    """Begins a story that you may read. Without a login the answer carries a token for this play."""

    class Arguments:
        scenario_id = graphene.ID(required=True, description="The story's id.")

    renames: ClassVar = {"scenario": "scenarioId"}
    progress = _progress()
    token = Column(
        graphene.String, "token", description="To be shown from now on; null with a login."
    )

    @classmethod
    def perform(cls, context: Context, *, scenario_id: str) -> Row:
        check_rate("play", context.actor.user_id or context.client)
        begun = services.create_progress(context.actor, parse_id(scenario_id, field="scenario"))
        return {"progress": begun.id, "token": begun.token, "message": "The story begins."}


class RecordProgress(Mutation):
    """Takes a choice of the scene that you are in; its condition must hold."""

    class Arguments:
        progress_id = _ID
        choice_id = graphene.ID(required=True, description="The choice's id.")
        time_spent = graphene.Float(description="Seconds spent on the scene that is left.")
        token = _TOKEN

    renames: ClassVar = {"choice": "choiceId"}
    progress = _progress()

    @classmethod
    def perform(
        cls,
        context: Context,
        *,
        progress_id: str,
        choice_id: str,
        time_spent: float | None = None,
        token: str | None = None,
    ) -> Row:
        key = parse_id(progress_id, field="progress_id")
        services.record_progress(
            context.actor,
            key,
            parse_id(choice_id, field="choice_id"),
            seconds=time_spent or 0.0,
            token=token,
        )
        return {"progress": key, "message": "Chosen."}


class GoBackInHistory(Mutation):
    """Goes back so many choices: scene and variables are what they were, and an ending is undone."""

    class Arguments:
        progress_id = _ID
        steps_back = graphene.Int(default_value=1, description="How many choices; 1 by default.")
        token = _TOKEN

    progress = _progress()

    @classmethod
    def perform(
        cls,
        context: Context,
        *,
        progress_id: str,
        steps_back: int = 1,
        token: str | None = None,
    ) -> Row:
        key = parse_id(progress_id, field="progress_id")
        services.go_back_in_history(context.actor, key, steps_back, token=token)
        return {"progress": key, "message": "Went back."}


class ProgressMutations(graphene.ObjectType):
    """The root fields of this module."""

    class Meta:
        abstract = True

    create_progress = CreateProgress.field()
    record_progress = RecordProgress.field()
    go_back_in_history = GoBackInHistory.field()
