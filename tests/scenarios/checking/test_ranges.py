from __future__ import annotations

import pytest

from scenarios.checking.ranges import Truth, possible_truth
from scenarios.logic.kinds import check_condition
from scenarios.logic.parsing import parse
from tests.scenarios.logic.strategies import DECLARED

# Without trials: gold is 0 to 20, rate -2.5 to 2.5, age and luck 0 to 100000, far and wide unbounded.
NEVER = [
    "false", "not true", "1 > 1", "1 > 2", "2 < 2", "gold < 0", "gold <= -1", "gold > 20", "gold >= 21",
    "gold == 21", "gold == -1", "gold == true", 'gold == "5"', "bag == 1", 'mood == "angry"', "true == false",
    'mood in ["angry", "mad"]', "gold in [21, 22]", "gold in []", "gold + luck < 0", "gold - luck > 20",
    "gold - luck < -100000", "gold * rate > 50", "gold * rate < -50", "-rate > 2.5", "-rate < -2.5",
    "gold / 2 > 10", "gold / -2 > 0", "rate / (gold + 1) > 2.5", "gold % 3 > 3", "gold % 3 < 0",
    "gold % -3 > 0", "gold % -3 < -3", 'visits("x") < 0', "met and gold < 0", "gold < 0 or age < 0",
    "true != true", "(gold < 0) == true", "wide > 9007199254740991", "far < -9007199254740991",
    "far + far > 9007199254740991", "wide * wide > 9007199254740991", 'name + "x" == 3', "[gold] == 3",
    "(gold >= 0) != (age >= 0)", '"calm" in [name, 3] and gold < 0', "not (gold >= 0 or met)",
]  # fmt: skip
ALWAYS = [
    "true", "not false", "1 >= 1", "gold >= 0", "gold <= 20", "gold > -1", "gold < 21", "gold != 21",
    "gold != true", 'mood != "angry"', "3 == 3", '"a" == "a"', "true == true", "3 in [1, 3]",
    "gold + luck >= 0",
    "gold - luck <= 20", "gold * rate <= 50", "gold / 2 <= 10", "gold % 3 <= 3", 'visits("x") >= 0',
    'visits("here") >= 1', 'visited("here")', "met or gold >= 0", "gold >= 0 and age >= 0",
    "(gold >= 0) == (age >= 0)", "(gold < 0) == false", "-gold <= 0", "- - gold >= 0",
    'mood in ["angry"] or gold < 21', "not (gold < 0 and met)",
]  # fmt: skip
OPEN = [
    "met", "once", 'visited("x")', "gold > 0", "gold < 20", "gold <= 0", "gold >= 20", "gold == 20",
    "gold == rate",
    'mood == "sad"', "mood == name", 'name == "x"', "bag == []", "bag == bag", "3 in bag", '"a" in name',
    '"a" in mood', 'mood in ["sad", "x"]', "gold in [1]", "gold + age > 100019", "gold - age == -100000",
    "rate * gold == 50", "gold / 2 == 10", "gold % 3 == 3", "gold % 3 == 0", "gold % -3 == -3",
    "1 / gold >= 0", "gold / 0 >= 0", "gold % rate >= -2.5", "gold % 0 <= 0", "far + 1 >= -9007199254740991",
    "wide - 1 <= 9007199254740991", "wide * 2 <= 9007199254740991", "1 / rate <= 9007199254740991",
    'name + "" != 3', '"a" + "b" == "ab"', "met == once", "met != once", "not met", "gold >= 0 and met",
    "gold < 0 or met", "rate / 0.1 > 24", "gold == age", 'visits("here") > 1', 'visits("x") > gold',
    "1 / (gold - 1) != true",
]  # fmt: skip


def _truth(text: str) -> Truth:
    expression = parse(text)
    check_condition(expression, DECLARED)
    return possible_truth(expression, DECLARED, "here")


@pytest.mark.parametrize("text", NEVER)
def test_ruled_out(text: str) -> None:
    assert not _truth(text).can_be_true


@pytest.mark.parametrize("text", ALWAYS)
def test_certain(text: str) -> None:
    assert not _truth(text).can_be_false


@pytest.mark.parametrize("text", OPEN)
def test_left_open(text: str) -> None:
    assert _truth(text) == Truth()
