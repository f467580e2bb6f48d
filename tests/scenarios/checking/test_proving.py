from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scenarios.checking.proving import Prover, Sound
from scenarios.checking.ranges import Truth, possible_truth
from scenarios.errors import ExpressionError
from scenarios.logic.evaluation import Scope, compile_condition
from scenarios.logic.kinds import check_condition
from scenarios.logic.nodes import Node
from scenarios.logic.parsing import parse
from scenarios.logic.variables import Value, Variable
from tests.scenarios.logic.strategies import DECLARED, conditions, numbered

NEVER, ALWAYS, OPEN = (
    Truth(can_be_false=True, can_be_true=False),
    Truth(can_be_false=False),
    Truth(),
)


def _sound(text: str) -> Sound:
    expression = parse(text)
    check_condition(expression, DECLARED)
    return Sound(expression, compile_condition(expression))


def _truth(text: str, present: str | None = None) -> Truth:
    return Prover(DECLARED).truth(_sound(text), present)


@pytest.mark.parametrize(
    "text",
    [
        "false", "1 > 2", "met and not met", "gold > 20", "gold < 0", "gold >= 21", "gold == -1",
        "gold > 10 and gold < 5", "gold > 10 and gold < 11", "far > 10 and far < 11",
        "wide > 10 and wide < 10", "rate > 2.5", "gold == 2.5", "far == 0.5", 'mood == "angry"',
        'mood == "calm" and mood == "glad"', 'mood in ["angry", "mad"]', 'gold == "5"',
        'name == "a" and name == "b"', '"key" in bag and "key" not in bag', "met == 1",
        'visits("a") < 0', 'visited("a") and visits("a") == 0', 'not visited("a") and visits("a") > 1',
        "once and not once", "age + luck > 200000", "age - luck < -100000", "age * 2 > 200000",
        "age / 2 > 60000", "age % 7 > 7", "age % -7 > 0", "-age > 0", "age + luck == -1",
        "age == luck + 100001", "1 / 0 > 1", "gold / 0 > 1", "far * 0 > 1 and far < 0 and far > 0",
        '[age] == 5', "age in [-1, -2]", "age + 0.5 in []", 'mood + "!" == 5', "not true",
        "wide > 9007199254740991",
        "(age >= 0) == false", "age + luck * 0 < 0", "not (age + luck >= 0)",
        '"zz" in mood', "met != met and age > 3", 'mood == "calm" and age + luck < 0',
    ],
)  # fmt: skip
def test_what_can_never_be_true(text: str) -> None:
    assert _truth(text) == NEVER


@pytest.mark.parametrize(
    "text",
    [
        "true", "met or not met", "gold >= 0", "gold <= 20", "gold > -1", "far < 3 or far >= 3",
        "wide <= 0.5 or wide > 0.5", 'mood in ["calm", "glad", "sad"]', 'mood != "angry"',
        'visits("a") >= 0', "once or not once", "age + luck >= 0", "age + luck <= 200000",
        "age - luck >= -100000", "-age <= 0", "age % 7 <= 7", "age % -7 <= 0", 'gold != "5"',
        'visited("a") or visits("a") < 1', '"key" in bag or "key" not in bag', "age * luck >= 0",
        "age / 4 <= 25000", "met == met", "0 <= gold", "not (gold > 20)", "age in [1] or age != 1",
        "wide <= 9007199254740991", "age - luck <= 100000", "3 in [1, 3]",
        "age + luck != -1", "(age >= 0) == true", 'mood + "" != 3 or true', "2 > 1 and age < 100001",
        '"" in mood', "gold * 0 == 0",
    ],
)  # fmt: skip
def test_what_is_always_true(text: str) -> None:
    assert _truth(text) == ALWAYS


