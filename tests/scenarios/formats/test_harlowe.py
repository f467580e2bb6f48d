"""Harlowe's links, macros and hooks as scenes, and back."""

from __future__ import annotations

import pytest

from scenarios.formats.base import Link
from scenarios.formats.expressions import NotUnderstood
from scenarios.formats.harlowe import Harlowe
from scenarios.logic.story import Effect
from tests.scenarios.formats.telling import only, twee


def harlowe(text: str):
    return only(text, "Harlowe")


@pytest.mark.parametrize(
    ("markup", "link"),
    [
        ("[[B]]", Link("B", "B")),
        ("[[go->B]]", Link("go", "B")),
        ("[[B<-go]]", Link("go", "B")),
        ("[[go|B]]", Link("go", "B")),
        ("[[a->b->B]]", Link("a->b", "B")),
        ("[[B<-a<-b]]", Link("a<-b", "B")),
        ('(link-goto: "go", "B")', Link("go", "B")),
        ("(LINK_GOTO: 'B')", Link("B", "B")),
        ('(goto: "B")', Link("B", "B")),
        ('(link: "go")[(go-to: "B")]', Link("go", "B")),
        ('(link-replace: "go")[ (goto: "B") ]', Link("go", "B")),
        (
            '(link: "go")[(set: $x to 1)(goto: "B")]',
            Link("go", "B", None, (Effect("x", "set", "1"),)),
        ),
        (
            '(link-reveal-goto: "it\'s", "B")[(set: $x to it + 1)]',
            Link("it's", "B", None, (Effect("x", "add", "1"),)),
        ),
        ("(if: $x > 1)[[B]]", Link("B", "B", "x > 1")),
        ("(if: $x > 1) [ [[B]] ]", Link("B", "B", "x > 1")),
        ("(unless: $x)[[[B]]]", Link("B", "B", "not x")),
        ("(unless: not $x)[[[B]]]", Link("B", "B", "x")),
        ("(if: $x)[(if: $y)[[[B]]]]", Link("B", "B", "x and y")),
    ],
)
def test_each_way_to_link(markup: str, link: Link) -> None:
    scene = harlowe(f"Text.\n{markup}")

    assert scene.links == (link,)
    assert scene.text == "Text."
    assert not scene.is_end


@pytest.mark.parametrize(
    "markup",
    [
        '(link: "go")[Some text (goto: "B")]',
        '(link: "go")[[[B]] (goto: "B")]',
        "(link: $x)[(goto: $y)]",
        '(link-goto: "a", "b", "c")',
        "(goto: $next)",
        '(link-goto: "x", "Nowhere")',
        "(print: $l's 1st [ of ] it)",
        "[[B]",
        "[[]]",
        "(set: $x to 5",
        "(set: $x)",
        "(set: $x to $x's name)",
        "(set: _temp to 1)",
        "(if: $x is a number)[[[B]]]",
        "(if: (visited: 'Nowhere'))[Words]",
        "(display: $which)",
        '(display: "a" + "b")',
        "(display: @)",
        "(else:)[Words]",
        "$x",
        "`[[B]]`",
        '<script>go("[[B]]"); (set: $x to 1)</script>',
        "<STYLE>[[B]]</STYLE>",
        "<textarea>(goto: 'B')</textarea>",
    ],
)
def test_what_is_not_understood_stays(markup: str) -> None:
    scene = harlowe(f"Before {markup} after.")

    assert scene.text == f"Before {markup} after."
    assert scene.on_enter == ()


def test_only_what_no_longer_stands_in_the_text_is_written_again() -> None:
    kept = "(if: $x)[Words [[go->B]]]"

    scene = harlowe(f"{kept}\n[[C]]")

    assert scene.text == kept
    assert scene.links == (Link("go", "B", "x"), Link("C", "C"))


