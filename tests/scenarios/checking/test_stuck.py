from __future__ import annotations

from hypothesis import given, settings

from scenarios.checking.stuck import stuck_findings
from scenarios.logic.compiling import compile_story
from scenarios.logic.story import Scene, Story
from scenarios.logic.variables import Variable
from tests.scenarios.logic.strategies import stories
from tests.scenarios.stories import GOLD, KEY, a_scene, a_story, an_end, put, to


def _told(story: Story, max_states: int = 500) -> list[tuple[str | None, str]]:
    return [
        (finding.scene_id, finding.message)
        for finding in stuck_findings(compile_story(story), max_states)
    ]


def test_a_scene_whose_choices_can_all_be_closed() -> None:
    story = a_story(
        a_scene("a", to("b"), to("b", None, put("key", "true"))),
        a_scene("b", to("end", "key"), to("a", "gold > 3")),
        an_end(),
        variables=(GOLD, KEY),
    )

    assert _told(story) == [
        (
            "b",
            "In “B” all choices can be closed at once, with gold = 0, key = False, after 1 choice.",
        )
    ]


def test_without_variables_and_without_choices_to_take() -> None:
    assert _told(a_story(a_scene("a", to("b", "once and not once")), a_scene("b"))) == [
        ("a", "In “A” all choices can be closed at once, after 0 choices.")
    ]


def test_a_message_tells_the_first_few_values() -> None:
    many = tuple(Variable(f"v{n}", "string", "x" * 100) for n in range(20))

    ((_, message),) = _told(a_story(a_scene("a", to("a", "false")), variables=many))

    assert "v7 = " in message
    assert "v8" not in message
    assert len(message) < 500


def test_no_false_claim_where_play_never_closes_all() -> None:
    story = a_story(
        a_scene("a", to("b", None, put("key", "true"))),
        a_scene("b", to("end", "key")),
        an_end("end", to("a", "false")),
        variables=(KEY,),
    )

    assert _told(story) == []


def test_dead_ends_and_broken_choices_have_findings_of_their_own() -> None:
    story = a_story(
        a_scene("a", to("b"), to("c"), to("d")),
        a_scene("b"),
        a_scene("c", to("gone")),
        a_scene("d", to("a", "gold >")),
    )

    assert _told(story) == []


def test_choices_can_close_by_being_taken_and_by_what_they_lead_to() -> None:
    story = a_story(
        a_scene("a", to("b", once=True), to("c", once=True)),
        a_scene("b", to("a")),
        a_scene("c", to("d")),
        a_scene("d", to("a"), visible_if="false"),
    )

    assert [scene for scene, _ in _told(story)] == ["c"]
    assert _told(a_story(a_scene("a", to("b", once=True)), a_scene("b", to("a"))))[0][0] == "a"


def test_nothing_is_said_of_a_story_that_cannot_begin() -> None:
    story = Story("s", "S", scenes=(Scene("a", "A", "", choices=(to("a", "false"),)),))

    assert _told(story) == []


@settings(max_examples=60, deadline=None)
@given(stories())
def test_a_scene_is_told_once_at_most(story: Story) -> None:
    told = [scene for scene, _ in _told(story, 200)]

    assert len(told) == len(set(told))
