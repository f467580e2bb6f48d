"""ink's blocks in braces, fallbacks, and what they are called in the report."""

from __future__ import annotations

import pytest

from scenarios.formats.ink_blocks import cases_of, is_block
from tests.scenarios.formats.telling import passage
from tests.scenarios.formats.test_ink import links, read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{a: x | y}", [("a", " x "), ("", " y")]),
        ("{a > 1: x}", [("a > 1", " x")]),
        ('{a == "b:c": x}', [('a == "b:c"', " x")]),
        ("{a: {b: x | y} | z}", [("a", " {b: x | y} "), ("", " z")]),
        ("{\n- a: x\n- else: y\n}", [("a", " x\n"), ("", " y\n")]),
        ("{a:\nx\n- else: y\n}", [("a", "\nx"), ("", " y\n")]),
        ("{x:\n- 1: a\n- else: b\n}", [("(x) == (1)", " a\n"), ("", " b\n")]),
        ("{\n- a: {\n  - b: x\n}\n- c: y\n}", [("a", " {\n  - b: x\n}\n"), ("c", " y\n")]),
        ("{stopping:\n- a: x\n}", []),
        ("{shuffle: x}", []),
        ("{one|two}", []),
        ("{:x}", []),
        ("{name}", []),
    ],
)
def test_the_cases_of_a_block(text: str, expected: list[tuple[str, str]]) -> None:
    stripped = [(test, body.rstrip() or body) for test, body in cases_of(text)]

    assert stripped == [(test, body.rstrip() or body) for test, body in expected]


@pytest.mark.parametrize(
    ("text", "whole"),
    [("{a}", True), ("{a {b} c}", True), ("{a} {b}", False), ("a {b}", False), (r"{a\} b}", True)],
)
def test_one_block_is_told_from_two(text: str, whole: bool) -> None:
    assert is_block(text) is whole


def test_a_block_that_does_something_becomes_scenes() -> None:
    story = read(
        "VAR gold = 9\n=== a\nBefore.\n{ gold > 5:\n    Rich. // why\n\n    ~ gold = gold - 5\n    -> b\n"
        "  - gold == 3:\n    * [Talk] -> b\n    * [Go] Going.\n  - else:\n    -> END\n}\nAfter.\n=== b\nB.\n"
    )

    assert links(story, "a") == [
        ("Continue", "a.b-1", "gold > 5"),
        ("Continue", "a.b-2", "not gold > 5 and gold == 3"),
        ("Continue", "a.end-1", "not gold > 5 and not gold == 3"),
    ]
    assert passage(story, "a.b-1").text == "Rich."
    assert [(e.op, e.value) for e in passage(story, "a.b-1").on_enter] == [("add", "-5")]
    assert links(story, "a.b-2") == [("Talk", "b", "once"), ("Go", "a.c-1", "once")]
    assert links(story, "a.c-1") == [("Continue", "a.g-1", None)]
    assert passage(story, "a.g-1").text == "After."
    assert story.kept == ()


def test_choices_under_a_condition_are_offered_with_the_others() -> None:
    story = read("VAR x = 1\n=== a\n{x > 1:\n  + [One] -> a\n}\n+ [Two] -> b\n=== b\nB.\n")

    assert links(story, "a") == [("One", "a", "x > 1"), ("Two", "b", None)]


def test_a_block_by_value_asks_for_each() -> None:
    story = read("VAR x = 1\n=== a\n{x:\n- 1: -> b\n- 2: Two. -> b\n- else: -> END\n}\n=== b\nB.\n")

    assert [condition for _, _, condition in links(story, "a")] == [
        "x == 1",
        "not x == 1 and x == 2",
        "not x == 1 and not x == 2",
    ]


def test_blocks_are_kept_byte_for_byte() -> None:
    block = "{ shuffle:\n\n\t- one // first\n  - two /* or\n  more */\n}"

    story = read(
        f"=== a\nText.\n  {block}  \n-> END\n=== function f(x)\n~ return x // it\n\n// end\n"
    )

    assert [kept.text for kept in story.kept] == [
        block,
        "=== function f(x)\n~ return x // it\n\n// end",
    ]
    assert passage(story, "a").text == f"Text.\n{block}"


def test_blocks_within_blocks_up_to_a_limit() -> None:
    deep = "{x:\n" * 500 + "-> a\n" + "}\n" * 500

    story = read(f"VAR x = true\n=== a\n{deep}-> END\n")

    assert len(story.passages) < 60
    assert any(kept.text.startswith("{x:") for kept in story.kept)


def test_a_fallback_is_there_when_nothing_else_is() -> None:
    story = read(
        "VAR x = 1\n=== a\n* [One] You did.\n* {x > 1} [Two] Then.\n* -> b\n- Later.\n=== b\nB.\n"
    )

    assert links(story, "a")[2] == (
        "Continue",
        "b",
        'once and visited("a.c-1") and not (not visited("a.c-2") and x > 1)',
    )
    assert story.kept == ()


@pytest.mark.parametrize(
    "others", ["+ [Always] You do.\n", "* [Straight on] -> b\n", "* [x] y\n" * 21]
)
def test_a_fallback_that_cannot_be_asked_for_is_named(others: str) -> None:
    story = read(f"=== a\n{others}* -> b\n=== b\nB.\n")

    assert links(story, "a")[-1] == ("Continue", "b", "once")
    assert ("a", "-> b") in [(kept.passage, kept.text) for kept in story.kept]


def test_what_is_odd_in_a_choice_is_named_as_it_stands_in_the_story() -> None:
    story = read(
        "* Take  {gold} of[.] it # tag\n"
        "* \\{plain\\}  and \\#plain\n"
        "LIST moods = sad\nEXTERNAL ring(x)\n"
    )

    assert [kept.text for kept in story.kept] == [
        "Take  {gold} of.",
        "Take  {gold} of it # tag",
        "LIST moods = sad",
        "EXTERNAL ring(x)",
    ]
    assert [text for text, _, _ in links(story, "Start")] == [
        "Take  {gold} of.",
        "{plain} and #plain",
    ]
    assert passage(story, "Start.c-1").text == "Take  {gold} of it # tag"


def test_a_file_that_is_not_here_is_named() -> None:
    story = read("INCLUDE parts/other.ink\nHello.\n-> elsewhere\n", "main.ink")

    assert [(kept.passage, kept.text) for kept in story.kept] == [
        (
            "",
            "parts/other.ink was not read. Import one zip file with all ink files, and it is joined.",
        ),
        ("Start", "-> elsewhere"),
        ("ink declarations", "INCLUDE parts/other.ink"),
    ]
    assert passage(story, "Start").text == "Hello.\n-> elsewhere"
