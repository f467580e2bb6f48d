"""Are a story's declared variables and the effects of its choices well formed?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scenarios.documents import EFFECTS_MAX, EXPRESSION_MAX, VARIABLES_MAX
from scenarios.errors import ExpressionError
from scenarios.logic.effects import check_effect
from scenarios.logic.kinds import check_condition
from scenarios.logic.parsing import parse
from scenarios.logic.story import Effect
from scenarios.logic.variables import (
    Variable,
    check_variables,
    variable_from_json,
    variable_to_json,
)
from storycore.errors import InvalidInput

EFFECT_OPS = ("set", "add", "toggle", "append", "remove")


@dataclass(frozen=True, slots=True)
class ExpressionProblem:
    """What is wrong with an expression that was saved: `details` are message, reason, line, column, caret."""

    field: str
    details: Mapping[str, Any]


def valid_variables(declared: Any) -> list[dict[str, Any]]:
    """The declarations as they are stored.

    Raises InvalidInput naming the declaration at fault as `variables.<index>`.
    """
    if not isinstance(declared, list) or not all(isinstance(one, Mapping) for one in declared):
        raise InvalidInput("A list of declarations is expected.", field="variables")
    if len(declared) > VARIABLES_MAX:
        raise InvalidInput(f"A story has at most {VARIABLES_MAX} variables.", field="variables")
    variables: dict[str, Variable] = {}
    for index, raw in enumerate(declared):
        try:
            variable = variable_from_json(raw)
            same = variables.setdefault(variable.name, variable)
            check_variables([variable] if same is variable else [same, variable])
        except InvalidInput as problem:
            place = f"variables.{index}.{problem.field or 'name'}"
            raise InvalidInput(problem.message, field=place) from problem
    return [variable_to_json(variable) for variable in variables.values()]


def declared_variables(scenario: Mapping[str, Any]) -> dict[str, Variable]:
    """The variables that a stored scenario declares, by name."""
    stored = (variable_from_json(raw) for raw in scenario.get("variables") or [])
    return {variable.name: variable for variable in stored}


def condition_problem(
    condition: str | None, variables: Mapping[str, Variable]
) -> dict[str, Any] | None:
    """What is wrong with a condition: {message, reason, line, column, caret}; None when it can be evaluated.

    An author may save a story that is not finished, so this is kept beside the condition, not refused.
    """
    if condition is None or not condition.strip():
        return None
    try:
        check_condition(parse(condition), variables)
    except ExpressionError as problem:
        return {"message": problem.message, **problem.details}
    return None


def effect_problems(
    effects: Sequence[Mapping[str, Any]], variables: Mapping[str, Variable], *, field: str
) -> list[ExpressionProblem]:
    """What is wrong with stored effects, in order; they are saved all the same, as conditions are."""
    problems: list[ExpressionProblem] = []
    for index, raw in enumerate(effects):
        effect = Effect(raw["variable"], raw["op"], raw.get("value") or "")
        try:
            check_effect(effect, variables)
        except ExpressionError as problem:
            at_fault = "variable" if effect.variable not in variables else "value"
            place = f"{field}.{index}.{at_fault}"
            problems.append(
                ExpressionProblem(place, {"message": problem.message, **problem.details})
            )
    return problems


def named(field: str, problem: dict[str, Any] | None) -> list[ExpressionProblem]:
    """The problem of one condition, if there is one, with the field that it stands in."""
    return [ExpressionProblem(field, problem)] if problem else []


def valid_effects(effects: Any, *, field: str) -> list[dict[str, Any]]:
    """The effects as they are stored.

    Raises InvalidInput naming the effect at fault as `<field>.<index>`.
    """
    if not isinstance(effects, list) or not all(isinstance(one, Mapping) for one in effects):
        raise InvalidInput("A list of effects is expected.", field=field)
    if len(effects) > EFFECTS_MAX:
        raise InvalidInput(f"At most {EFFECTS_MAX} effects are kept.", field=field)
    return [_valid_effect(effect, f"{field}.{index}") for index, effect in enumerate(effects)]


def _valid_effect(effect: dict[str, Any], field: str) -> dict[str, Any]:
    op = effect.get("op")
    if op not in EFFECT_OPS:
        raise InvalidInput(f"op is one of {', '.join(EFFECT_OPS)}.", field=f"{field}.op")
    variable = effect.get("variable")
    if not isinstance(variable, str) or not variable.strip():
        raise InvalidInput(
            "An effect names the variable that it changes.", field=f"{field}.variable"
        )
    value = effect.get("value") or ""
    if len(value) > EXPRESSION_MAX:
        raise InvalidInput(f"At most {EXPRESSION_MAX} characters.", field=f"{field}.value")
    return {"variable": variable.strip(), "op": op, "value": value}
