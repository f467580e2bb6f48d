from __future__ import annotations

import pytest
from hypothesis import given

from scenarios.errors import ExpressionError
from scenarios.logic.evaluation import Scope, evaluate
from scenarios.logic.kinds import bind_scenes, check_condition, check_types, scene_names
from scenarios.logic.nodes import Node
from scenarios.logic.parsing import parse
from scenarios.logic.variables import kind_of
from tests.scenarios.logic.strategies import STATE, VARIABLES, numbered, trees
from tests.scenarios.stories import a_scene

DECLARED = {variable.name: variable for variable in VARIABLES}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("true", "boolean"), ("1", "number"), ("0.5", "number"), ('"a"', "text"), ("[1]", "list"),
        ("gold", "number"), ("rate", "number"), ("met", "boolean"), ("mood", "text"),
        ("name", "text"), ("bag", "list"), ('visits("a")', "number"), ('visited("a")', "boolean"),
        ("once", "boolean"), ("gold + 1", "number"), ('name + "!"', "text"), ("-gold", "number"),
        ("gold > 1", "boolean"), ("gold == name", "boolean"), ("met != bag", "boolean"),
        ('"key" in bag', "boolean"), ("3 in bag", "boolean"), ('"a" in name', "boolean"),
        ("not met or met and met", "boolean"), ("gold * 2 - 1 / 3 % 2", "number"),
    ],
)  # fmt: skip
def test_kinds(text: str, kind: str) -> None:
    assert check_types(parse(text), DECLARED) == kind


@pytest.mark.parametrize(
    ("text", "reason", "column", "message"),
    [
        ("gold and met", "TYPE_MISMATCH", 1, "This should be true or false."),
        ("met or name", "TYPE_MISMATCH", 8, "This should be true or false."),
        ("not gold", "TYPE_MISMATCH", 5, "This should be true or false."),
        ("gold > name", "TYPE_MISMATCH", 8, "This should be a number."),
        ("-met", "TYPE_MISMATCH", 2, "This should be a number."),
        ("gold + name", "TYPE_MISMATCH", 8, "This should be a number."),
        ("name + gold", "TYPE_MISMATCH", 8, "This should be a text."),
        ("bag + bag", "TYPE_MISMATCH", 1, "This should be a number or a text."),
        ("gold in gold", "TYPE_MISMATCH", 9, "This should be a list or a text."),
        ("gold in name", "TYPE_MISMATCH", 1, "This should be a text."),
        ("met in bag", "TYPE_MISMATCH", 1, "This should be a text or a number."),
        ("[met]", "TYPE_MISMATCH", 2, "This should be a text or a number."),
        ("met and gld > 1", "UNDECLARED_VARIABLE", 9, "No variable is called gld."),
        ("gold + 1", "TYPE_MISMATCH", 6, "A condition is true or false, not a number."),
        ("mood", "TYPE_MISMATCH", 1, "A condition is true or false, not a text."),
        ("bag", "TYPE_MISMATCH", 1, "A condition is true or false, not a list."),
    ],
)
def test_faults(text: str, reason: str, column: int, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        check_condition(parse(text), DECLARED)

    error = caught.value
    assert (error.reason, error.column, error.message) == (reason, column, message)


def test_a_sound_condition_passes() -> None:
    check_condition(parse('gold > 1 and "key" in bag'), DECLARED)


@given(trees)
def test_what_passes_never_fails_for_its_types(root: Node) -> None:
    expression = numbered(root)
    try:
        kind = check_types(expression, DECLARED)
    except ExpressionError as error:
        checked: str = error.reason
    else:
        checked = kind

    try:
        outcome = str(kind_of(evaluate(expression, Scope(**STATE))))
    except ExpressionError as error:
        outcome = error.reason

    if outcome in ("TYPE_MISMATCH", "UNDECLARED_VARIABLE"):
        assert checked in ("TYPE_MISMATCH", "UNDECLARED_VARIABLE")
    if checked in ("boolean", "number", "text", "list"):
        runtime = ("DIVISION_BY_ZERO", "NUMBER_TOO_LARGE", "TEXT_TOO_LONG")
        assert outcome in (checked, *runtime)


def test_scenes_are_named_by_id_and_by_a_title_of_their_own() -> None:
    scenes = [
        a_scene("s1", title="Cellar"),
        a_scene("s2", title="Hall"),
        a_scene("s3", title="hall"),
        a_scene("s4", title="S1"),
    ]

    assert scene_names(scenes) == {
        "cellar": "s1", "s1": "s1", "s2": "s2", "s3": "s3", "s4": "s4",
    }  # fmt: skip


def test_names_of_scenes_become_ids() -> None:
    names = scene_names([a_scene("s1", title="The Cellar"), a_scene("s2", title="Hall")])

    bound = bind_scenes(parse('visited("the CELLAR") and visits("s2") > 1'), names)

    assert [node.value for node in bound.nodes() if node.op.startswith("visit")] == ["s1", "s2"]
    assert bound.text == 'visited("the CELLAR") and visits("s2") > 1'
    plain = parse("1 > 0")
    assert bind_scenes(plain, names) is plain


def test_an_unknown_scene_is_a_fault() -> None:
    with pytest.raises(ExpressionError) as caught:
        bind_scenes(parse('true or visited("attic")'), {})

    assert (caught.value.reason, caught.value.column) == ("UNKNOWN_SCENE", 9)
    assert caught.value.message == "No single scene is called 'attic'."
