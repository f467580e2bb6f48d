"""Does the tutorial end in a working plug-in?"""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from generation.providers.options import BadOptions, open_provider, provider_names
from tests.house.tree import ROOT

TUTORIAL = ROOT / "docs" / "write-a-provider.md"
BLOCK = re.compile(r"^```(?:python|toml)\n# (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def files() -> dict[str, str]:
    """The files that the tutorial writes."""
    return dict(BLOCK.findall(TUTORIAL.read_text(encoding="utf-8")))


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The tutorial's package, installed as pip would: its files, and its entry points beside them."""
    for name, text in files().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    project = tomllib.loads((tmp_path / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    info = tmp_path / f"storycore_chimes-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Name: {project['name']}\nVersion: {project['version']}\n")
    (info / "entry_points.txt").write_text(
        "".join(
            f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in points.items())
            for group, points in project["entry-points"].items()
        )
    )
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    yield tmp_path
    sys.modules.pop("storycore_chimes", None)


def test_it_writes_a_package_and_its_tests() -> None:
    assert set(files()) == {"pyproject.toml", "storycore_chimes.py", "test_storycore_chimes.py"}


def test_the_plug_in_is_found_by_its_name(package: Path) -> None:
    provider = open_provider({"BACKEND": "chimes", "OPTIONS": {"api_key": "secret-key"}})

    assert provider.name == "chimes"
    assert provider.offers().tasks == ("effect",)
    assert "secret-key" not in repr(provider)
    assert "chimes" in provider_names()


def test_its_options_are_checked_as_ours_are(package: Path) -> None:
    with pytest.raises(BadOptions) as refused:
        open_provider({"BACKEND": "chimes", "OPTIONS": {"poll_seconds": 0, "tone": "deep"}})

    assert refused.value.complaints == (
        "unknown option 'tone'",
        "option 'api_key' is missing",
        "option 'poll_seconds' must be 0.1 to 60",
    )


def test_the_dotted_path_does_as_well(package: Path) -> None:
    opened = open_provider(
        {"BACKEND": "storycore_chimes.Chimes", "OPTIONS": {"api_key": "secret-key"}}
    )

    assert opened == open_provider({"BACKEND": "chimes", "OPTIONS": {"api_key": "secret-key"}})


def test_its_tests_pass_in_a_python_of_their_own(package: Path) -> None:
    # A plug-in's tests know nothing of our settings and fixtures.
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:django"]
    run = subprocess.run(
        [*command, "-c", "/dev/null", f"--rootdir={package}", str(package)],
        cwd=package,
        env={"PYTHONPATH": f"{ROOT}:{package}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert "5 passed" in run.stdout, run.stdout + run.stderr


def test_the_table_of_settings_is_json() -> None:
    text = TUTORIAL.read_text(encoding="utf-8")
    told = re.search(r"^PROVIDER_OPTIONS=(.+)$", text, re.MULTILINE)

    assert told is not None
    assert json.loads(told[1]) == {"chimes": {"api_key": "..."}}
