"""Which files does the repository hold? What the house rules look at, and nothing that is built or ignored."""

from __future__ import annotations

import ast
import json
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "storycore", "assets", "scenarios", "generation", "projects")


@cache
def repository_files() -> tuple[Path, ...]:
    """Every file that is committed or would be by `git add`; paths are absolute."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return tuple(
        path for name in sorted(listed.split("\0")) if name and (path := ROOT / name).is_file()
    )


@cache
def text_files() -> tuple[Path, ...]:
    """The repository's files that are text written by us: not vendored, not binary."""
    return tuple(
        path
        for path in repository_files()
        if path not in vendored_files() and b"\0" not in path.read_bytes()[:4096]
    )


@cache
def modules(*packages: str) -> tuple[Path, ...]:
    """The Python files of the given top-level packages, of all of ours by default."""
    wanted = packages or PACKAGES
    return tuple(
        path
        for path in repository_files()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in wanted
    )


def vendor_lists() -> tuple[Path, ...]:
    """The lists of files that were taken over from elsewhere, unchanged."""
    return tuple(path for path in repository_files() if path.name == "vendored.json")


@cache
def vendored_files() -> frozenset[Path]:
    """Every file that such a list names, with the list itself."""
    named = {
        path.parent / entry["file"]
        for path in vendor_lists()
        for entry in json.loads(path.read_text(encoding="utf-8"))["files"]
    }
    return frozenset(named) | frozenset(vendor_lists())


def parsed(path: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def shown(path: Path) -> str:
    """A path as a reader of the repository writes it."""
    return path.relative_to(ROOT).as_posix()
