from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.errors import ExpressionError
from scenarios.logic.nodes import MAX_DEPTH, MAX_NODES, Expression, Node
from scenarios.logic.parsing import parse
from tests.scenarios.logic.browser import HERE

FILE = json.loads((HERE / "vectors.json").read_text())
UNREADABLE = FILE["unreadable"]
SOUND = [vector["expression"] for vector in FILE["vectors"]]
PIECES = [
    "gold", "and", "or", "not", "in", "true", "false", "once", "visited", "visits", "(", ")", "[",
    "]", ",", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", '"', "'", '"a"', "'b'", "1",
    "0.5", "9" * 20, " ", "\n", "\t", "\\", "\x00", "é", "\U0001f600", "\ud800", "=", "&&", "$", ".",
    "#", "“", "__x", "\u2028", "٣", "visited(\"a\")", "not in", "((", "))", "x" * 70,
]  # fmt: skip


@pytest.mark.parametrize("vector", UNREADABLE, ids=lambda vector: vector["expression"][:60])
def test_unreadable_vectors(vector: dict[str, Any]) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(vector["expression"])

    error = caught.value
    assert {
        "reason": error.reason,
        "line": error.line,
        "column": error.column,
    } == vector["error"]
    assert error.code == "EXPRESSION_ERROR"
    assert error.details == {**vector["error"], "caret": error.caret}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gold = 3", "Write `==` to compare."),
        ("a && b", "Write `and`."),
        ("a || b", "Write `or`."),
        ("!a", "Write `not`."),
        ("$gold", "Write the variable's name without `$`."),
        ("“a”", 'Use straight quotes: ".'),
        ("'a", "The text is not closed."),
        ("a.b", "A point belongs only inside a number, as in 0.5."),
        ("a ; b", "`;` has no meaning here."),
        ("a AND b", "Write `and` small."),
        ("a < b < c", "Comparisons do not chain. Join them with `and`."),
        ("a >", "It ends where a value should follow."),
        ("a b", "Here should be an operator or the end."),
        ("(a b", "Here should be `)`."),
        ("visited(a)", "Here should be a scene's name in quotes."),
        ("", "The expression is empty."),
        ("__a", "This is no name for a variable."),
        (r'"\q"', "Escapes are \\\\ \\\" \\' \\n \\t."),
        ("\ud800", "The text holds half a character."),
    ],
)
def test_messages_say_what_to_write(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)

    assert caught.value.message == message


def test_the_tree_binds_as_in_arithmetic() -> None:
    root = parse("a + b * c > 1 and not d or e").root

    assert root == Node(
        "or",
        24,
        (
            Node(
                "and",
                14,
                (
                    Node(
                        ">",
                        10,
                        (
                            Node(
                                "+",
                                2,
                                (
                                    Node("variable", 0, value="a"),
                                    Node(
                                        "*",
                                        6,
                                        (
                                            Node("variable", 4, value="b"),
                                            Node("variable", 8, value="c"),
                                        ),
                                    ),
                                ),
                            ),
                            Node("const", 12, value=1),
                        ),
                    ),
                    Node("not", 18, (Node("variable", 22, value="d"),)),
                ),
            ),
            Node("variable", 27, value="e"),
        ),
    )


def test_the_longest_alternatives_that_fit() -> None:
    fits = " or ".join(["a"] * (MAX_NODES - 1))

    assert len(parse(fits).nodes()) == MAX_NODES
    with pytest.raises(ExpressionError, match=f"more than {MAX_NODES} parts"):
        parse(fits + " or a")


def test_the_deepest_that_fits() -> None:
    assert parse("-" * (MAX_DEPTH - 1) + "1").root.op == "neg"
    with pytest.raises(ExpressionError, match="over 32 deep"):
        parse("-" * MAX_DEPTH + "1")


def _refusal(text: str) -> ExpressionError | None:
    try:
        expression = parse(text)
    except ExpressionError as error:
        return error
    assert isinstance(expression, Expression)
    assert len(expression.nodes()) <= MAX_NODES
    return None


def _survives(text: str) -> None:
    refused = _refusal(text)
    if refused is not None:
        assert 1 <= refused.line <= text.count("\n") + 1
        assert refused.column >= 1
        assert refused.caret.endswith("^")


def _spoilt(rng: random.Random, text: str) -> str:
    """A sound expression with some pieces put in or cut out."""
    for _ in range(rng.randint(1, 4)):
        here = rng.randint(0, len(text))
        text = text[:here] + rng.choice(PIECES) + text[here + rng.randint(0, 3) :]
    return text


def _fuzz(rounds: int, seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(rounds // 2):
        _survives("".join(rng.choices(PIECES, k=rng.randint(0, 30))))
        _survives(_spoilt(rng, rng.choice(SOUND)))


@given(st.text())
def test_any_text_is_parsed_or_refused(text: str) -> None:
    _survives(text)


def test_fuzz_short() -> None:
    _fuzz(4000, seed=20)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_fuzz_100_000_texts() -> None:
    _fuzz(100_000, seed=21)
