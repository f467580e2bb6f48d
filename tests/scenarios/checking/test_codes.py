"""Each code of the contract: a story that has the fault, and one that only nearly has it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scenarios.checking.findings import DEFAULT_SEVERITIES
from scenarios.checking.linting import lint
from scenarios.logic.story import Effect, Scene, Story
from scenarios.logic.variables import Variable
from tests.scenarios.stories import GOLD, KEY, a_scene, a_story, an_end, put, to

TOGGLE = Effect("key", "toggle")
WORDS = " ".join(["word"] * 500)


def story(*scenes: Scene, variables: tuple[Variable, ...] = (KEY, GOLD)) -> Story:
    return a_story(*scenes, variables=variables)


def unmarked(told: Story) -> Story:
    return replace(told, scenes=tuple(replace(each, is_start=False) for each in told.scenes))


GO = story(a_scene("a", to("end")), an_end())

# code, where (scene, choice), the story with the fault, the story that nearly has it
TABLE = [
    ("NO_START", (None, None), unmarked(GO), GO),
    (
        "MANY_STARTS",
        ("end", None),
        story(a_scene("a", to("end")), an_end(is_start=True)),
        GO,
    ),
    ("BROKEN_TARGET", ("a", "a-0"), story(a_scene("a", to("gone"), to("end")), an_end()), GO),
    (
        "UNREACHABLE_SCENE",
        ("b", None),
        story(a_scene("a", to("end")), a_scene("b", to("end")), an_end()),
        # Its only way there is closed for ever, but is a way.
        story(a_scene("a", to("end"), to("b", "false")), a_scene("b", to("end")), an_end()),
    ),
    ("DEAD_END", ("b", None), story(a_scene("a", to("b"), to("end")), a_scene("b"), an_end()), GO),
    (
        "NO_PATH_TO_END",
        ("b", None),
        story(a_scene("a", to("b"), to("end")), a_scene("b", to("b", None, TOGGLE)), an_end()),
        story(
            a_scene("a", to("b"), to("end")),
            a_scene("b", to("b", None, TOGGLE), to("end", "key")),
            an_end(),
        ),
    ),
    (
        "SELF_LOOP_WITHOUT_EFFECT",
        ("a", "a-0"),
        story(a_scene("a", to("a"), to("end")), an_end()),
        story(a_scene("a", to("a", None, TOGGLE), to("end")), an_end()),
    ),
    (
        "DUPLICATE_CHOICE_TEXT",
        ("a", "a-1"),
        story(a_scene("a", to("end", text="Go"), to("b", text=" go ")), a_scene("b"), an_end()),
        story(
            a_scene("a", to("end", "key", text="Go"), to("b", "not key", text="Go")),
            a_scene("b"),
            an_end(),
        ),
    ),
    (
        "CONDITION_ERROR",
        ("a", "a-0"),
        story(a_scene("a", to("end", "gold >"), to("end")), an_end()),
        story(a_scene("a", to("end", "gold > 1"), to("end")), an_end()),
    ),
    (
        "CONDITION_NEVER_TRUE",
        ("a", "a-0"),
        story(a_scene("a", to("end", "gold > 100"), to("end")), an_end()),
        story(a_scene("a", to("end", "gold > 99"), to("end")), an_end()),
    ),
    (
        "CONDITION_ALWAYS_TRUE",
        ("a", "a-0"),
        story(a_scene("a", to("end", "gold >= 0"), to("end")), an_end()),
        story(a_scene("a", to("end", "gold >= 1"), to("end")), an_end()),
    ),
    (
        "UNDECLARED_VARIABLE",
        ("a", "a-0"),
        story(a_scene("a", to("end", "silver > 1"), to("end")), an_end()),
        story(a_scene("a", to("end", "gold > 1"), to("end")), an_end()),
    ),
    (
        "VARIABLE_NEVER_READ",
        (None, None),
        story(a_scene("a", to("end", None, TOGGLE)), an_end(), variables=(KEY,)),
        # Read by an effect's value only.
        story(
            a_scene("a", to("end", "gold > 1", put("gold", "gold + 1")), to("end")),
            an_end(),
            variables=(GOLD,),
        ),
    ),
    (
        "VARIABLE_NEVER_SET",
        (None, None),
        story(a_scene("a", to("end", "key"), to("end")), an_end(), variables=(KEY,)),
        # Set on entering a scene only.
        story(
            a_scene("a", to("end", "key"), to("end"), on_enter=(put("key", "true"),)),
            an_end(),
            variables=(KEY,),
        ),
    ),
    (
        "STUCK_POSSIBLE",
        ("a", None),
        story(a_scene("a", to("end", "key"), to("end", "gold > 5")), an_end()),
        story(a_scene("a", to("end", "key"), to("end", "not key")), an_end()),
    ),
    ("MISSING_IMAGE", ("a", None), story(a_scene("a", to("end"), image=None), an_end()), GO),
    ("MISSING_SOUND", ("a", None), story(a_scene("a", to("end"), sound=None), an_end()), GO),
    (
        "LONG_SCENE",
        ("a", None),
        story(a_scene("a", to("end"), text=f"{WORDS} word"), an_end()),
        story(a_scene("a", to("end"), text=WORDS), an_end()),
    ),
    (
        "EMPTY_TEXT",
        ("a", None),
        story(a_scene("a", to("end"), text=" \n"), an_end()),
        story(a_scene("a", to("end"), text="."), an_end()),
    ),
]


def test_every_code_is_in_the_table_once() -> None:
    assert sorted(code for code, *_ in TABLE) == sorted(DEFAULT_SEVERITIES)


@pytest.mark.parametrize(("code", "where", "faulty", "_sound"), TABLE, ids=[t[0] for t in TABLE])
def test_the_fault_is_found(
    code: str, where: tuple[str | None, str | None], faulty: Story, _sound: Story
) -> None:
    found = {(each.code, each.scene_id, each.choice_id): each.severity for each in lint(faulty)}

    assert found.get((code, *where)) == DEFAULT_SEVERITIES[code]


@pytest.mark.parametrize(("code", "_where", "_faulty", "sound"), TABLE, ids=[t[0] for t in TABLE])
def test_what_only_looks_like_it_is_not(
    code: str, _where: tuple[str | None, str | None], _faulty: Story, sound: Story
) -> None:
    assert code not in {each.code for each in lint(sound)}
