from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.checking.simulation import Ending, Spread, StuckState, simulate
from scenarios.checking.states import Problem
from scenarios.errors import NoStartScene
from scenarios.logic.compiling import compile_story
from scenarios.logic.playing import is_over, offers, start, take_choice
from scenarios.logic.story import Effect, Story
from scenarios.logic.variables import Variable
from tests.scenarios.logic.strategies import stories
from tests.scenarios.stories import KEY, a_scene, a_story, an_end, put, to

N = Variable("n", "integer")


def test_what_a_simulation_shows() -> None:
    story = a_story(
        a_scene("a", to("b", None, put("key", "true")), to("b"), text="w " * 200),
        a_scene("b", to("good", "key"), to("c", "not key"), to("bad"), text="w " * 100),
        a_scene("c", to("good", "key")),
        an_end("good", text="w " * 100),
        an_end("bad", text=""),
        an_end("never"),
        variables=(KEY,),
    )

    result = simulate(story, runs=2000, seed=7)

    assert (result.complete, result.states, result.runs, result.seed) == (True, 7, 2000, 7)
    assert result.unreached_scenes == ("never",)
    assert result.unreached_choices == ("c-0",)
    good, bad, never = result.endings
    assert (good.scene_id, good.shortest_path) == ("good", ("a-0", "b-0"))
    assert (bad.scene_id, bad.shortest_path) == ("bad", ("a-0", "b-2"))
    assert never == Ending("never", 0.0, None)
    assert good.chance == pytest.approx(0.25, abs=0.05)
    assert bad.chance == pytest.approx(0.5, abs=0.05)
    assert result.stuck_chance == pytest.approx(0.25, abs=0.05)
    assert good.chance + bad.chance + result.stuck_chance == pytest.approx(1)
    assert result.unfinished_chance == 0
    assert result.stuck == (StuckState("c", {"key": False}, ("a-1", "b-1")),)
    assert result.stuck_count == 1
    assert result.reading_minutes is not None
    assert (result.reading_minutes.shortest, result.reading_minutes.longest) == (1.5, 2.0)
    assert result.problems == ()


def test_the_same_seed_gives_the_same_result() -> None:
    story = a_story(
        a_scene("a", to("a", None, Effect("n", "add", "1")), to("b"), to("end", "n > 3")),
        a_scene("b", to("a"), to("end")),
        an_end(),
        variables=(N,),
    )

    assert simulate(story, 200, 3, 20) == simulate(story, 200, 3, 20)
    assert simulate(story, 200, 3, 20) != simulate(story, 200, 4, 20)


def test_plays_go_on_where_the_exploration_was_cut() -> None:
    story = a_story(
        a_scene("a", to("a", "n < 30", Effect("n", "add", "1")), to("b", "n >= 30")),
        a_scene("b", to("end"), to("c")),
        a_scene("c", to("a", "n < 0")),
        an_end(),
        variables=(N,),
    )

    result = simulate(story, runs=50, seed=1, max_states=5)

    way = ("a-0",) * 30
    assert (result.complete, result.states) == (False, 5)
    assert result.unreached_scenes == ()
    assert result.unreached_choices == ("c-0",)
    assert result.endings[0].shortest_path == (*way, "a-1", "b-0")
    assert result.stuck == (StuckState("c", {"n": 30}, (*way, "a-1", "b-1")),)
    assert result.stuck_count == 1
    assert result.endings[0].chance + result.stuck_chance == pytest.approx(1)


def test_a_play_in_circles_is_cut_off() -> None:
    result = simulate(a_story(a_scene("a", to("b")), a_scene("b", to("a"))), runs=3)

    assert result.unfinished_chance == 1
    assert result.reading_minutes is None
    assert result.endings == ()


def test_a_play_stops_at_its_first_ending_but_what_lies_behind_is_seen() -> None:
    story = a_story(
        a_scene("a", to("first")), a_scene("first", to("second"), is_end=True), an_end("second")
    )

    result = simulate(story, runs=10)

    assert result.unreached_scenes == ()
    assert result.endings == (
        Ending("first", 1.0, ("a-0",)),
        Ending("second", 0.0, ("a-0", "first-0")),
    )


def test_the_spread_of_reading() -> None:
    story = a_story(an_end("a", text="word " * 300))

    assert simulate(story, runs=4).reading_minutes == Spread(1.5, 1.5, 1.5, 1.5, 1.5)


def test_the_spread_of_reading_over_many_plays() -> None:
    ends = [an_end(f"e{n}", text="word " * 200 * n) for n in range(1, 13)]
    story = a_story(a_scene("a", *(to(end.id) for end in ends), text=""), *ends)

    result = simulate(story, runs=1000, seed=2)

    minutes = [
        float(n)
        for n, ending in enumerate(result.endings, 1)
        for _ in range(round(ending.chance * 1000))
    ]
    assert result.reading_minutes == Spread(
        1.0, minutes[499], sum(minutes) / 1000, minutes[899], 12.0
    )
    assert 5 <= minutes[499] <= 8
    assert 10 <= minutes[899] <= 11


def test_without_plays_only_the_states_speak() -> None:
    result = simulate(a_story(a_scene("a", to("end")), an_end()), runs=0)

    assert result.endings == (Ending("end", 0.0, ("a-0",)),)
    assert (result.stuck_chance, result.unfinished_chance) == (0, 0)


def test_stuck_states_are_counted_and_the_first_are_shown() -> None:
    story = a_story(
        a_scene("a", to("a", "n < 80", Effect("n", "add", "1")), to("b")),
        a_scene("b", to("end", "n > 80")),
        an_end(),
        variables=(N,),
    )

    result = simulate(story, runs=0)

    assert result.stuck_count == 81
    assert len(result.stuck) == 50
    assert result.stuck[0] == StuckState("b", {"n": 0}, ("a-1",))


def test_what_failed_in_play_is_told() -> None:
    story = a_story(a_scene("a", to("end", "1 / n > 0"), to("end")), an_end(), variables=(N,))

    assert simulate(story).problems == (Problem("a", "a-0", "Nothing can be divided by zero."),)


def test_a_story_that_cannot_begin_cannot_be_simulated() -> None:
    with pytest.raises(NoStartScene):
        simulate(Story("s", "S"))


@settings(max_examples=50, deadline=None)
@given(stories(), st.integers(1, 60))
def test_every_path_that_is_told_can_be_played(story: Story, max_states: int) -> None:
    result = simulate(story, runs=20, seed=5, max_states=max_states)
    game = compile_story(story)

    for ending in result.endings:
        if ending.shortest_path is not None:
            state = start(game).state
            for choice in ending.shortest_path:
                state = take_choice(game, state, choice).state
            assert (state.scene, is_over(game, state)) == (ending.scene_id, True)
    for stuck in result.stuck:
        state = start(game).state
        for choice in stuck.path:
            state = take_choice(game, state, choice).state
        assert (state.scene, state.variables) == (stuck.scene_id, stuck.variables)
        assert not any(offer.available for offer in offers(game, state))
