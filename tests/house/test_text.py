"""Is the repository free of leftovers: dead code, unnumbered promises, and traces of one machine?"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT, shown, text_files

# A promise without an issue number is forgotten; `# TODO(#12): ...` is not.
PROMISE = re.compile(r"(?:#|//|/\*|<!--)\s*(?:TODO|FIXME|XXX|HACK)\b(?!\(#\d+\))")
MACHINE_PATH = re.compile(r"(?<![\w.:/$}~-])/(?:work|farm|tmp|home|root|Users|opt/pypi[\w-]*)/\w")
PACKAGE_INDEX = re.compile(
    r"--(?:extra-)?index-url|--find-links|--trusted-host|(?:PIP|UV)_(?:EXTRA_)?INDEX_URL|NPM_CONFIG_REGISTRY"
    r"|registry\s*=\s*\S*https?:|\"resolved\":|\bfile:///",
    re.IGNORECASE,
)
RULES = {"promise": PROMISE, "machine path": MACHINE_PATH, "package index": PACKAGE_INDEX}
# This file has to write down what it looks for.
SELF = Path(__file__).resolve()


def offences(rule: re.Pattern[str]) -> list[str]:
    found = []
    for path in text_files():
        text = path.read_text(encoding="utf-8", errors="replace")
        if path != SELF and rule.search(text):
            found += [
                f"{shown(path)}:{number}"
                for number, line in enumerate(text.splitlines(), 1)
                if rule.search(line)
            ]
    return found


def dead_code(*paths: Path) -> str:
    """What ruff says of commented-out code."""
    run = subprocess.run(
        [
            Path(sys.executable).with_name("ruff"),
            "check",
            "--isolated",
            "--no-cache",
            "--select",
            "ERA001",
            "--quiet",
            *paths,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode in {0, 1}, run.stderr
    return run.stdout


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_repository_is_free_of(rule: str) -> None:
    assert offences(RULES[rule]) == []


@pytest.mark.parametrize(
    ("rule", "line", "expected"),
    [
        ("promise", "# TODO: later", True),
        ("promise", "x = 1  # FIXME", True),
        ("promise", "// HACK around it", True),
        ("promise", "# TODO(#12): drop with the old client", False),
        ("promise", "A list of TODO items", False),
        ("machine path", "cd /work/main", True),
        ("machine path", 'Path("/tmp/storycore")', True),
        ("machine path", "see /home/someone/notes", True),
        ("machine path", "https://example.org/home/page", False),
        ("machine path", "STORYCORE_DATA=/var/lib/storycore", False),
        ("package index", "pip install --index-url http://10.0.0.1/simple", True),
        ("package index", '"resolved": "http://10.0.0.1:4873/a.tgz"', True),
        ("package index", "registry=http://mirror.example", True),
        ("package index", "django==5.2.19", False),
    ],
)
def test_an_offence_is_seen(rule: str, line: str, *, expected: bool) -> None:
    assert (RULES[rule].search(line) is not None) is expected


def test_no_commented_out_code() -> None:
    assert dead_code(*(path for path in text_files() if path.suffix == ".py")) == ""


def test_commented_out_code_is_seen(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text("x = 1\n# y = compute(x)\n")

    assert "ERA001" in dead_code(planted)
