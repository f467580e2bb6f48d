from __future__ import annotations

import random

import pytest
from hypothesis import given, settings

from scenarios.checking.linting import lint
from scenarios.logic.compiling import compile_story
from scenarios.logic.playing import offers, start, take_choice
from scenarios.logic.story import Effect, Scene, Story
from storycore.errors import InvalidInput
from tests.scenarios.logic.strategies import stories
from tests.scenarios.stories import GOLD, KEY, a_scene, a_story, an_end, put, to


def _found(story: Story, **options: object) -> list[tuple[str, str | None, str | None]]:
    return [(each.code, each.scene_id, each.choice_id) for each in lint(story, **options)]  # type: ignore[arg-type]


def test_a_complete_story_is_clean() -> None:
    story = a_story(
        a_scene("a", to("b", None, Effect("key", "toggle")), to("end", "key")),
        a_scene("b", to("a")),
        an_end(),
        variables=(KEY,),
    )

    assert lint(story) == []


def test_findings_come_in_story_order_and_the_whole_first() -> None:
    story = a_story(
        a_scene("a", to("b", "gold > 500"), to("gone", "gold"), image=None),
        a_scene("b", text=""),
        a_scene("c", to("b", "gold > 1"), sound=None),
        variables=(GOLD, KEY),
    )

    assert _found(story) == [
        ("VARIABLE_NEVER_READ", None, None),
        ("VARIABLE_NEVER_SET", None, None),
        ("VARIABLE_NEVER_SET", None, None),
        ("NO_PATH_TO_END", "a", None),
        ("MISSING_IMAGE", "a", None),
        ("CONDITION_NEVER_TRUE", "a", "a-0"),
        ("BROKEN_TARGET", "a", "a-1"),
        ("CONDITION_ERROR", "a", "a-1"),
        ("DEAD_END", "b", None),
        ("EMPTY_TEXT", "b", None),
        ("UNREACHABLE_SCENE", "c", None),
        ("MISSING_SOUND", "c", None),
    ]


def test_options() -> None:
    story = a_story(
        a_scene("a", to("b"), text="one two three"),
        a_scene("b", to("a", "false", text="Back"), text="one two"),
    )

    assert _found(story) == [
        ("NO_PATH_TO_END", "a", None),
        ("STUCK_POSSIBLE", "b", None),
        ("CONDITION_NEVER_TRUE", "b", "b-0"),
    ]
    assert _found(story, long_scene_words=2, max_states=1) == [
        ("NO_PATH_TO_END", "a", None),
        ("LONG_SCENE", "a", None),
        ("CONDITION_NEVER_TRUE", "b", "b-0"),
    ]
    silenced = {"NO_PATH_TO_END": "off", "STUCK_POSSIBLE": "error"}
    assert [(each.code, each.severity) for each in lint(story, silenced)] == [  # type: ignore[arg-type]
        ("STUCK_POSSIBLE", "error"),
        ("CONDITION_NEVER_TRUE", "warning"),
    ]
    with pytest.raises(InvalidInput):
        lint(story, {"NOSUCH": "off"})


def test_an_empty_story() -> None:
    assert _found(Story("s", "S")) == [("NO_START", None, None)]


def test_a_story_without_start_is_still_checked() -> None:
    scene = Scene("a", "A", "x", choices=(to("a", "gold", id="c"),))

    assert _found(Story("s", "S", scenes=(scene,)), severities={"MISSING_SOUND": "off"}) == [
        ("NO_START", None, None),
        ("MISSING_IMAGE", "a", None),
        ("UNDECLARED_VARIABLE", "a", "c"),
        ("SELF_LOOP_WITHOUT_EFFECT", "a", "c"),
    ]


@settings(max_examples=80, deadline=None)
@given(stories())
def test_no_play_ever_contradicts_a_finding(story: Story) -> None:
    found = _found(story)
    unreachable = {scene for code, scene, _ in found if code == "UNREACHABLE_SCENE"}
    closed = {choice for code, _, choice in found if code == "CONDITION_NEVER_TRUE" and choice}
    open_always = {
        choice for code, _, choice in found if code == "CONDITION_ALWAYS_TRUE" and choice
    }
    hopeless = {scene for code, scene, _ in found if code == "NO_PATH_TO_END"}
    game = compile_story(story)
    rng = random.Random(9)

    for _ in range(15):
        state, lost = start(game).state, False
        for _ in range(12):
            here = offers(game, state)
            assert state.scene not in unreachable
            assert not (lost and game.scenes[state.scene].scene.is_end)
            lost = lost or state.scene in hopeless
            assert not any(offer.available for offer in here if offer.choice.id in closed)
            refused = {offer.choice.id for offer in here if offer.reason == "CONDITION_FALSE"}
            assert refused.isdisjoint(open_always)
            open_now = [offer.choice.id for offer in here if offer.available]
            if not open_now:
                break
            state = take_choice(game, state, rng.choice(open_now)).state


def test_effects_and_scenes_are_checked_as_one_story() -> None:
    story = a_story(
        a_scene("a", to("end", 'visited("End")', put("gold", "nosuch"))),
        an_end(),
        variables=(GOLD,),
    )

    assert _found(story) == [
        ("VARIABLE_NEVER_READ", None, None),
        ("STUCK_POSSIBLE", "a", None),
        ("UNDECLARED_VARIABLE", "a", "a-0"),
    ]
