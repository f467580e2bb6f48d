from __future__ import annotations

import pytest

from scenarios.errors import ExpressionError
from scenarios.logic.compiling import compile_condition, compile_story
from scenarios.logic.evaluation import Scope
from scenarios.logic.story import Scene, Story
from tests.scenarios.stories import GOLD, KEY, a_scene, a_story, an_end, put, to


def test_scenes_and_choices_come_in_order_and_the_first_start_counts() -> None:
    story = Story(
        "s",
        "S",
        scenes=(
            Scene("late", "L", "", is_start=True, order=9),
            Scene(
                "first", "F", "", order=0, choices=(to("late", id="x", order=2), to("b", id="y"))
            ),
            Scene("early", "E", "", is_start=True, order=5),
        ),
    )

    game = compile_story(story)

    assert list(game.scenes) == ["first", "early", "late"]
    assert game.start == "early"
    assert [choice.choice.id for choice in game.scenes["first"].choices] == ["y", "x"]


def test_a_story_without_start_has_none() -> None:
    assert compile_story(Story("s", "S", scenes=(Scene("a", "A", ""),))).start is None


def test_blank_conditions_ask_nothing() -> None:
    story = a_story(a_scene("a", to("a", ""), to("a", " \n"), to("a", None)))

    assert [c.condition for c in compile_story(story).scenes["a"].choices] == [None, None, None]


def test_the_same_text_is_compiled_once() -> None:
    story = a_story(
        a_scene("a", to("a", "key", put("key", "true")), to("a", "key", put("key", "true"))),
        variables=(KEY,),
    )

    one, two = compile_story(story).scenes["a"].choices

    assert one.condition is two.condition
    assert one.effects[0] is two.effects[0]


@pytest.mark.parametrize(
    ("text", "reason", "parsed"),
    [
        ("gold >", "SYNTAX", False),
        ("gold", "TYPE_MISMATCH", True),
        ("nosuch", "UNDECLARED_VARIABLE", True),
        ('visited("attic")', "UNKNOWN_SCENE", True),
    ],
)
def test_a_faulty_condition_stays_and_always_fails(text: str, reason: str, *, parsed: bool) -> None:
    condition = compile_condition(text, {"gold": GOLD}, {})

    assert (condition.expression is not None) is parsed
    for _ in range(2):
        with pytest.raises(ExpressionError) as caught:
            condition.holds(Scope({"gold": 1}))
        assert caught.value is condition.error
        assert caught.value.reason == reason


def test_everything_that_is_asked_can_be_listed() -> None:
    story = a_story(
        a_scene("a", to("end", "key", put("gold", "gold + 1")), on_enter=(put("key", "gold > 1"),)),
        an_end(visible_if="gold > ", on_enter=(put("key", "("),)),
        variables=(GOLD, KEY),
    )
    game = compile_story(story)

    assert [condition.text for condition in game.conditions()] == ["key", "gold > "]
    assert [effect.effect.value for effect in game.effects()] == ["gold > 1", "gold + 1", "("]
    assert [each.text for each in game.expressions()] == ["key", "gold > 1", "gold + 1"]
    assert game.initial_values() == {"gold": 0, "key": False}
