"""The root fields of Subscription that jobs have."""

from __future__ import annotations

import graphene

from generation.graphql.types import Job
from generation.queries.changes import JOB_CHANGES
from generation.queries.jobs import jobs_by_id
from scenarios.queries.scenarios import scenarios_by_id
from storycore.access import Actor, require_login
from storycore.errors import InvalidInput, NotFound
from storycore.graphql.subscriptions import LiveField, LiveRow, Opened, resolve_row
from storycore.ids import find_id


def _open(actor: Actor, scenario_id: str | None = None, project_id: str | None = None) -> Opened:
    """All own jobs, or those for a scenario or a project; somebody else's are never told."""
    owner = require_login(actor)
    if scenario_id is not None and project_id is not None:
        raise InvalidInput("Name a scenario or a project, not both.", field="projectId")
    if project_id is not None:
        return Opened(("project", project_id))
    if scenario_id is None:
        return Opened(("owner", owner))
    key = find_id(scenario_id)
    if key is None or scenarios_by_id.find(actor, key, ("_id",)) is None:
        raise NotFound("There is no such scenario.", field="scenarioId")
    return Opened(("scenario", str(key)))


class JobSubscriptions(graphene.ObjectType):
    """Following jobs."""

    class Meta:
        abstract = True

    job_updated = LiveRow(Job, source=JOB_CHANGES, rows=jobs_by_id, noun="job")
    jobs_updated = LiveField(
        Job,
        source=JOB_CHANGES,
        open=_open,
        resolve=resolve_row,
        scenario_id=graphene.ID(description="Only those for this scenario."),
        project_id=graphene.ID(description="Only those for this project."),
        description="Each of your jobs after each change; one event for each job that changed.",
    )
