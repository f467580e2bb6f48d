from __future__ import annotations

import random

from scenarios.checking.plays import MAX_STEPS, Play, Player
from scenarios.checking.states import Explorer
from scenarios.logic.compiling import compile_story
from scenarios.logic.playing import PlayState
from scenarios.logic.story import Effect, Story
from scenarios.logic.variables import Variable
from tests.scenarios.stories import a_scene, a_story, an_end, to


def _player(story: Story, max_states: int = 100) -> Player:
    explorer = Explorer(compile_story(story))
    return Player(explorer, explorer.explore(max_states), random.Random(1))


def test_a_play_ends_at_the_first_ending() -> None:
    story = a_story(a_scene("a", to("end")), an_end("end", to("a")))

    assert _player(story).play() == Play(("a", "end"), ("a-0",), "ended")


def test_a_play_that_is_stuck() -> None:
    story = a_story(a_scene("a", to("b")), a_scene("b"))

    assert _player(story).play() == Play(("a", "b"), ("a-0",), "stuck")


def test_a_play_that_is_stuck_beyond_what_was_explored() -> None:
    story = a_story(a_scene("a", to("b")), a_scene("b", to("c")), a_scene("c"))

    assert _player(story, 1).play() == Play(
        ("a", "b", "c"), ("a-0", "b-0"), "stuck", PlayState("c", {})
    )


def test_a_play_in_circles_has_an_end() -> None:
    play = _player(a_story(a_scene("a", to("a")))).play()

    assert (play.outcome, len(play.choices), len(play.scenes)) == (
        "unfinished", MAX_STEPS, MAX_STEPS + 1,
    )  # fmt: skip


def test_every_available_choice_has_the_same_chance() -> None:
    story = a_story(
        a_scene("a", to("x"), to("y"), to("z", "n > 0"), to("z", None, Effect("n", "add", "1"))),
        an_end("x"),
        an_end("y"),
        an_end("z"),
        variables=(Variable("n", "integer"),),
    )
    player = _player(story)

    first = [player.play().choices[0] for _ in range(3000)]

    assert {first.count(choice) // 100 for choice in ("a-0", "a-1", "a-3")} <= {9, 10}
    assert "a-2" not in first