@pytest.mark.parametrize(
    ("markup", "effects"),
    [
        ("(set: $x to 5)", (Effect("x", "set", "5"),)),
        ("(set: $x to 5, $y to 'a')", (Effect("x", "set", "5"), Effect("y", "set", '"a"'))),
        ("(put: 5 into $x)", (Effect("x", "set", "5"),)),
        ("(set: $x to $x - 2)", (Effect("x", "add", "-2"),)),
        ("(set: $x to it + -2)", (Effect("x", "add", "-2"),)),
        ("(set: $x to it * 2)", (Effect("x", "set", "x * 2"),)),
        ("(set: $x to not it)", (Effect("x", "toggle"),)),
        ("(set: $l to it + (a: 'k'))", (Effect("l", "append", '"k"'),)),
        ("(set: $l to it - (a: 'k'))", (Effect("l", "remove", '"k"'),)),
        ("(set: $l to (a: 1, 'k'))", (Effect("l", "set", '[1, "k"]'),)),
        ("(set: $v to (visited: 'B'))", (Effect("v", "set", 'visited("B")'),)),
    ],
)
def test_changes_become_effects(markup: str, effects: tuple[Effect, ...]) -> None:
    scene = harlowe(f"{markup}\nText.")

    assert scene.on_enter == effects
    assert scene.text == "Text."


@pytest.mark.parametrize(
    ("code", "condition"),
    [
        ("$x is not 3", "x != 3"),
        ("$l contains 'k'", '"k" in l'),
        ("$l does not contain 'k'", 'not "k" in l'),
        ("'k' is not in $l", 'not "k" in l'),
        ("(history:) contains 'B'", 'visited("B")'),
        ("(count: (history:), 'B') >= 2", 'visits("B") >= 2'),
        ("$x < 3 or ($y and not $z)", "x < 3 or y and not z"),
        ("($x + 1) * 2 > 3", "(x + 1) * 2 > 3"),
    ],
)
def test_conditions_are_translated(code: str, condition: str) -> None:
    assert harlowe(f"(if: {code})[[[B]]]").links == (Link("B", "B", condition),)


def test_a_link_behind_a_command_is_its_own() -> None:
    scene = harlowe("(set: $x to 1)[[B]] (put: 2 into $y)[hook] (print: $x) [[C]]")

    assert scene.links == (Link("B", "B"), Link("C", "C"))
    assert scene.on_enter == (Effect("x", "set", "1"), Effect("y", "set", "2"))
    assert scene.text == "B [hook] (print: $x) C"


def test_else_holds_when_nothing_before_did() -> None:
    scene = harlowe("(if: $x is 1)[[[B]]](else-if: $y)[[[C]]]\n(else:)[[[A]]]")

    assert [link.condition for link in scene.links] == [
        "x == 1",
        "not x == 1 and y",
        "not x == 1 and not y",
    ]


def test_nesting_without_end_is_left_as_written() -> None:
    text = "(if: $x)[" * 40 + "[[B]]" + "]" * 40

    scene = harlowe(text)

    assert scene.text == text
    assert scene.links == ()


def test_more_conditions_than_one_can_hold_keep_the_link() -> None:
    tests = [" or ".join(f"$v{n}_{m} is 1" for m in range(60)) for n in range(4)]
    for inner in ("[[B]]", "(live: 2s)[Words [[B]]]"):
        text = "".join(f"(if: {test})[" for test in tests) + inner + "]" * 4

        scene = harlowe(text)

        assert scene.text == text
        assert scene.links == (Link("B", "B"),)


def test_links_that_cannot_stand_in_brackets_are_written_as_macros() -> None:
    assert Harlowe().link(Link("a]]b", "B")) == '(link-goto: "a]]b", "B")'
    assert Harlowe().link(Link("a", "x->B")) == '(link-goto: "a", "x->B")'
    with pytest.raises(NotUnderstood):
        Harlowe().link(Link("", "B", None, (Effect("x", "toggle"),)))


def test_passages_that_are_no_scenes() -> None:
    story = twee(
        ":: Up [startup]\n(set: $x to 5)\n\n:: Top [header]\nHi\n\n:: A\n[[A]]\n", "Harlowe"
    )

    assert [each.name for each in story.passages] == ["A"]
    assert [(each.name, each.index) for each in story.extras] == [("Up", 0), ("Top", 1)]
    assert [(v.name, v.type, v.default) for v in story.variables] == [("x", "integer", 5)]
    assert [kept.passage for kept in story.kept] == ["Top"]
