from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.logic.variables import (
    MAX_LIST,
    MAX_NUMBER,
    MAX_TEXT,
    Value,
    Variable,
    canonical,
    check_variables,
    checked_value,
    fitted,
    initial_values,
    is_name,
    is_well_formed,
    kind_of,
    value_to_json,
    variable_from_json,
    variable_to_json,
)
from storycore.errors import InvalidInput

MOOD = Variable("mood", "enum", values=("calm", "glad"))
HEALTH = Variable("health", "integer", min=0, max=10)
RATE = Variable("rate", "number", min=-0.5, max=0.5)


def _refused(raw: dict[str, Any]) -> str | None:
    with pytest.raises(InvalidInput) as caught:
        variable_from_json(raw)
    return caught.value.field


@pytest.mark.parametrize("name", ["gold", "_a", "clé", "Gold2", "x" * 64, "and_more", "Or"])
def test_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "2gold", "a b", "a-b", "x" * 65, "__proto__", "and", "visited", "once", "a\n", "$a"],
)
def test_no_names(name: str) -> None:
    assert not is_name(name)


def test_half_a_character_is_not_well_formed() -> None:
    assert is_well_formed("plain")
    assert is_well_formed("\U0001f600")
    assert not is_well_formed("\ud83d")


@pytest.mark.parametrize(
    ("variable", "initial"),
    [
        (Variable("a", "boolean"), False),
        (Variable("a", "integer"), 0),
        (Variable("a", "integer", min=3), 3),
        (Variable("a", "number", max=-1.5), -1.5),
        (Variable("a", "string"), ""),
        (Variable("a", "list"), ()),
        (MOOD, "calm"),
        (Variable("a", "enum"), ""),
        (Variable("a", "boolean", default=True), True),
        (Variable("a", "string", "x"), "x"),
    ],
)
def test_initial_values(variable: Variable, initial: Value) -> None:
    assert variable.initial == initial
    assert initial_values([variable]) == {variable.name: initial}


@pytest.mark.parametrize(
    ("variable", "value", "kept"),
    [
        (HEALTH, 5, 5),
        (HEALTH, 5.9, 5),
        (HEALTH, -0.5, 0),
        (HEALTH, 11, 10),
        (Variable("a", "integer"), -2.5, -3),
        (RATE, 0.25, 0.25),
        (RATE, 3, 0.5),
        (RATE, -3, -0.5),
        (MOOD, "glad", "glad"),
        (MOOD, "sad", None),
        (Variable("a", "boolean"), True, True),
        (Variable("a", "string"), "x", "x"),
        (Variable("a", "list"), ("x",), ("x",)),
    ],
)
def test_fitted(variable: Variable, value: Value, kept: Value | None) -> None:
    assert fitted(variable, value) == kept


@pytest.mark.parametrize(
    ("variable", "raw", "value"),
    [
        (Variable("a", "boolean"), True, True),
        (HEALTH, 5, 5),
        (HEALTH, 5.0, 5),
        (RATE, 0.5, 0.5),
        (Variable("a", "string"), "x" * MAX_TEXT, "x" * MAX_TEXT),
        (MOOD, "glad", "glad"),
        (Variable("a", "list"), ["key", 3.0, 0.5], ("key", 3, 0.5)),
        (Variable("a", "list"), (), ()),
    ],
)
def test_checked_values(variable: Variable, raw: object, value: Value) -> None:
    checked = checked_value(variable, raw)

    assert checked == value
    assert checked.__class__ is value.__class__


