from __future__ import annotations

import pytest
from hypothesis import given, settings

from scenarios.checking.states import Exploration, Explorer, Problem
from scenarios.errors import NoStartScene
from scenarios.logic.compiling import Game, compile_story
from scenarios.logic.playing import offers, start, take_choice
from scenarios.logic.story import Effect, Story
from scenarios.logic.variables import Variable
from tests.scenarios.logic.strategies import stories
from tests.scenarios.stories import BAG, GOLD, KEY, a_scene, a_story, an_end, put, to


def _explored(story: Story, max_states: int = 1000) -> Exploration:
    return Explorer(compile_story(story)).explore(max_states)


def test_states_come_in_the_order_of_the_fewest_choices() -> None:
    story = a_story(
        a_scene("a", to("b"), to("end", "key")),
        a_scene("b", to("a", None, put("key", "true"))),
        an_end(),
        variables=(KEY,),
    )

    found = _explored(story)

    assert found.complete
    assert [(state.scene, state.variables["key"]) for state in found.states] == [
        ("a", False), ("b", False), ("a", True), ("b", True), ("end", True),
    ]  # fmt: skip
    assert [found.path(index) for index in range(5)] == [
        (), ("a-0",), ("a-0", "b-0"), ("a-0", "b-0", "a-0"), ("a-0", "b-0", "a-1"),
    ]  # fmt: skip
    assert [[(way.choice, way.at) for way in ways] for ways in found.ways] == [
        [("a-0", 1)], [("b-0", 2)], [("a-0", 3), ("a-1", 4)], [("b-0", 2)], [],
    ]  # fmt: skip


def test_an_endless_story_is_cut() -> None:
    story = a_story(
        a_scene("a", to("a", "n >= 0", Effect("n", "add", "1")), to("a", "n < 0 - 1")),
        variables=(Variable("n", "integer"),),
    )

    found = _explored(story, 10)

    assert not found.complete
    assert len(found.states) == len(found.ways) == 10
    assert found.ways[9][0].at is None
    assert found.ways[9][0].state.variables == {"n": 10}
    assert len(_explored(story, 0).states) == 1


def test_one_state_that_was_not_kept_makes_it_incomplete() -> None:
    found = _explored(
        a_story(a_scene("a", to("b"), to("c"), to("b")), a_scene("b"), a_scene("c")), 2
    )

    assert not found.complete
    assert [way.at for way in found.ways[0]] == [1, None, 1]


def test_what_nobody_asks_for_makes_no_states() -> None:
    story = a_story(
        a_scene("a", to("a", None, Effect("gold", "add", "1"), Effect("bag", "append", "1"))),
        variables=(GOLD, BAG, KEY),
    )

    assert len(_explored(story).states) == 1


def test_what_failed_in_play_is_noted_once() -> None:
    story = a_story(
        a_scene(
            "a",
            to("a", "1 / gold > 0"),
            to("a", None, put("gold", "1 / gold")),
            to("a", "key", Effect("key", "toggle")),
            on_enter=(put("gold", "("),),
        ),
        variables=(GOLD, KEY),
    )
    explorer = Explorer(compile_story(story))

    explorer.explore(100)

    assert list(explorer.problems) == [
        Problem("a", None, "It ends where a value should follow."),
        Problem("a", "a-0", "Nothing can be divided by zero."),
        Problem("a", "a-1", "Nothing can be divided by zero."),
        Problem("a", "a-1", "It ends where a value should follow."),
    ]


def test_a_story_without_start_cannot_be_explored() -> None:
    with pytest.raises(NoStartScene):
        _explored(Story("s", "S"))


def _reached_plainly(game: Game, depth: int) -> tuple[set[str], set[str]]:
    """Scenes and choices that plain play comes to within some choices, without any reduction."""
    states = [start(game).state]
    scenes, choices = {states[0].scene}, set()
    for _ in range(depth):
        following = []
        for state in states:
            for offer in offers(game, state):
                if offer.available:
                    after = take_choice(game, state, offer.choice.id).state
                    scenes.add(after.scene)
                    choices.add(offer.choice.id)
                    following.append(after)
        states = following[:40]
    return scenes, choices


@settings(max_examples=60, deadline=None)
@given(stories())
def test_a_complete_exploration_misses_nothing_and_invents_nothing(story: Story) -> None:
    game = compile_story(story)
    found = Explorer(game).explore(400)

    scenes, choices = _reached_plainly(game, 6)

    if found.complete:
        assert scenes <= {state.scene for state in found.states}
        assert choices <= {way.choice for ways in found.ways for way in ways}
    for index in range(0, len(found.states), 7):
        state = start(game).state
        for choice in found.path(index):
            state = take_choice(game, state, choice).state
        assert state.scene == found.states[index].scene
        open_now = [offer.choice.id for offer in offers(game, state) if offer.available]
        assert open_now == [way.choice for way in found.ways[index]]
