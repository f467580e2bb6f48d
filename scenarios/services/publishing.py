"""May this story be published? Checked first; its errors stand in the way unless its author insists."""

from __future__ import annotations

from bson import ObjectId

from scenarios.checking.findings import Finding, blocking
from scenarios.errors import NotPublishable
from scenarios.queries.stories import read_story
from scenarios.services.linting import findings_of
from scenarios.services.scenarios import update_scenario
from storycore.access import Actor


def publish_scenario(actor: Actor, scenario: ObjectId, *, force: bool = False) -> list[Finding]:
    """Let everybody read and play a story; returns what the check found.

    Raises Unauthenticated, NotFound, Forbidden, and NotPublishable with the errors unless `force`.
    """
    findings = findings_of(read_story(actor, scenario))
    errors = blocking(findings)
    if errors and not force:
        raise NotPublishable(
            f"The story has {len(errors)} errors; mend them, or publish it all the same with force.",
            findings=[
                {
                    "code": one.code,
                    "message": one.message,
                    "sceneId": one.scene_id,
                    "choiceId": one.choice_id,
                }
                for one in errors
            ],
        )
    update_scenario(actor, scenario, {"is_published": True})
    return list(findings)


def unpublish_scenario(actor: Actor, scenario: ObjectId) -> None:
    """Close a story to everybody but its author. Raises Unauthenticated, NotFound, Forbidden."""
    update_scenario(actor, scenario, {"is_published": False})
