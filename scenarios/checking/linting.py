"""What should the author of a story know before readers meet it?"""

from __future__ import annotations

from collections.abc import Mapping

from scenarios.checking.conditions import condition_findings
from scenarios.checking.findings import DEFAULT_SEVERITIES, Finding, Grade, graded
from scenarios.checking.media import media_findings
from scenarios.checking.structure import structure_findings
from scenarios.checking.stuck import stuck_findings
from scenarios.logic.compiling import Game, compile_story
from scenarios.logic.story import Story

LONG_SCENE_WORDS = 500
MAX_STATES = 2000


def lint(
    story: Story,
    severities: Mapping[str, Grade] | None = None,
    *,
    long_scene_words: int = LONG_SCENE_WORDS,
    max_states: int = MAX_STATES,
) -> list[Finding]:
    """All findings of a story: what concerns the whole first, then scene by scene in story order.

    `severities` replaces default severities by code; `off` silences a code. `max_states` bounds the
    search for STUCK_POSSIBLE. Raises InvalidInput for a code or severity that does not exist.
    """
    game = compile_story(story)
    findings = [
        *structure_findings(game),
        *condition_findings(game),
        *stuck_findings(game, max_states),
        *media_findings(story, long_scene_words),
    ]
    return graded(sorted(findings, key=_Places(game).of), severities or {})


class _Places:
    """Where in the story, and there in which order, a finding is told."""

    def __init__(self, game: Game) -> None:
        self.scenes = {scene: index for index, scene in enumerate(game.scenes)}
        self.choices = {
            choice.choice.id: index
            for scene in game.scenes.values()
            for index, choice in enumerate(scene.choices)
        }
        self.codes = {code: index for index, code in enumerate(DEFAULT_SEVERITIES)}

    def of(self, finding: Finding) -> tuple[int, int, int]:
        return (
            self.scenes.get(finding.scene_id or "", -1),
            self.choices.get(finding.choice_id or "", -1),
            self.codes[finding.code],
        )
