"""What is wrong with a stored story, and may it be published?"""

from __future__ import annotations

from dataclasses import dataclass

from bson import ObjectId
from django.conf import settings

from scenarios.checking.findings import Finding, Severity, blocking, counts
from scenarios.checking.linting import lint
from scenarios.logic.story import Story
from scenarios.queries.stories import read_story
from storycore.access import Actor


@dataclass(frozen=True, slots=True)
class LintReport:
    """The findings, worst first, how many of each severity, and `ok` when none is an error."""

    ok: bool
    findings: list[Finding]
    counts: dict[Severity, int]


def lint_scenario(actor: Actor, scenario: ObjectId) -> LintReport:
    """Check a story that the actor may read.

    Raises NotFound.
    """
    findings = findings_of(read_story(actor, scenario))
    return LintReport(ok=not blocking(findings), findings=findings, counts=counts(findings))


def findings_of(story: Story) -> list[Finding]:
    """What the check finds, graded as LINT_SEVERITIES says. Raises InvalidInput for a wrong setting."""
    return lint(story, settings.LINT_SEVERITIES, long_scene_words=settings.LINT_LONG_SCENE_WORDS)
