"""Is each variable that config reads in .env.example and, with type and default, in docs/settings.md?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.house.tree import ROOT, modules, parsed, shown

READERS = {
    "text": "text",
    "flag": "true or false",
    "integer": "whole number",
    "number": "number",
    "items": "list",
    "json_object": "JSON object",
    "choice": "one of",
    "database": "URL",
}
# The base default is what a reader needs to know; the suite's own settings are not for operators.
TEST_SETTINGS = "config/settings/test.py"
LONGEST_DEFAULT = 40


@dataclass(frozen=True)
class Reading:
    """One place where a variable is read."""

    name: str
    kind: str
    default: str | None
    module: str


def shown_default(call: ast.Call, kind: str) -> str | None:
    """The literal default as docs/settings.md writes it; None when the code computes it."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    node = call.args[1] if len(call.args) > 1 else given.get("default")
    if node is None:
        return "required" if kind in {"text", "database"} else "empty"
    if not isinstance(node, ast.Constant | ast.Tuple):
        return None
    value = ast.literal_eval(node)
    if isinstance(value, bool):
        return str(value).lower()
    text = (
        ",".join(value)
        if isinstance(value, tuple)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )
    return text or "empty"


def readings(tree: ast.Module, module: str) -> Iterator[Reading]:
    """Every `env.kind("NAME", ...)` of a module."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if ast.unparse(node.func.value) == "env" and node.func.attr in READERS:
            name = node.args[0]
            assert isinstance(name, ast.Constant), (
                f"{module}:{node.lineno} reads a variable whose name is computed"
            )
            yield Reading(
                str(name.value), node.func.attr, shown_default(node, node.func.attr), module
            )


def names_default(cell: str, default: str | None) -> bool:
    """Whether a table cell gives this default, quoted or, for `empty` and `required`, as a word.

    A computed default (None) is explained in prose.
    """
    if default is None:
        return cell != ""
    words = default in {"empty", "required"} and default in re.findall(r"[a-z]+", cell)
    return words or f"`{default}`" in cell or len(default) > LONGEST_DEFAULT


def all_readings() -> list[Reading]:
    return [one for module in modules("config") for one in readings(parsed(module), shown(module))]


def example_names() -> list[str]:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return re.findall(r"^(?:# ?)?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE)


def documented() -> dict[str, tuple[str, str]]:
    """Type and default of each variable in docs/settings.md."""
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([A-Z0-9_]+)` \| ([^|]+) \| ([^|]*) \| .+ \|$", text, re.MULTILINE)
    return {name: (kind.strip(), default.strip()) for name, kind, default in rows}


def compose_names() -> set[str]:
    return set(
        re.findall(r"\$\{([A-Z0-9_]+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    )


def test_the_variables_are_found() -> None:
    names = {one.name for one in all_readings()}

    assert {"SECRET_KEY", "MONGODB_URI", "PAGE_SIZE", "STORAGE_TYPE", "DEBUG"} <= names


def test_each_variable_is_in_the_example_once() -> None:
    wanted = {one.name for one in all_readings()} | compose_names() | {"DJANGO_SETTINGS_MODULE"}

    assert sorted(example_names()) == sorted(wanted)


def test_each_variable_is_documented() -> None:
    wanted = {one.name for one in all_readings()} | compose_names() | {"DJANGO_SETTINGS_MODULE"}

    assert sorted(documented()) == sorted(wanted)


def test_the_documented_type_is_the_one_that_is_read() -> None:
    kinds: dict[str, set[str]] = {}
    for one in all_readings():
        kinds.setdefault(one.name, set()).add(READERS[one.kind])

    assert {
        name: found
        for name, found in kinds.items()
        if not documented()[name][0].startswith(tuple(found))
    } == {}


def test_the_documented_default_is_the_one_of_the_code() -> None:
    wrong = {
        f"{one.name} in {one.module}": one.default
        for one in all_readings()
        if one.module != TEST_SETTINGS and not names_default(documented()[one.name][1], one.default)
    }

    assert wrong == {}


@pytest.mark.parametrize(
    ("cell", "default", "expected"),
    [
        ("`4000`", "4000", True),
        ("`400`", "4000", False),
        ("empty: SQLite", "empty", True),
        ("required in production", "required", True),
        ("`a,b`", "a,b", True),
        ("the value of another", None, True),
        ("", None, False),
        ("`5/minute`", "5", False),
    ],
)
def test_a_wrong_default_is_seen(cell: str, default: str | None, *, expected: bool) -> None:
    assert names_default(cell, default) is expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('env.integer("PAGES", 4_000, least=1)', Reading("PAGES", "integer", "4000", "m")),
        ('env.number("WAIT", 2.0)', Reading("WAIT", "number", "2", "m")),
        ('env.flag("LOUD", default=True)', Reading("LOUD", "flag", "true", "m")),
        ('env.text("KEY")', Reading("KEY", "text", "required", "m")),
        ('env.text("KEY", "")', Reading("KEY", "text", "empty", "m")),
        ('env.items("HOSTS", ("a", "b"))', Reading("HOSTS", "items", "a,b", "m")),
        ('env.text("URI", RUNNING.get("uri"))', Reading("URI", "text", None, "m")),
    ],
)
def test_a_reading_is_seen_with_its_default(source: str, expected: Reading) -> None:
    assert list(readings(ast.parse(source), "m")) == [expected]


def test_a_computed_name_is_refused() -> None:
    with pytest.raises(AssertionError, match="name is computed"):
        list(readings(ast.parse('env.text(f"KEY_{name}")'), "m"))
