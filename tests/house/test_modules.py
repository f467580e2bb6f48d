"""Is every module small, named for its one purpose, and free of what the house does without?"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.house.tree import ROOT, modules, parsed, repository_files, shown

SOFT_LIMIT = 300
HARD_LIMIT = 350
# A few modules may grow past the soft limit; when many do, the code wants another cut.
SHARE_ABOVE_SOFT_LIMIT = 0.05

NAMELESS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "manager",
    "managers",
    "stuff",
    "lib",
}
# The entry points name the settings module before Django reads it; a child process gets the whole environment.
READS_ENVIRONMENT = {"config/env.py", "config/asgi.py", "config/celery.py", "manage.py"}
SIGNALS = (
    "django.dispatch",
    "django.db.models.signals",
    "django.core.signals",
    "mongoengine.signals",
    "blinker",
)


def line_count(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def is_nameless(path: Path) -> bool:
    """Whether a folder or file is called by what it is not: utils, base_helpers, scenes_part2."""
    words = [word for part in path.with_suffix("").parts for word in part.lower().split("_")]
    numbered = re.search(r"(part_?\d+|_\d+|[a-z]{3,}2)$", path.stem)
    return bool(NAMELESS & set(words)) or (numbered is not None and "migrations" not in path.parts)


def towers(tree: ast.Module) -> list[str]:
    """Base classes of base classes."""
    return [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and re.search(r"^Base|Base$", node.name)
        and any(
            re.search(r"^Base|Base$", ast.unparse(base).rpartition(".")[2]) for base in node.bases
        )
    ]


def imported_names(tree: ast.Module) -> set[str]:
    """All modules, and names out of modules, that are imported anywhere in a module."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def reads_environment(tree: ast.Module) -> bool:
    """Whether a variable of the environment is looked up (handing `os.environ` on to a child is not that)."""
    looked_up = {"os.environ.get", "os.environ.setdefault", "os.environ.pop", "os.getenv", "getenv"}
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    items = {ast.unparse(node.value) for node in ast.walk(tree) if isinstance(node, ast.Subscript)}
    return (
        bool(calls & looked_up)
        or bool(items & {"os.environ", "environ"})
        or "environ" in imported_names(tree)
    )


def test_no_module_is_longer_than_the_hard_limit() -> None:
    too_long = {
        shown(path): line_count(path) for path in modules() if line_count(path) > HARD_LIMIT
    }

    assert too_long == {}, "split by noun"


def test_few_modules_are_longer_than_the_soft_limit() -> None:
    long = [shown(path) for path in modules() if line_count(path) > SOFT_LIMIT]

    assert len(long) <= len(modules()) * SHARE_ABOVE_SOFT_LIMIT, long


def test_no_module_is_called_by_what_it_is_not() -> None:
    named = [path.relative_to(ROOT) for path in repository_files() if path.suffix == ".py"]

    assert [path.as_posix() for path in named if is_nameless(path)] == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("storycore/utils.py", True),
        ("scenarios/common/scenes.py", True),
        ("assets/media_helpers.py", True),
        ("generation/job_manager.py", True),
        ("scenarios/services/scenes2.py", True),
        ("scenarios/services/scenes_part2.py", True),
        ("assets/storage/s3.py", False),
        ("storycore/management/commands/up.py", False),
        ("storycore/accounts/migrations/0001_initial.py", False),
    ],
)
def test_nameless_modules_are_seen(name: str, *, expected: bool) -> None:
    assert is_nameless(Path(name)) is expected


def test_no_base_of_a_base() -> None:
    assert {shown(path): found for path in modules() if (found := towers(parsed(path)))} == {}


def test_a_base_of_a_base_is_seen() -> None:
    tree = ast.parse("class BaseMutation(graphene.BaseThing): ...\nclass Command(BaseCommand): ...")

    assert towers(tree) == ["BaseMutation"]


def test_no_signals() -> None:
    users = [
        shown(path)
        for path in modules()
        if any(name.startswith(SIGNALS) for name in imported_names(parsed(path)))
    ]

    assert users == []


def test_a_signal_is_seen() -> None:
    assert "django.dispatch.receiver" in imported_names(
        ast.parse("from django.dispatch import receiver")
    )
    assert "django.db.models.signals" in imported_names(
        ast.parse("from django.db.models import signals")
    )


def test_only_config_reads_the_environment() -> None:
    readers = [shown(path) for path in modules() if reads_environment(parsed(path))]

    assert set(readers) - READS_ENVIRONMENT == set()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import os\nos.environ['HOME']", True),
        ("import os\nos.environ.get('HOME')", True),
        ("import os\nos.getenv('HOME')", True),
        ("import environ", True),
        ("import os\nenvironment = {**os.environ, 'A': 'b'}", False),
    ],
)
def test_a_reader_of_the_environment_is_seen(source: str, *, expected: bool) -> None:
    assert reads_environment(ast.parse(source)) is expected
