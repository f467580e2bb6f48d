from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.errors import ChoiceNotHere, ConditionFailed, NoStartScene
from scenarios.logic.compiling import compile_story
from scenarios.logic.playing import (
    PlayState,
    Step,
    go_back,
    is_over,
    offers,
    percentage,
    recalled,
    resumed,
    start,
    take_choice,
)
from scenarios.logic.story import Effect, Scene, Story
from storycore.errors import InvalidInput
from tests.scenarios.logic.strategies import stories
from tests.scenarios.stories import BAG, GOLD, KEY, a_scene, a_story, an_end, put, to

HOUSE = compile_story(
    a_story(
        a_scene("hall", to("cellar"), to("end", "key")),
        a_scene(
            "cellar",
            to("hall", None, Effect("gold", "add", "5")),
            on_enter=(put("key", 'visits("cellar") > 1'), Effect("gold", "add", "1")),
        ),
        an_end(),
        a_scene("attic"),
        variables=(GOLD, KEY),
    )
)


def _walk(*choices: str) -> PlayState:
    state = start(HOUSE).state
    for choice in choices:
        state = take_choice(HOUSE, state, choice).state
    return state


def test_a_play_begins_in_the_start_scene_with_its_effects() -> None:
    game = compile_story(
        a_story(a_scene("a", on_enter=(put("gold", "3"), put("gold", "("))), variables=(GOLD,))
    )

    move = start(game)

    assert move.state == PlayState("a", {"gold": 3}, {"a": 1})
    assert [problem.reason for problem in move.problems] == ["SYNTAX"]


def test_a_story_without_start_cannot_begin() -> None:
    game = compile_story(Story("s", "S", scenes=(Scene("a", "A", ""),)))

    with pytest.raises(NoStartScene):
        start(game)


def test_a_choice_changes_variables_counts_and_history() -> None:
    state = _walk("hall-0", "cellar-0", "hall-0")

    assert state == PlayState(
        "cellar",
        {"gold": 7, "key": True},
        {"hall": 2, "cellar": 2},
        {"hall-0": 2, "cellar-0": 1},
        (
            Step("hall", "hall-0", {"gold": 0, "key": False}),
            Step("cellar", "cellar-0", {"gold": 1, "key": False}),
            Step("hall", "hall-0", {"gold": 6, "key": False}),
        ),
    )


def test_an_ending_is_over() -> None:
    state = _walk("hall-0", "cellar-0", "hall-0", "cellar-0", "hall-1")

    assert is_over(HOUSE, state)
    assert not is_over(HOUSE, go_back(state, 1))
    assert offers(HOUSE, state) == ()


def test_why_choices_are_not_available() -> None:
    game = compile_story(
        a_story(
            a_scene(
                "a",
                to("a", "gold > 1"),
                to("a", "gold >"),
                to("a", "1 / gold > 0"),
                to("a", None, once=True),
                to("gone"),
                to("b"),
                to("c"),
                to("a", "once"),
                to("b", "gold < 1"),
            ),
            a_scene("b", visible_if="gold > 1"),
            a_scene("c", visible_if="gold + 1"),
            variables=(GOLD,),
        )
    )
    state = start(game).state

    first = offers(game, state)
    state = take_choice(game, state, "a-3").state
    state = take_choice(game, state, "a-7").state
    later = offers(game, state)

    assert [(offer.available, offer.reason, offer.message) for offer in first] == [
        (False, "CONDITION_FALSE", "This needs: gold > 1"),
        (
            False,
            "CONDITION_ERROR",
            "Its condition cannot be evaluated: It ends where a value should follow.",
        ),
        (
            False,
            "CONDITION_ERROR",
            "Its condition cannot be evaluated: Nothing can be divided by zero.",
        ),
        (True, None, None),
        (False, "SCENE_MISSING", "The scene that it leads to does not exist."),
        (False, "SCENE_HIDDEN", "The scene that it leads to is not open yet."),
        (
            False,
            "CONDITION_ERROR",
            "Its condition cannot be evaluated: A condition is true or false, not a number.",
        ),
        (True, None, None),
        (False, "SCENE_HIDDEN", "The scene that it leads to is not open yet."),
    ]
    assert [later[index].reason for index in (3, 7)] == ["ALREADY_TAKEN", "CONDITION_FALSE"]
    assert later[3].message == "This can be chosen only once."