@pytest.mark.parametrize(
    "text",
    [
        "met", "gold > 5", "gold == 20", "gold == 0", "far > 9007199254740990", "wide > 0 and wide < 1",
        "wide > 1 and wide < 1.0000000000000002 or wide == 1", 'mood == "sad"', 'name == "x"',
        'name != "x"', '"a" in name and name != "a"',
        '"key" in bag', '"a" in bag and "b" not in bag', "bag == []", 'visited("a")', 'visits("a") > 9',
        "once", "gold / rate > 1", "1 / gold > 0", "age > luck", "age + luck > 199999", "far + 1 > far",
        "far * 2 > far", "name + title == name", "far - far == 0", "age % 7 == 6", "gold % 2 == 0",
        "bag == bag and 1 / age > 0 or met", "name in title", "[age] == [luck]", "age in [luck]",
        '"a" in bag and "b" in bag and "c" in bag and "d" in bag and "e" in bag and "f" in bag',
        "gold in [1, 3, 5]", "rate == 0.1", "5 in bag", "(age > 5) == met", "age / luck > 1",
        "age == 3 and luck == 3 or far == wide", 'visits("a") > gold', "-gold > -3", '"al" in mood',
        "met and far / (far - far) > 1 or met", 'mood == name', "wide + far > 1", "name == title",
        "far == far", 'name == "" and "a" in name', "met != met and 1 / age > 0", "1 / age > 2",
        'name + "a" == title', "once == met", "(age > luck) == (age < luck)", "bag != [age]",
    ],
)  # fmt: skip
def test_what_is_left_open(text: str) -> None:
    assert _truth(text) == OPEN


def test_a_scene_that_is_present_has_been_visited() -> None:
    assert _truth('visited("here")', "here") == ALWAYS
    assert _truth('visits("here") < 1', "here") == NEVER
    assert _truth('visited("there")', "here") == OPEN
    assert _truth('visits("here") > 1', "here") == OPEN
    assert _truth('visited("here") and age >= luck - 100000', "here") == ALWAYS
    assert _truth('visits("here") * age < 0', "here") == NEVER
    assert _truth('age > luck or visited("here")', "here") == ALWAYS


def test_answers_are_kept_for_each_scene_that_they_depend_on() -> None:
    prover = Prover(DECLARED)

    assert prover.truth(_sound('visited("a")'), "a") == ALWAYS
    assert prover.truth(_sound('visited("a")'), "b") == OPEN
    assert prover.truth(_sound("met"), "a") == prover.truth(_sound("met"), "b") == OPEN
    assert len(prover.known) == 3


def test_trials_are_bounded_for_a_whole_story() -> None:
    prover = Prover(DECLARED)
    condition = "gold > 10 and gold < 5"
    prover.trials_left = 0

    assert prover.truth(_sound(condition)) == OPEN
    assert Prover(DECLARED).truth(_sound(condition)) == NEVER


def test_conditions_of_two_choices() -> None:
    prover = Prover(DECLARED)

    assert not prover.can_both_hold(_sound("met"), _sound("not met"), "a")
    assert prover.can_both_hold(_sound("met"), _sound("gold > 3"), "a")
    assert prover.can_both_hold(_sound("once"), _sound("not once"), "a")
    assert not prover.can_both_hold(_sound("gold > 3 or met"), _sound("gold < 2 and not met"), "a")


def _state(rng: random.Random) -> Scope:
    """Any state that the declarations allow, with a liking for edges."""
    values: dict[str, Value] = {}
    for variable in DECLARED.values():
        values[variable.name] = _value(variable, rng)
    visits = {scene: rng.choice([0, 1, 2, 7]) for scene in ("a", "b", "c", "toString")}
    return Scope(values, visits, rng.choice([0, 1, 3]))


def _value(variable: Variable, rng: random.Random) -> Any:
    if variable.type == "boolean":
        return rng.random() < 0.5
    if variable.type == "enum":
        return rng.choice(variable.values)
    if variable.type == "string":
        return rng.choice(["", "key", "Mara", "calm", "é", "~0", "a"])
    if variable.type == "list":
        return tuple(rng.sample(["key", "Mara", 3, 0, 0.5], rng.randint(0, 3)))
    numbers = [variable.low, variable.high, rng.randint(-5, 25), 0, 5]
    if variable.type == "number":
        numbers += [rng.uniform(-3, 3), 0.1, -2.25]
    number = min(max(rng.choice(numbers), variable.low), variable.high)
    return int(number) if number == int(number) else number


def _holds(condition: Sound, scope: Scope) -> bool:
    try:
        return condition.holds(scope)
    except ExpressionError:
        return False


@settings(max_examples=400)
@given(conditions, st.integers(0, 10**6))
@example(parse('"a" in name and name != "a"').root, 3)
def test_no_claim_is_ever_false(root: Node, seed: int) -> None:
    expression = numbered(root)
    check_condition(expression, DECLARED)
    condition = Sound(expression, compile_condition(expression))
    rng = random.Random(seed)

    claims = [
        Prover(DECLARED).truth(condition),
        possible_truth(condition.expression, DECLARED, None),
    ]

    for _ in range(60):
        held = _holds(condition, _state(rng))
        for claim in claims:
            assert claim.can_be_true if held else claim.can_be_false
