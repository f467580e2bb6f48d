"""What can be wrong with a story, how is it called, and how bad is it?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, get_args

from scenarios.logic.story import Scene
from storycore.errors import InvalidInput

Severity = Literal["error", "warning", "info"]
Grade = Literal["error", "warning", "info", "off"]

# Errors block publishing: with one of these a reader meets something broken. All else is advice.
DEFAULT_SEVERITIES: Mapping[str, Severity] = MappingProxyType(
    {
        "NO_START": "error",
        "MANY_STARTS": "error",
        "BROKEN_TARGET": "error",
        "CONDITION_ERROR": "error",
        "UNDECLARED_VARIABLE": "error",
        "UNREACHABLE_SCENE": "warning",
        "DEAD_END": "warning",
        "NO_PATH_TO_END": "warning",
        "STUCK_POSSIBLE": "warning",
        "SELF_LOOP_WITHOUT_EFFECT": "warning",
        "DUPLICATE_CHOICE_TEXT": "warning",
        "CONDITION_NEVER_TRUE": "warning",
        "CONDITION_ALWAYS_TRUE": "info",
        "VARIABLE_NEVER_READ": "info",
        "VARIABLE_NEVER_SET": "info",
        "EMPTY_TEXT": "warning",
        "LONG_SCENE": "info",
        "MISSING_IMAGE": "info",
        "MISSING_SOUND": "info",
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact about a story that its author should know; ids say where, None means the whole story."""

    code: str
    severity: Severity
    message: str
    scene_id: str | None = None
    choice_id: str | None = None


def found(code: str, message: str, scene: str | None = None, choice: str | None = None) -> Finding:
    """A finding with the default severity of its code."""
    return Finding(code, DEFAULT_SEVERITIES[code], message, scene, choice)


def graded(findings: Iterable[Finding], severities: Mapping[str, Grade]) -> list[Finding]:
    """The findings with severities as set; those that are `off` are left out.

    Raises InvalidInput for a code or a severity that does not exist: a setting with a typing error
    must not silently change nothing.
    """
    for code, grade in severities.items():
        if code not in DEFAULT_SEVERITIES:
            raise InvalidInput(f"There is no finding {code}.", field="severities")
        if grade not in get_args(Grade):
            raise InvalidInput(f"{grade} is no severity.", field="severities")
    kept = []
    for finding in findings:
        grade = severities.get(finding.code, finding.severity)
        if grade != "off":
            same = grade == finding.severity
            kept.append(finding if same else replace(finding, severity=grade))
    return kept


def counts(findings: Iterable[Finding]) -> dict[Severity, int]:
    """How many findings of each severity there are; every severity is there."""
    numbers: dict[Severity, int] = {"error": 0, "warning": 0, "info": 0}
    for finding in findings:
        numbers[finding.severity] += 1
    return numbers


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that forbid publishing."""
    return [finding for finding in findings if finding.severity == "error"]


def called(scene: Scene) -> str:
    """A scene as messages name it."""
    return f"“{scene.title or scene.id}”"
