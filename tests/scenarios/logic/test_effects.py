from __future__ import annotations

from typing import Any

import pytest

from scenarios.logic.effects import apply_effects, compile_effect
from scenarios.logic.evaluation import Scope
from scenarios.logic.story import Effect
from scenarios.logic.variables import Value, Variable

VARIABLES = {
    variable.name: variable
    for variable in (
        Variable("gold", "integer", 5, 0, 20),
        Variable("far", "integer"),
        Variable("rate", "number", 0.5),
        Variable("met", "boolean"),
        Variable("mood", "enum", "calm", values=("calm", "glad")),
        Variable("name", "string", "Mara"),
        Variable("bag", "list", ("key", 3, "key")),
    )
}
VALUES: dict[str, Value] = {name: variable.initial for name, variable in VARIABLES.items()}


def _applied(*effects: Effect, **scope: Any) -> tuple[dict[str, Value], list[str]]:
    """What changed, and the reasons of what failed."""
    compiled = [compile_effect(effect, VARIABLES, {"cellar": "c"}) for effect in effects]
    before = Scope(**{"variables": dict(VALUES), **scope})
    applied = apply_effects(compiled, before)
    assert before.variables == scope.get("variables", VALUES)
    changed = {
        name: value
        for name, value in applied.variables.items()
        if value != before.variables.get(name)
    }
    return changed, [problem.reason for problem in applied.problems]


@pytest.mark.parametrize(
    ("effect", "changed"),
    [
        (Effect("gold", "set", "7"), {"gold": 7}),
        (Effect("gold", "set", "gold * 2"), {"gold": 10}),
        (Effect("gold", "set", "7 / 2"), {"gold": 3}),
        (Effect("gold", "set", "50"), {"gold": 20}),
        (Effect("gold", "add", "3"), {"gold": 8}),
        (Effect("gold", "add", "-9"), {"gold": 0}),
        (Effect("gold", "add", "99"), {"gold": 20}),
        (Effect("rate", "add", "0.25"), {"rate": 0.75}),
        (Effect("rate", "add", "rate"), {"rate": 1}),
        (Effect("met", "toggle"), {"met": True}),
        (Effect("met", "toggle", "ignored ("), {"met": True}),
        (Effect("met", "set", "gold > 3"), {"met": True}),
        (Effect("met", "set", "once"), {"met": True}),
        (Effect("mood", "set", '"glad"'), {"mood": "glad"}),
        (Effect("name", "set", 'name + "!"'), {"name": "Mara!"}),
        (Effect("bag", "append", '"lamp"'), {"bag": ("key", 3, "key", "lamp")}),
        (Effect("bag", "append", "gold"), {"bag": ("key", 3, "key", 5)}),
        (Effect("bag", "remove", '"key"'), {"bag": (3, "key")}),
        (Effect("bag", "remove", "3"), {"bag": ("key", "key")}),
        (Effect("bag", "remove", '"3"'), {}),
        (Effect("bag", "set", "[]"), {"bag": ()}),
        (Effect("gold", "set", 'visits("Cellar")'), {"gold": 2}),
    ],
)
def test_changes(effect: Effect, changed: dict[str, Value]) -> None:
    assert _applied(effect, visits={"c": 2}) == (changed, [])


def test_each_sees_what_the_ones_before_it_did() -> None:
    effects = (
        Effect("gold", "add", "1"),
        Effect("gold", "set", "gold * 2"),
        Effect("met", "set", "gold == 12"),
    )

    assert _applied(*effects) == ({"gold": 12, "met": True}, [])


@pytest.mark.parametrize(
    ("effect", "reason"),
    [
        (Effect("nosuch", "set", "1"), "UNDECLARED_VARIABLE"),
        (Effect("gold", "set", "nosuch"), "UNDECLARED_VARIABLE"),
        (Effect("gold", "set", "gold >"), "SYNTAX"),
        (Effect("gold", "set", ""), "SYNTAX"),
        (Effect("gold", "set", "true"), "TYPE_MISMATCH"),
        (Effect("met", "set", "1"), "TYPE_MISMATCH"),
        (Effect("gold", "toggle"), "TYPE_MISMATCH"),
        (Effect("met", "add", "1"), "TYPE_MISMATCH"),
        (Effect("name", "add", '"x"'), "TYPE_MISMATCH"),
        (Effect("gold", "add", '"x"'), "TYPE_MISMATCH"),
        (Effect("gold", "append", "1"), "TYPE_MISMATCH"),
        (Effect("bag", "append", "true"), "TYPE_MISMATCH"),
        (Effect("bag", "remove", "bag"), "TYPE_MISMATCH"),
        (Effect("bag", "set", '"key"'), "TYPE_MISMATCH"),
        (Effect("mood", "set", '"sad"'), "VALUE_NOT_ALLOWED"),
        (Effect("gold", "set", 'visits("attic")'), "UNKNOWN_SCENE"),
    ],
)
def test_faults_are_found_before_play_and_harm_nothing(effect: Effect, reason: str) -> None:
    error = compile_effect(effect, VARIABLES, {}).error

    assert error is not None
    assert error.reason == reason
    assert _applied(effect, Effect("gold", "add", "1")) == ({"gold": 6}, [reason])


@pytest.mark.parametrize(
    ("effect", "reason"),
    [
        (Effect("gold", "set", "1 / (gold - 5)"), "DIVISION_BY_ZERO"),
        (Effect("mood", "set", "name"), "VALUE_NOT_ALLOWED"),
        (Effect("far", "add", "9007199254740991"), "NUMBER_TOO_LARGE"),
        (Effect("bag", "append", '"x"'), "LIST_TOO_LONG"),
    ],
)
def test_faults_in_play_change_nothing_and_stop_nothing(effect: Effect, reason: str) -> None:
    full = {**VALUES, "far": 1, "bag": tuple(range(100))}

    assert compile_effect(effect, VARIABLES, {}).error is None
    assert _applied(effect, Effect("met", "toggle"), variables=full) == ({"met": True}, [reason])


def test_the_same_fault_can_be_raised_again_and_again() -> None:
    compiled = compile_effect(Effect("gold", "set", "("), VARIABLES, {})

    for _ in range(3):
        problems = apply_effects([compiled], Scope(VALUES)).problems
        assert problems == (compiled.error,)

    depth = 0
    trace = compiled.error.__traceback__ if compiled.error else None
    while trace:
        depth, trace = depth + 1, trace.tb_next
    assert depth <= 3


def test_a_variable_that_the_state_lacks_starts_from_its_default() -> None:
    compiled = compile_effect(Effect("gold", "add", "1"), VARIABLES, {})

    assert apply_effects([compiled], Scope({})).variables == {"gold": 6}
