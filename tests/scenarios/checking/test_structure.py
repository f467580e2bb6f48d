from __future__ import annotations

import pytest

from scenarios.checking.structure import structure_findings
from scenarios.logic.compiling import compile_story
from scenarios.logic.story import Choice, Effect, Scene, Story
from tests.scenarios.stories import KEY, a_scene, a_story, an_end, put, to

Found = list[tuple[str, str | None, str | None]]


def _found(story: Story) -> Found:
    findings = structure_findings(compile_story(story))
    return [(finding.code, finding.scene_id, finding.choice_id) for finding in findings]


def test_a_sound_story() -> None:
    assert _found(a_story(a_scene("a", to("b"), to("end")), a_scene("b", to("a")), an_end())) == []


def test_no_start() -> None:
    story = Story("s", "S", scenes=(Scene("a", "A", "x", is_end=True),))

    assert _found(story) == [("NO_START", None, None)]
    assert _found(Story("s", "S")) == [("NO_START", None, None)]


def test_many_starts_are_told_by_all_but_the_first() -> None:
    story = a_story(
        a_scene("a", to("end")),
        a_scene("b", to("end"), is_start=True),
        an_end(is_start=True),
    )

    findings = list(structure_findings(compile_story(story)))

    assert [(each.code, each.scene_id) for each in findings] == [
        ("MANY_STARTS", "b"),
        ("MANY_STARTS", "end"),
    ]
    assert findings[0].message == "“B” is marked as a start, but the story starts at “A”."


def test_broken_target_and_dead_end() -> None:
    story = a_story(a_scene("a", to("gone"), to("b"), to("end")), a_scene("b"), an_end())

    assert _found(story) == [("BROKEN_TARGET", "a", "a-0"), ("DEAD_END", "b", None)]


def test_unreachable_scenes_are_not_reproached_for_leading_nowhere() -> None:
    story = a_story(a_scene("a", to("end")), an_end(), a_scene("b", to("c")), a_scene("c", to("b")))

    assert _found(story) == [("UNREACHABLE_SCENE", "b", None), ("UNREACHABLE_SCENE", "c", None)]


def test_a_trap_from_which_no_ending_can_be_reached() -> None:
    story = a_story(
        a_scene("a", to("b"), to("end")),
        a_scene("b", to("c")),
        a_scene("c", to("b"), to("d")),
        a_scene("d"),
        an_end(),
    )

    assert _found(story) == [
        ("DEAD_END", "d", None),
        ("NO_PATH_TO_END", "b", None),
        ("NO_PATH_TO_END", "c", None),
    ]


def test_a_story_without_reachable_ending_is_told_once() -> None:
    story = a_story(a_scene("a", to("b")), a_scene("b", to("a")), an_end())

    assert _found(story) == [("UNREACHABLE_SCENE", "end", None), ("NO_PATH_TO_END", "a", None)]


def test_a_self_loop_that_changes_nothing() -> None:
    story = a_story(a_scene("a", to("a"), to("end")), an_end())

    assert _found(story) == [("SELF_LOOP_WITHOUT_EFFECT", "a", "a-0")]


@pytest.mark.parametrize(
    ("loop", "fields", "way_out"),
    [
        (to("a", None, Effect("key", "toggle")), {}, None),
        (to("a", None, once=True), {}, None),
        (to("a", "once"), {}, None),
        (to("a"), {"on_enter": (put("key", "true"),)}, None),
        (to("a"), {}, 'visits("a") > 2'),
        (to("a"), {}, 'visits("A title") > 2'),
    ],
)
def test_a_self_loop_that_changes_something(
    loop: Choice, fields: dict, way_out: str | None
) -> None:
    scene = a_scene("a", loop, to("end", way_out), title="A title", **fields)

    assert _found(a_story(scene, an_end(), variables=(KEY,))) == []


def test_a_self_loop_is_not_excused_by_the_visits_of_other_scenes() -> None:
    story = a_story(a_scene("a", to("a"), to("end", 'visits("end") < 1 or key')), an_end())

    assert _found(story) == [("SELF_LOOP_WITHOUT_EFFECT", "a", "a-0")]
