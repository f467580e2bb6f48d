"""Do docs/architecture.md and docs/errors.md show the code as it is?"""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.drawing import (
    ERRORS,
    drawn_documents,
    error_classes,
    first_sentence,
    port_classes,
    redrawn,
)
from tests.house.tree import modules, parsed, shown

CODE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+|UNAUTHENTICATED|FORBIDDEN|CONFLICT")


def codes_in(tree: ast.AST) -> set[str]:
    """The constants that a door hands out as a code: `{"code": "X"}` and `code="X"`."""
    pairs: list[tuple[object, ast.expr | None]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            pairs += [
                (key.value, value)
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant)
            ]
        elif isinstance(node, ast.Call):
            pairs += [(keyword.arg, keyword.value) for keyword in node.keywords]
    values = [
        value.value for name, value in pairs if name == "code" and isinstance(value, ast.Constant)
    ]
    return {value for value in values if isinstance(value, str) and CODE.fullmatch(value)}


def documented_codes() -> set[str]:
    return set(
        re.findall(r"^\| `([A-Z0-9_]+)` \|", ERRORS.read_text(encoding="utf-8"), re.MULTILINE)
    )


def test_the_drawn_parts_are_up_to_date() -> None:
    stale = [
        shown(path)
        for path, text in drawn_documents().items()
        if path.read_text(encoding="utf-8") != text
    ]

    assert stale == [], "run `make fix` and commit"


def test_a_change_of_the_code_shows_in_the_document() -> None:
    text = "Before\n<!-- tree: drawn from the code -->\nold\n<!-- end of tree -->\nafter\n"

    assert redrawn(text, "tree", "new") == (
        "Before\n<!-- tree: drawn from the code -->\n\nnew\n\n<!-- end of tree -->\nafter\n"
    )


def test_a_document_without_its_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for the ports"):
        redrawn("No marks here.", "ports", "new")


def test_the_drawing_finds_a_port_and_errors_that_are_known_to_exist() -> None:
    found = {(one.name, one.code, one.status) for one in error_classes()}

    assert "assets.ports.AssetHolder" in dict(port_classes())
    assert {("NotFound", "NOT_FOUND", 404), ("InvalidReference", "INVALID_REFERENCE", 422)} <= found
    assert "StoryCoreError" not in {one.name for one in error_classes()}


def test_every_error_class_says_when_it_is_raised() -> None:
    assert [one.name for one in error_classes() if len(one.meaning) < 10] == []


def test_one_status_for_each_code() -> None:
    statuses: dict[str, set[int]] = {}
    for one in error_classes():
        statuses.setdefault(one.code, set()).add(one.status)

    assert {code: found for code, found in statuses.items() if len(found) > 1} == {}


def test_every_code_that_a_door_hands_out_is_documented() -> None:
    used = {code: shown(module) for module in modules() for code in codes_in(parsed(module))}

    assert {code: where for code, where in used.items() if code not in documented_codes()} == {}


@pytest.mark.parametrize("source", ['{"code": "NO_SUCH_CODE"}', 'fail("why", code="NO_SUCH_CODE")'])
def test_a_new_code_is_seen(source: str) -> None:
    assert codes_in(ast.parse(source)) == {"NO_SUCH_CODE"}
    assert "NO_SUCH_CODE" not in documented_codes()


def test_every_module_says_what_question_it_answers() -> None:
    silent = [
        shown(module)
        for module in modules()
        if "migrations" not in module.parts
        and module.read_text(encoding="utf-8").strip()
        and len(first_sentence(parsed(module))) < 15
    ]

    assert silent == []
