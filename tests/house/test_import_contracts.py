"""Does each import contract of pyproject.toml catch what it is there for?

The packages are copied as empty modules, one violation is planted, and lint-imports must name that contract
and no other.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.tree import PACKAGES, ROOT, modules

APPS = "Apps stand on each other in one direction"
STORYCORE = "storycore: every module has its floor"
ASSETS = "assets: every module has its floor"
SCENARIOS = "scenarios: every module has its floor"
GENERATION = "generation: every module has its floor"
PROJECTS = "projects: products do not know each other"
PRODUCTS = "products: every module has its floor"
DOCUMENTS = "Documents stay in their app"
DOORS = "Doors do not touch documents (types derive their fields from them)"
TRANSPORT = "Services and queries know no transport"
PURE = "Pure packages are plain Python"
CYCLES = "No cycles between siblings"

# The contract, and per planted module what it imports (nothing: the module itself is the violation).
PLANTED: list[tuple[str, dict[str, str]]] = [
    (APPS, {"storycore.paging": "scenarios.logic"}),
    (APPS, {"assets.services.deletion": "scenarios.services.scenes"}),
    (STORYCORE, {"storycore.ids": "storycore.mongo.reading"}),
    (STORYCORE, {"storycore.mongo.reading": "storycore.paging"}),
    (STORYCORE, {"storycore.utils": ""}),
    (ASSETS, {"assets.queries.assets": "assets.services.uploads"}),
    (ASSETS, {"assets.rest": "assets.tasks"}),
    (ASSETS, {"assets.manager": ""}),
    (SCENARIOS, {"scenarios.logic.graph": "scenarios.checking.structure"}),
    (SCENARIOS, {"scenarios.services.scenes": "scenarios.graphql.schema"}),
    (SCENARIOS, {"scenarios.helpers": ""}),
    (GENERATION, {"generation.running.stepping": "generation.services.jobs"}),
    (GENERATION, {"generation.common": ""}),
    (PROJECTS, {"projects.videos.services": "projects.universes.queries"}),
    (PROJECTS, {"projects.shared": ""}),
    (PRODUCTS, {"projects.videos.queries": "projects.videos.services"}),
    (PRODUCTS, {"projects.videos.misc": ""}),
    (DOCUMENTS, {"scenarios.services.scenes": "assets.documents"}),
    (DOCUMENTS, {"config.schema": "projects.videos.documents"}),
    (DOORS, {"scenarios.graphql.mutations.scenes": "scenarios.documents"}),
    (DOORS, {"assets.rest": "assets.documents"}),
    (TRANSPORT, {"scenarios.services.scenes": "graphene"}),
    (TRANSPORT, {"assets.queries.assets": "graphql"}),
    (TRANSPORT, {"storycore.accounts.services": "celery"}),
    (PURE, {"scenarios.logic.graph": "django"}),
    (PURE, {"assets.media.probing": "assets.errors", "assets.errors": "requests"}),
    (
        CYCLES,
        {
            "scenarios.services.scenes": "scenarios.services.choices",
            "scenarios.services.choices": "scenarios.services.scenes",
        },
    ),
]


def add_module(module: str, tree: Path) -> Path:
    """The file of a module, made with its packages where the real tree has none yet."""
    path = tree.joinpath(*module.split("."))
    if path.is_dir():
        return path / "__init__.py"
    path = path.with_suffix(".py")
    for package in [*path.relative_to(tree).parents][:-1]:
        (tree / package).with_suffix(".py").unlink(missing_ok=True)
        (tree / package).mkdir(exist_ok=True)
        (tree / package / "__init__.py").touch()
    path.touch()
    return path


def plant(module: str, imported: str, tree: Path) -> None:
    if imported.partition(".")[0] in PACKAGES:
        add_module(imported, tree)
    add_module(module, tree).write_text(f"import {imported}\n" if imported else "")


@pytest.fixture
def skeleton(tmp_path: Path) -> Path:
    """All our modules, empty: only what a test plants can break a contract."""
    for module in modules():
        copy = tmp_path / module.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.touch()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def verdicts(tree: Path) -> dict[str, str]:
    """What lint-imports says of each contract, KEPT or BROKEN."""
    run = subprocess.run(
        [
            Path(sys.executable).with_name("lint-imports"),
            "--config",
            "pyproject.toml",
            "--no-cache",
            "--no-logo",
        ],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    found = dict(re.findall(r"^(.+) (KEPT|BROKEN)$", run.stdout, re.MULTILINE))
    assert found, run.stdout + run.stderr
    assert (run.returncode != 0) == ("BROKEN" in found.values())
    return found


def broken(tree: Path) -> set[str]:
    return {name for name, verdict in verdicts(tree).items() if verdict == "BROKEN"}


def test_the_repository_keeps_every_contract() -> None:
    assert broken(ROOT) == set()


def test_every_contract_is_broken_below_on_purpose(skeleton: Path) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = [contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]]

    assert sorted(names) == sorted({contract for contract, _ in PLANTED})
    assert sorted(verdicts(skeleton)) == sorted(names)


@pytest.mark.parametrize(
    ("contract", "violation"),
    PLANTED,
    ids=lambda value: value if isinstance(value, str) else "+".join(value),
)
def test_a_planted_violation_breaks_its_contract_alone(
    contract: str, violation: dict[str, str], skeleton: Path
) -> None:
    # A module that no floor lists is in the skeleton too: the first test names it, this one is not about it.
    already_broken = broken(skeleton)
    for module, imported in violation.items():
        plant(module, imported, skeleton)

    assert broken(skeleton) == already_broken | {contract}
