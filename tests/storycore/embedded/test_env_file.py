"""The .env gets a secret of its own once, is private, and keeps everything else."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from storycore.embedded.env_file import ensure_secret


def secret(path: Path) -> str:
    found = re.findall(r"(?m)^SECRET_KEY=(.+)$", path.read_text())
    assert len(found) == 1
    return str(found[0])


def test_makes_a_private_file_with_a_random_secret(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"

    assert ensure_secret(one)
    assert ensure_secret(other)

    assert stat.S_IMODE(one.stat().st_mode) == 0o600
    assert len(secret(one)) >= 50
    assert secret(one) != secret(other)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["one", "other"]


def test_leaves_a_secret_alone(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("SECRET_KEY='kept as it is'\n")

    assert not ensure_secret(path)
    assert path.read_text() == "SECRET_KEY='kept as it is'\n"


@pytest.mark.parametrize("blank", ["SECRET_KEY=", "SECRET_KEY=''", "export SECRET_KEY = "])
def test_fills_a_blank_secret_and_keeps_the_other_lines(tmp_path: Path, blank: str) -> None:
    path = tmp_path / ".env"
    path.write_text(f"# mine\nDEBUG=false\n{blank}\nPAGE_SIZE=20\n")

    assert ensure_secret(path)

    assert len(secret(path)) >= 50
    assert (
        path.read_text().replace(secret(path), "X")
        == "# mine\nDEBUG=false\nSECRET_KEY=X\nPAGE_SIZE=20\n"
    )
    assert not ensure_secret(path)


def test_adds_a_missing_secret_after_a_line_without_end(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# SECRET_KEY=commented out\nDEBUG=false")

    assert ensure_secret(path)

    lines = path.read_text().splitlines()
    assert lines[:2] == ["# SECRET_KEY=commented out", "DEBUG=false"]
    assert lines[2] == f"SECRET_KEY={secret(path)}"
