"""Live touches nothing; ready is 200 only with MongoDB and the schema, and names what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django.fixtures import SettingsWrapper

from storycore.embedded.ports import free_port
from storycore.mongo.connection import configure, forget_connection


@pytest.fixture
def no_mongodb() -> Iterator[None]:
    """An address where nobody answers."""
    forget_connection()
    configure(f"mongodb://127.0.0.1:{free_port()}/?directConnection=true", settings.MONGODB_NAME)
    yield
    forget_connection()
    configure(settings.MONGODB_URI, settings.MONGODB_NAME)


@pytest.mark.usefixtures("no_mongodb")
def test_live_answers_without_any_database(client: Client, commands: Any) -> None:
    commands.start()
    answer = client.get("/health/live")

    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})
    assert commands.names == []
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.usefixtures("mongod")
def test_ready_with_mongodb_and_schema(client: Client) -> None:
    answer = client.get("/health/ready")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "checks": {"mongodb": "ok", "schema": "ok"},
        "missing": [],
    }


@pytest.mark.usefixtures("no_mongodb")
def test_not_ready_without_mongodb(client: Client) -> None:
    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json() == {
        "status": "unavailable",
        "checks": {"mongodb": "failed", "schema": "ok"},
        "missing": ["mongodb"],
    }


@pytest.mark.usefixtures("mongod")
def test_not_ready_without_the_schema(client: Client, settings: SettingsWrapper) -> None:
    settings.GRAPHENE = {"SCHEMA": "config.schema.absent"}

    answer = client.get("/health/ready")

    assert (answer.status_code, answer.json()["missing"]) == (503, ["schema"])


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_nothing_is_changed_by_asking(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
