from __future__ import annotations

import pytest

from scenarios.checking.domains import samples
from scenarios.logic.parsing import parse
from scenarios.logic.variables import MAX_NUMBER, Value
from tests.scenarios.logic.strategies import DECLARED


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("met", (False, True)),
        ('mood == "sad"', ("sad", "calm")),
        ('mood != "angry"', ("calm",)),
        ("mood == name or mood == name", None),
        ("gold > 5", (0, 5, 6, 20)),
        ("far == 0.5", (-MAX_NUMBER, 0, 1, MAX_NUMBER)),
        ("far + 1 > 0", None),
        ("gold % 2 == 0", tuple(range(21))),
        ("rate > 1", (-2.5, -0.75, 1, 1.75, 2.5)),
        ("rate > 9", (-2.5, 0.0, 2.5)),
        ('name == "~0"', ("~0", "~1")),
        ('name in ["b", "a"]', ("a", "b", "~0")),
        ('"a" in name', None),
        ('"al" in mood', ("calm", "glad", "sad")),
        ('"a" in bag', ((), ("a",))),
        ("bag == []", None),
        ("-3 in bag", ((), (-3,))),
        ("far in [1, gold]", None),
        ('visits("a") in [2]', (0, 2, 3, MAX_NUMBER)),
        ("gold == -gold", tuple(range(21))),
    ],
)
def test_values_that_stand_for_all(text: str, values: tuple[Value, ...] | None) -> None:
    found = samples(parse(text), DECLARED, None)

    assert (None if found is None else next(iter(found.values()))) == values


def test_everything_that_is_read_has_its_values() -> None:
    found = samples(parse('met and visited("a") and visits("b") > 3 and once'), DECLARED, "a")

    assert found == {
        ("variable", "met"): (False, True),
        ("visits", "a"): (1, 2, MAX_NUMBER),
        ("visits", "b"): (0, 3, 4, MAX_NUMBER),
        ("once", ""): (0, 1),
    }


def test_too_many_items_are_not_tried() -> None:
    five = " or ".join(f'"{item}" in bag' for item in "abcde")

    found = samples(parse(five), DECLARED, None)

    assert found is not None
    assert len(found["variable", "bag"]) == 32
    assert samples(parse(five + ' or "f" in bag'), DECLARED, None) is None


def test_without_anything_to_read_there_is_one_trial() -> None:
    assert samples(parse("1 > 0"), DECLARED, None) == {}
