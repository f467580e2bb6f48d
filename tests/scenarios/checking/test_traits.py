from __future__ import annotations

from scenarios.checking.traits import traits_of
from scenarios.logic.compiling import compile_story
from scenarios.logic.playing import PlayState
from scenarios.logic.story import Effect
from scenarios.logic.variables import Variable
from tests.scenarios.stories import BAG, GOLD, KEY, a_scene, a_story, an_end, put, to


def test_variables_that_no_condition_depends_on_do_not_matter() -> None:
    story = a_story(
        a_scene("a", to("a", None, Effect("gold", "add", "1"), Effect("bag", "append", "gold"))),
        variables=(GOLD, BAG, KEY),
    )

    assert traits_of(compile_story(story)).variables == ()


def test_variables_matter_through_the_effects_that_read_them() -> None:
    story = a_story(
        a_scene(
            "a", to("a", "key", put("key", "gold > 3"), put("gold", "luck"), put("idle", "key"))
        ),
        variables=(GOLD, KEY, Variable("luck", "integer"), Variable("idle", "boolean")),
    )

    assert traits_of(compile_story(story)).variables == ("gold", "key", "luck")


def test_counts_are_kept_as_far_as_they_are_asked_for() -> None:
    story = a_story(
        a_scene("a", to("b", "once"), to("b", once=True), to("c", 'visited("b")'), to("b")),
        a_scene("b", to("a", 'visits("c") < 3')),
        a_scene("c", to("a"), visible_if="once"),
        an_end(on_enter=(put("key", "once"),)),
        variables=(KEY,),
    )
    traits = traits_of(compile_story(story))
    counts = {"a": 4, "b": 5, "c": 6, "end": 7}
    taken = {"a-0": 2, "a-1": 1, "a-2": 3, "a-3": 1}

    reduced = traits.reduced(PlayState("a", {"key": True}, counts, taken))

    assert reduced == PlayState(
        "a", {"key": True}, {"b": 1, "c": 6, "end": 1}, {"a-0": 1, "a-1": 1}
    )


def test_states_that_differ_in_what_is_asked_differ() -> None:
    story = a_story(
        a_scene("a", to("a", 'gold > 3 and visits("a") < 9 and once')), variables=(GOLD, BAG)
    )
    traits = traits_of(compile_story(story))
    plain = PlayState("a", {"gold": 1, "bag": ()}, {"a": 1}, {})

    assert traits.key(plain) == traits.key(PlayState("a", {"gold": 1, "bag": (3,)}, {"a": 1}, {}))
    others = [
        PlayState("b", plain.variables, plain.visits, {}),
        PlayState("a", {"gold": 2, "bag": ()}, plain.visits, {}),
        PlayState("a", plain.variables, {"a": 2}, {}),
        PlayState("a", plain.variables, plain.visits, {"a-0": 1}),
    ]
    assert len({traits.key(plain), *map(traits.key, others)}) == 5