@pytest.mark.parametrize(
    ("variable", "raw"),
    [
        (Variable("a", "boolean"), 1),
        (Variable("a", "boolean"), None),
        (HEALTH, True),
        (HEALTH, 5.5),
        (HEALTH, 11),
        (HEALTH, "5"),
        (RATE, float("nan")),
        (RATE, float("inf")),
        (Variable("a", "number"), MAX_NUMBER + 1),
        (Variable("a", "number"), 10**400),
        (Variable("a", "string"), 5),
        (Variable("a", "string"), "x" * (MAX_TEXT + 1)),
        (Variable("a", "string"), "\ud800"),
        (MOOD, "sad"),
        (Variable("a", "list"), "key"),
        (Variable("a", "list"), [True]),
        (Variable("a", "list"), [[]]),
        (Variable("a", "list"), ["\ud800"]),
        (Variable("a", "list"), [1] * (MAX_LIST + 1)),
    ],
)
def test_values_that_cannot_be_held(variable: Variable, raw: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        checked_value(variable, raw)

    assert caught.value.field == "default"
    assert caught.value.details == {"variable": variable.name}


def test_declarations_that_are_sound() -> None:
    check_variables([MOOD, HEALTH, RATE, Variable("a", "list", ("x", 1))])


@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ([Variable("1a", "boolean")], "name"),
        ([Variable("a", "boolean"), Variable("a", "string")], "name"),
        ([Variable("a", "enum")], "values"),
        ([Variable("a", "enum", values=("x", "x"))], "values"),
        ([Variable("a", "enum", values=("x" * 1001,))], "values"),
        ([Variable("a", "integer", min=2, max=1)], "max"),
        ([Variable("a", "integer", min=0.5)], "min"),
        ([Variable("a", "integer", 20, 0, 10)], "default"),
        ([Variable("a", "boolean", "yes")], "default"),
        ([Variable(f"a{n}", "boolean") for n in range(1_001)], "variables"),
    ],
)
def test_declarations_that_are_not(variables: list[Variable], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_variables(variables)

    assert caught.value.field == field


def test_a_declaration_survives_json() -> None:
    raw = {"name": "bag", "type": "list", "default": ["key", 1.0], "description": "carried"}

    variable = variable_from_json(raw)

    assert variable == Variable("bag", "list", ("key", 1), description="carried")
    assert variable_from_json(variable_to_json(variable)) == variable
    assert variable_to_json(variable) == {
        "name": "bag",
        "type": "list",
        "default": ["key", 1],
        "min": None,
        "max": None,
        "values": [],
        "description": "carried",
    }


def test_bounds_and_values_from_json() -> None:
    assert variable_from_json({"name": "a", "type": "integer", "min": 1.0, "max": 5}) == Variable(
        "a", "integer", None, 1, 5
    )
    assert variable_from_json(
        {"name": "a", "type": "enum", "values": ["x", "y"], "default": "y", "min": None}
    ) == Variable("a", "enum", "y", values=("x", "y"))


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"name": "a"}, "type"),
        ({"name": "a", "type": "float"}, "type"),
        ({"type": "boolean"}, "name"),
        ({"name": 5, "type": "boolean"}, "name"),
        ({"name": "a b", "type": "boolean"}, "name"),
        ({"name": "a", "type": "enum"}, "values"),
        ({"name": "a", "type": "enum", "values": "xy"}, "values"),
        ({"name": "a", "type": "enum", "values": [1]}, "values"),
        ({"name": "a", "type": "integer", "min": "1"}, "min"),
        ({"name": "a", "type": "integer", "max": True}, "max"),
        ({"name": "a", "type": "integer", "max": 1e300}, "max"),
        ({"name": "a", "type": "integer", "min": 3, "max": 1}, "max"),
        ({"name": "a", "type": "boolean", "default": 1}, "default"),
    ],
)
def test_declarations_in_json_that_are_refused(raw: dict[str, Any], field: str) -> None:
    assert _refused(raw) == field


@given(st.floats(-1e15, 1e15))
def test_canonical_numbers_are_ints_when_whole(number: float) -> None:
    value = canonical(number)

    assert value == number
    assert isinstance(value, int) == number.is_integer()


def test_kinds_and_json_of_values() -> None:
    assert [kind_of(v) for v in (True, 1, 0.5, "a", (), None, [])] == [
        "boolean", "number", "number", "text", "list", None, None,
    ]  # fmt: skip
    assert value_to_json((1, "a")) == [1, "a"]
    assert value_to_json(False) is False
