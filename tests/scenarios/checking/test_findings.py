from __future__ import annotations

import pytest

from scenarios.checking.findings import (
    DEFAULT_SEVERITIES,
    Finding,
    blocking,
    called,
    counts,
    found,
    graded,
)
from storycore.errors import InvalidInput
from tests.scenarios.stories import a_scene

CONTRACT = (
    "NO_START, MANY_STARTS, BROKEN_TARGET, UNREACHABLE_SCENE, DEAD_END, NO_PATH_TO_END,"
    " SELF_LOOP_WITHOUT_EFFECT, DUPLICATE_CHOICE_TEXT, CONDITION_ERROR, CONDITION_NEVER_TRUE,"
    " CONDITION_ALWAYS_TRUE, UNDECLARED_VARIABLE, VARIABLE_NEVER_READ, VARIABLE_NEVER_SET,"
    " STUCK_POSSIBLE, MISSING_IMAGE, MISSING_SOUND, LONG_SCENE, EMPTY_TEXT"
)
FINDINGS = [found("NO_START", "a"), found("DEAD_END", "b", "s"), found("LONG_SCENE", "c", "s")]


def test_every_code_of_the_contract_has_a_severity() -> None:
    assert set(DEFAULT_SEVERITIES) == set(CONTRACT.split(", "))


def test_severities_are_the_default_ones_unless_set() -> None:
    assert graded(FINDINGS, {}) == FINDINGS
    assert graded(FINDINGS, {"DEAD_END": "error", "LONG_SCENE": "off", "NO_START": "error"}) == [
        Finding("NO_START", "error", "a"),
        Finding("DEAD_END", "error", "b", "s"),
    ]


@pytest.mark.parametrize("wrong", [{"DEADEND": "error"}, {"DEAD_END": "fatal"}])
def test_a_setting_with_a_typing_error_is_refused(wrong: dict) -> None:
    with pytest.raises(InvalidInput) as caught:
        graded([], wrong)

    assert caught.value.field == "severities"


def test_counts_and_what_blocks_publishing() -> None:
    assert counts(FINDINGS) == {"error": 1, "warning": 1, "info": 1}
    assert counts([]) == {"error": 0, "warning": 0, "info": 0}
    assert blocking(FINDINGS) == FINDINGS[:1]


def test_a_scene_without_title_is_called_by_its_id() -> None:
    assert called(a_scene("hall", title="The Hall")) == "“The Hall”"
    assert called(a_scene("hall", title="")) == "“hall”"
