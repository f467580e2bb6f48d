from __future__ import annotations

import pytest

from scenarios.checking.conditions import condition_findings
from scenarios.checking.findings import Finding
from scenarios.logic.compiling import compile_story
from scenarios.logic.story import Effect, Story
from scenarios.logic.variables import Variable
from tests.scenarios.stories import GOLD, KEY, a_scene, a_story, an_end, put, to


def _findings(story: Story) -> list[Finding]:
    return list(condition_findings(compile_story(story)))


def _found(story: Story) -> list[tuple[str, str | None, str | None]]:
    return [(each.code, each.scene_id, each.choice_id) for each in _findings(story)]


def test_a_sound_story() -> None:
    story = a_story(
        a_scene("a", to("a", None, put("gold", "gold + 1")), to("end", "gold > 5")),
        an_end(visible_if="gold > 2"),
        variables=(GOLD,),
    )

    assert _found(story) == []


def test_faults_name_the_place() -> None:
    story = a_story(
        a_scene(
            "a",
            to("end", "gold >\n= 3", text="Pay"),
            to("end", None, put("gold", '"x"'), text="Beg"),
            on_enter=(put("gold", ""),),
            visible_if="gold",
        ),
        an_end(),
        variables=(GOLD,),
    )

    assert [
        (each.code, each.severity, each.message, each.scene_id, each.choice_id)
        for each in _findings(story)
    ] == [
        (
            "CONDITION_ERROR", "error",
            "The condition of “A”, line 1, column 1: A condition is true or false, not a number.",
            "a", None,
        ),
        (
            "CONDITION_ERROR", "error",
            "An effect of “A”, line 1, column 1: The expression is empty.", "a", None,
        ),
        (
            "CONDITION_ERROR", "error",
            "The condition of “Pay”, line 2, column 1: Write `==` to compare.", "a", "a-0",
        ),
        (
            "CONDITION_ERROR", "error",
            "An effect of “Beg”, line 1, column 1: gold cannot take a text here.", "a", "a-1",
        ),
    ]  # fmt: skip


def test_undeclared_variables_are_told_each_by_name() -> None:
    story = a_story(
        a_scene(
            "a",
            to("end", "gld > slver and gld < 3", text="Pay"),
            to("end", None, put("lamp", "oil + oil"), Effect("door", "toggle"), text="Light"),
        ),
        an_end(),
    )

    findings = _findings(story)

    assert {each.code for each in findings} == {"UNDECLARED_VARIABLE"}
    assert [(each.message, each.choice_id) for each in findings] == [
        ("The condition of “Pay” mentions gld, which is not declared.", "a-0"),
        ("The condition of “Pay” mentions slver, which is not declared.", "a-0"),
        ("An effect of “Light” mentions lamp, which is not declared.", "a-1"),
        ("An effect of “Light” mentions door, which is not declared.", "a-1"),
    ]


def test_conditions_that_make_no_difference() -> None:
    story = a_story(
        a_scene(
            "a",
            to("end", "gold > 100"),
            to("end", "gold >= 0"),
            to("end", 'visited("a")'),
            to("end", 'visited("end")'),
            visible_if='visited("a")',
        ),
        an_end(visible_if="gold < 0", on_enter=(put("gold", "1"),)),
        variables=(GOLD,),
    )

    assert _found(story) == [
        ("CONDITION_NEVER_TRUE", "a", "a-0"),
        ("CONDITION_ALWAYS_TRUE", "a", "a-1"),
        ("CONDITION_ALWAYS_TRUE", "a", "a-2"),
        ("CONDITION_NEVER_TRUE", "end", None),
    ]


def test_a_variable_that_nothing_sets_may_still_be_anything_it_can_hold() -> None:
    story = a_story(
        a_scene("a", to("end", "key"), to("end", "not key")), an_end(), variables=(KEY,)
    )

    assert _found(story) == [("VARIABLE_NEVER_SET", None, None)]


def test_variables_that_nobody_reads_or_sets() -> None:
    story = a_story(
        a_scene("a", to("end", "key", Effect("gold", "add", "2"), put("luck", "3"))),
        an_end(on_enter=(put("key", "luck > 2"),)),
        variables=(GOLD, KEY, Variable("luck", "integer"), Variable("idle", "list")),
    )

    assert [(each.code, each.message) for each in _findings(story)] == [
        ("VARIABLE_NEVER_READ", "No condition or effect reads gold."),
        ("VARIABLE_NEVER_READ", "No condition or effect reads idle."),
        ("VARIABLE_NEVER_SET", "No effect changes idle."),
    ]


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (None, None, True),
        ("key", None, True),
        ("key", "gold > 1", True),
        ("key", "not key", False),
        ("gold > 5", "gold <= 5", False),
        ("gold >", "key", True),
        ("once", "not once", True),
    ],
)
def test_choices_that_read_alike(first: str | None, second: str | None, *, told: bool) -> None:
    story = a_story(
        a_scene("a", to("a", first, text="Go  on"), to("end", second, text=" go ON")),
        an_end(on_enter=(Effect("key", "toggle"), put("gold", "gold + 2"))),
        variables=(GOLD, KEY),
    )

    duplicates = [each for each in _found(story) if each[0] == "DUPLICATE_CHOICE_TEXT"]

    assert duplicates == ([("DUPLICATE_CHOICE_TEXT", "a", "a-1")] if told else [])


def test_choices_without_text_are_not_called_alike() -> None:
    assert _found(a_story(a_scene("a", to("a", text=""), to("a", text=" ")))) == []


def test_hundreds_of_choices_that_read_alike_are_checked_in_no_time() -> None:
    choices = [to("a", f"gold == {n % 100}", text="Same") for n in range(600)]
    story = a_story(a_scene("a", *choices), variables=(GOLD,))

    told = [each for each in _found(story) if each[0] == "DUPLICATE_CHOICE_TEXT"]

    assert len(told) == 16 * 5
    assert told[0] == ("DUPLICATE_CHOICE_TEXT", "a", "a-100")
