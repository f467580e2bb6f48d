"""The mutations of whole stories: publish and import."""

from __future__ import annotations

from typing import Any, ClassVar

import graphene

from scenarios.errors import NotPublishable
from scenarios.graphql.linting import LintFinding
from scenarios.graphql.types.story import Scenario
from scenarios.queries.scenarios import scenarios_by_id
from scenarios.services.importing import ImportOrder, import_story
from scenarios.services.publishing import publish_scenario, unpublish_scenario
from storycore.access import require_login
from storycore.errors import StoryCoreError
from storycore.graphql.context import Context
from storycore.graphql.mutation import Mutation
from storycore.graphql.relations import Column, One
from storycore.graphql.uploads import Upload
from storycore.ids import parse_id
from storycore.limits import check_rate
from storycore.mongo.reading import Row

_ID = graphene.ID(required=True, description="The scenario's id.")
# Reading and writing 20,000 passages takes a while, most of it outside of MongoDB.
IMPORT_SECONDS = 60.0


def _scenario(description: str) -> One:
    return One(Scenario, by="scenario", load=scenarios_by_id, description=description)


class PublishScenario(Mutation):
    """Lets everybody read and play a story of yours. Errors of its check stand in the way, unless force."""

    class Arguments:
        id = _ID
        force = graphene.Boolean(description="Publish it although the check found errors.")

    scenario = _scenario("The scenario as stored.")
    findings = Column(
        graphene.List(graphene.NonNull(LintFinding)),
        "findings",
        description="What the check found; after a refusal the errors.",
        read=lambda row: row.get("findings") or [],
        required=True,
    )

    @classmethod
    def perform(cls, context: Context, *, id: str, force: bool = False) -> Row:
        key = parse_id(id)
        findings = publish_scenario(context.actor, key, force=bool(force))
        return {"scenario": key, "findings": findings, "message": "Published."}

    @classmethod
    def refused(cls, problem: StoryCoreError) -> Row:
        row = super().refused(problem)
        if isinstance(problem, NotPublishable):
            row["findings"] = [
                LintFinding(
                    code=one["code"],
                    severity="error",
                    message=one["message"],
                    scene_id=one["sceneId"],
                    choice_id=one["choiceId"],
                )
                for one in problem.details["findings"]
            ]
        return row


class UnpublishScenario(Mutation):
    """Closes a story of yours to everybody else."""

    class Arguments:
        id = _ID

    scenario = _scenario("The scenario as stored.")

    @classmethod
    def perform(cls, context: Context, *, id: str) -> Row:
        key = parse_id(id)
        unpublish_scenario(context.actor, key)
        return {"scenario": key, "message": "No longer published."}


class KeptPiece(graphene.ObjectType):
    """A piece of a file that was not understood and stays as written."""

    passage = graphene.String(required=True, description="The passage it stands in.")
    text = graphene.String(required=True, description="The piece.")


class ImportReport(graphene.ObjectType):
    """What an import found."""

    format = graphene.String(required=True, description="What kind of file it was.")
    passages = graphene.Int(required=True, description="How many scenes.")
    links = graphene.Int(required=True, description="How many choices.")
    variables = graphene.Int(required=True, description="How many variables.")
    kept = graphene.List(
        graphene.NonNull(KeptPiece), required=True, description="What stays as written."
    )


class ImportStory(Mutation):
    """Stores a Twee, Twine, ink or Yarn file, a zip of ink files or a bundle as your story, whole or not."""

    class Arguments:
        file = Upload(required=True, description="The file, a part of a multipart request.")
        format = graphene.String(
            default_value="auto",
            description="auto, twee, twine-html, twine-json, ink, yarn or bundle.",
        )
        scenario_id = graphene.ID(description="A scenario of yours that it replaces.")
        dry_run = graphene.Boolean(
            default_value=False, description="Only report; nothing is written."
        )

    renames: ClassVar = {"scenario": "scenarioId"}
    scenario = _scenario("The scenario as stored; null after a dry run.")
    report = Column(ImportReport, "report", description="What was found.")

    @classmethod
    def waiting_seconds(cls) -> float:
        return IMPORT_SECONDS

    @classmethod
    def perform(
        cls,
        context: Context,
        *,
        file: Any,
        format: str = "auto",
        scenario_id: str | None = None,
        dry_run: bool = False,
    ) -> Row:
        check_rate("import", require_login(context.actor))
        order = ImportOrder(
            format=format or "auto",
            file_name=file.name,
            scenario=parse_id(scenario_id, field="scenario") if scenario_id else None,
            dry_run=bool(dry_run),
        )
        imported = import_story(context.actor, file.read(), order)
        found = imported.report
        report = ImportReport(
            format=found["format"],
            passages=found["passages"],
            links=found["links"],
            variables=found["variables"],
            kept=[KeptPiece(**piece) for piece in found["kept"]],
        )
        message = "Nothing was written." if imported.scenario is None else "Story imported."
        return {"scenario": imported.scenario, "report": report, "message": message}


class WholeStoryMutations(graphene.ObjectType):
    """The root fields of this module."""

    class Meta:
        abstract = True

    publish_scenario = PublishScenario.field()
    unpublish_scenario = UnpublishScenario.field()
    import_story = ImportStory.field()
