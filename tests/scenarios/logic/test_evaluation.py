from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios.errors import ExpressionError
from scenarios.logic.evaluation import Scope, compile_condition, compile_expression, evaluate
from scenarios.logic.nodes import Expression, to_json
from scenarios.logic.parsing import parse
from tests.scenarios.logic.browser import HERE, exactly, in_javascript, needs_node, plain
from tests.scenarios.logic.strategies import STATE, numbered, trees

FILE = json.loads((HERE / "vectors.json").read_text())
VECTORS = FILE["vectors"]


def _state(vector: dict[str, Any]) -> dict[str, Any]:
    return {**FILE["state"], **vector.get("state", {})}


def _scope(state: dict[str, Any]) -> Scope:
    values = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in state["variables"].items()
    }
    return Scope(values, state["visits"], state["uses"])


def _outcome(expression: Expression, scope: Scope) -> dict[str, Any]:
    try:
        return {"value": plain(evaluate(expression, scope))}
    except ExpressionError as error:
        return {"error": {"reason": error.reason, "line": error.line, "column": error.column}}


def _expected(vector: dict[str, Any]) -> dict[str, Any]:
    return {key: vector[key] for key in ("value", "error") if key in vector}


def test_there_are_at_least_300_vectors_and_none_twice() -> None:
    kinds = {json.dumps([v["expression"], v.get("state")]) for v in VECTORS}

    assert len(kinds) == len(VECTORS) >= 300
    assert sum("error" in vector for vector in VECTORS) >= 80


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["expression"][:60])
def test_vectors_in_python(vector: dict[str, Any]) -> None:
    expression = parse(vector["expression"])

    assert to_json(expression) == vector["tree"]
    assert exactly(_outcome(expression, _scope(_state(vector)))) == exactly(_expected(vector))


@needs_node
def test_vectors_in_javascript() -> None:
    jobs = [{"tree": vector["tree"], "state": _state(vector)} for vector in VECTORS]

    answers = in_javascript(expressions=jobs)["expressions"]

    different = [
        (vector["expression"], answer)
        for vector, answer in zip(VECTORS, answers, strict=True)
        if exactly(answer) != exactly(_expected(vector))
    ]
    assert different == []


@needs_node
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(trees, min_size=200, max_size=200), st.integers(0, 1))
def test_random_trees_are_equal_in_python_and_javascript(roots: list[Any], uses: int) -> None:
    expressions = [numbered(root) for root in roots]
    state = {**STATE, "uses": uses}
    jobs = [{"tree": to_json(expression), "state": state} for expression in expressions]

    answers = in_javascript(expressions=jobs)["expressions"]

    for expression, answer in zip(expressions, answers, strict=True):
        here = _outcome(expression, _scope(state))
        assert exactly(here) == exactly(answer), to_json(expression)


@given(trees)
def test_no_result_is_outside_what_a_story_can_hold(root: Any) -> None:
    outcome = _outcome(numbered(root), _scope(STATE))

    value = outcome.get("value", 0)
    assert isinstance(value, (bool, int, float, str, list))
    if isinstance(value, float):
        assert not value.is_integer()
        assert abs(value) <= 2**53 - 1


def test_a_condition_must_be_true_or_false() -> None:
    holds = compile_condition(parse("gold + 1"))

    with pytest.raises(ExpressionError) as caught:
        holds(Scope({"gold": 1}))

    assert (caught.value.reason, caught.value.column) == ("TYPE_MISMATCH", 6)
    assert compile_condition(parse("gold > 0"))(Scope({"gold": 1})) is True
    assert compile_condition(parse("gold > 1"))(Scope({"gold": 1})) is False


def test_evaluating_changes_nothing() -> None:
    variables = {"bag": ("key",), "gold": 1}
    run = compile_expression(parse('"key" in bag and gold + 1 > 1'))

    assert run(Scope(variables)) is True
    assert run(Scope(variables)) is True
    assert variables == {"bag": ("key",), "gold": 1}