def test_a_choice_must_leave_the_present_scene() -> None:
    with pytest.raises(ChoiceNotHere) as caught:
        take_choice(HOUSE, _walk(), "cellar-0")

    assert caught.value.details == {"choice": "cellar-0"}


def test_a_choice_must_be_available() -> None:
    with pytest.raises(ConditionFailed, match="This needs: key") as caught:
        take_choice(HOUSE, _walk(), "hall-1")

    assert caught.value.details == {"reason": "CONDITION_FALSE"}


def test_a_scene_asks_once_of_its_own_visits() -> None:
    game = compile_story(
        a_story(
            a_scene("a", to("b")),
            a_scene("b", to("a"), visible_if="once", on_enter=(put("key", "once"),)),
            variables=(KEY,),
        )
    )

    state = take_choice(game, start(game).state, "a-0").state
    assert state.variables == {"key": True}
    state = take_choice(game, state, "b-0").state

    assert offers(game, state)[0].reason == "SCENE_HIDDEN"


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_going_back_restores_variables_and_counts(steps: int) -> None:
    way = ["hall-0", "cellar-0", "hall-0"]

    assert go_back(_walk(*way), steps) == _walk(*way[:-steps])


@pytest.mark.parametrize("steps", [-1, 0, 2])
def test_one_cannot_go_back_further_than_one_came(steps: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        go_back(_walk("hall-0"), steps)

    assert (caught.value.field, caught.value.details) == ("steps_back", {"most": 1})


def test_a_state_is_recalled_from_its_history() -> None:
    state = _walk("hall-0", "cellar-0")

    assert recalled(state.scene, state.variables, list(state.history)) == state


@given(stories(), st.lists(st.integers(0, 5), max_size=8), st.integers(1, 8))
def test_any_play_can_be_taken_back(story: Story, picks: list[int], steps: int) -> None:
    game = compile_story(story)
    states = [start(game).state]
    for pick in picks:
        open_now = [offer.choice.id for offer in offers(game, states[-1]) if offer.available]
        if open_now:
            chosen = open_now[pick % len(open_now)]
            states.append(take_choice(game, states[-1], chosen).state)

    if steps < len(states):
        assert go_back(states[-1], steps) == states[-1 - steps]
    assert 0 < percentage(game, states[-1]) <= 100
    assert resumed(game, states[-1]) == states[-1]


def test_the_share_of_reachable_scenes_that_were_visited() -> None:
    assert percentage(HOUSE, _walk()) == 33.33
    assert percentage(HOUSE, _walk("hall-0", "cellar-0")) == 66.67
    assert percentage(HOUSE, PlayState("attic", {}, {"hall": 1, "attic": 1, "gone": 4})) == 50
    lost = compile_story(Story("s", "S", scenes=(Scene("a", "A", ""),)))
    assert percentage(lost, PlayState("a", {}, {"a": 1})) == 100


def test_a_reader_resumes_at_the_nearest_scene_that_still_exists() -> None:
    edited = compile_story(a_story(a_scene("hall", to("end")), an_end(), variables=(GOLD, BAG)))
    state = _walk("hall-0", "cellar-0", "hall-0")

    assert resumed(edited, state) == PlayState(
        "hall",
        {"gold": 6, "bag": ()},
        {"hall": 2},
        {"hall-0": 1},
        (Step("hall", "hall-0", {"gold": 0, "bag": ()}),),
    )


def test_a_reader_whose_way_is_gone_begins_anew() -> None:
    edited = compile_story(a_story(a_scene("new", on_enter=(put("gold", "2"),)), variables=(GOLD,)))

    assert resumed(edited, _walk("hall-0")) == PlayState("new", {"gold": 2}, {"new": 1})


def test_a_reader_of_a_story_without_start_cannot_begin_anew() -> None:
    with pytest.raises(NoStartScene):
        resumed(compile_story(Story("s", "S")), _walk())


def test_values_that_no_longer_fit_become_the_default() -> None:
    narrow = GOLD.__class__("gold", "integer", 1, 0, 3)
    edited = compile_story(a_story(a_scene("hall"), variables=(narrow,)))

    state = resumed(edited, PlayState("hall", {"gold": 50, "old": True}, {"hall": 1}))

    assert state.variables == {"gold": 1}
