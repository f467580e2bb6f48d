"""Expressions of all dialects mean the same in the language of the contract, or nothing."""

from __future__ import annotations

import pytest

from scenarios.formats.expressions import NotUnderstood
from scenarios.formats.grammars import (
    CHAPBOOK,
    CONTRACT,
    GRAMMARS,
    HARLOWE,
    INK,
    SNOWMAN,
    SUGARCUBE,
    YARN,
)
from scenarios.formats.meaning import (
    Context,
    all_of,
    chapbook_effect,
    condition_in,
    condition_text,
    contract_text,
    effect_text,
    effects_in,
    negated,
    tree,
)
from scenarios.formats.quoting import quoted, string_values
from scenarios.logic.story import Effect

HERE = Context("any", frozenset({"B"}))


@pytest.mark.parametrize(
    "condition",
    [
        "x == 1",
        "not x == 1",
        "x != 1 and (y or not z)",
        "x + 1 > 2 * (3 - y) % 4",
        "-x < -1.5",
        "-(x + 1) < 2",
        "x - (y - 1) == 0",
        '"k" in l',
        'not "k" in l',
        'visited("B") and visits("B") > 2',
        'name == "a \\"b\\" \\\\ \\n\\t c"',
        "true or false",
        "(x == 1) == y",
        "x in [1, 2.5]",
    ],
)
@pytest.mark.parametrize("name", ["harlowe", "sugarcube", "snowman"])
def test_a_condition_survives_a_dialect(condition: str, name: str) -> None:
    grammar = GRAMMARS[name]

    assert condition_in(condition_text(condition, grammar), grammar, HERE) == condition


@pytest.mark.parametrize(
    ("condition", "grammar", "written"),
    [
        ('not ("k" in l and x == 1)', HARLOWE, 'not ("k" is in $l and $x is 1)'),
        ('not ("k" in l and x == 1)', SUGARCUBE, 'not ($l.includes("k") and $x is 1)'),
        ('not ("k" in l and x == 1)', SNOWMAN, '!(s.l.includes("k") && s.x === 1)'),
        ('not ("k" in l and x == 1)', CHAPBOOK, "!(l.includes('k') && x === 1)"),
        ('visits("B") > 1', HARLOWE, '(count: (history:), "B") > 1'),
        ("0.0000001 < x", SUGARCUBE, "0.0000001 < $x"),
    ],
)
def test_how_conditions_are_written(condition: str, grammar, written: str) -> None:
    assert condition_text(condition, grammar) == written


@pytest.mark.parametrize(
    ("condition", "grammar"),
    [("once", HARLOWE), ("once", SUGARCUBE), ('visits("B") > 1', CHAPBOOK), ("x in [1]", YARN)],
)
def test_what_a_dialect_cannot_say(condition: str, grammar) -> None:
    with pytest.raises(NotUnderstood):
        condition_text(condition, grammar)


@pytest.mark.parametrize(
    ("text", "grammar"),
    [
        ("", SUGARCUBE),
        ("$x <", SUGARCUBE),
        ("$x is 1 is 2", SUGARCUBE),
        ("$x $y", SUGARCUBE),
        ("($x", SUGARCUBE),
        ("[1, 2", SUGARCUBE),
        ("[1 2]", SUGARCUBE),
        ("x", SUGARCUBE),
        ("_x", SUGARCUBE),
        ("$x.length", SUGARCUBE),
        ("$x[0]", SUGARCUBE),
        ("visited()", SUGARCUBE),
        ("visited($x)", SUGARCUBE),
        ("hasVisited('Nowhere')", SUGARCUBE),
        ("random(1)", SUGARCUBE),
        ("$once", SUGARCUBE),
        ("$x & 1", SUGARCUBE),
        ("$x is 1e5", SUGARCUBE),
        ("$x is 'open", SUGARCUBE),
        ("$x is 99999999999999999999", SUGARCUBE),
        ("it is 1", HARLOWE),
        ("$x is in (history:)", HARLOWE),
        ("(history:)", HARLOWE),
        ("(either: 1, 2)", HARLOWE),
        ("a.b", INK),
        ("$x xor $y", YARN),
        ("$x + " * 600 + "1", SUGARCUBE),
        ("(" * 80 + "$x" + ")" * 80, SUGARCUBE),
        ("$x is '" + "a" * 1001 + "'", SUGARCUBE),
        ("[" + ",".join(["1"] * 600) + "] is $x", SUGARCUBE),
        ("not " * 40 + "$x", SUGARCUBE),
    ],
)
def test_conditions_that_are_not_understood(text: str, grammar) -> None:
    with pytest.raises(NotUnderstood):
        condition_in(text, grammar, HERE)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("$x eq 1 && $y != 2 || !$z", "x == 1 and y != 2 or not z"),
        ("$x neq 1 and $y gte 2", "x != 1 and y >= 2"),
        ("visited_count('B') > 1 or visited('B')", 'visits("B") > 1 or visited("B")'),
    ],
)
def test_yarn_conditions(text: str, condition: str) -> None:
    assert condition_in(text, YARN, HERE) == condition


def test_conditions_join_and_turn_around() -> None:
    assert all_of(()) is None
    assert all_of(("x",)) == "x"
    assert all_of(("x or y", "z")) == "(x or y) and z"
    assert negated("x") == "not x"
    assert negated("not x") == "x"
    assert negated("x or y") == "not (x or y)"


@pytest.mark.parametrize("name", ["harlowe", "sugarcube", "snowman"])
@pytest.mark.parametrize(
    "effect",
    [
        Effect("x", "set", "5"),
        Effect("x", "set", '"a"'),
        Effect("x", "set", "x + y"),
        Effect("x", "add", "2"),
        Effect("x", "add", "-2"),
        Effect("x", "toggle"),
        Effect("l", "append", '"k"'),
        Effect("l", "remove", '"k"'),
        Effect("l", "set", "[]"),
    ],
)
def test_an_effect_survives_a_dialect(effect: Effect, name: str) -> None:
    grammar = GRAMMARS[name]

    assert effects_in(effect_text(effect, grammar), grammar) == (effect,)


def test_effects_in_chapbook() -> None:
    for effect in (
        Effect("x", "add", "-2"),
        Effect("l", "append", '"k"'),
        Effect("l", "remove", "2"),
    ):
        assert chapbook_effect(effect_text(effect, CHAPBOOK), CHAPBOOK) == effect


@pytest.mark.parametrize(
    "text",
    [
        "",
        "$x",
        "5 to $x",
        "$x to",
        "$once to 1",
        "$x.push()",
        "$once += 1",
        "$not++ 1",
        "$x.sort(1)",
        "$x ? 1",
    ],
)
def test_assignments_that_are_not_understood(text: str) -> None:
    with pytest.raises(NotUnderstood):
        effects_in(text, SUGARCUBE)


def test_numbers_and_names_of_the_contract() -> None:
    assert contract_text(tree("1.50 + x", CONTRACT)) == "1.5 + x"
    assert contract_text(tree("3.0", CONTRACT)) == "3"


def test_strings_in_code() -> None:
    assert quoted('a"b\\c\nd\te') == '"a\\"b\\\\c\\nd\\te"'
    assert string_values("'a', \"b\"", SUGARCUBE, 2) == ["a", "b"]
    with pytest.raises(NotUnderstood):
        quoted("")
    with pytest.raises(NotUnderstood):
        string_values("'a', 5", SUGARCUBE, 2)
    with pytest.raises(NotUnderstood):
        string_values("'a'", SUGARCUBE, 2)
