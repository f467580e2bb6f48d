"""Live touches nothing; ready is 200 only with MongoDB and the schema, and names what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from storycore.embedded.ports import free_port
from storycore.mongo.connection import client, configure, forget_connection


def drop_client() -> None:
    """Close this process's client; the next use connects to whatever is configured then."""
    client().close()
    forget_connection()


@pytest.fixture
def no_mongodb() -> Iterator[None]:
    """An address where nobody answers."""
    drop_client()
    configure(f"mongodb://127.0.0.1:{free_port()}/?directConnection=true", settings.MONGODB_NAME)
    yield
    drop_client()
    configure(settings.MONGODB_URI, settings.MONGODB_NAME)


@pytest.fixture
def browser() -> Client:
    return Client()


@pytest.mark.usefixtures("no_mongodb")
def test_live_answers_without_any_database(browser: Client, commands: Any) -> None:
    answer = browser.get("/health/live")

    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})
    assert commands.names == []
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.usefixtures("mongod")
def test_ready_with_mongodb_and_schema(browser: Client) -> None:
    answer = browser.get("/health/ready")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "checks": {"mongodb": "ok", "schema": "ok"},
        "missing": [],
    }


@pytest.mark.usefixtures("no_mongodb")
def test_not_ready_without_mongodb(browser: Client) -> None:
    answer = browser.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json() == {
        "status": "unavailable",
        "checks": {"mongodb": "failed", "schema": "ok"},
        "missing": ["mongodb"],
    }


@pytest.mark.usefixtures("mongod")
def test_not_ready_without_the_schema(browser: Client, settings: Settings) -> None:
    settings.GRAPHENE = {"SCHEMA": "config.schema.absent"}

    answer = browser.get("/health/ready")

    assert (answer.status_code, answer.json()["missing"]) == (503, ["schema"])


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_nothing_is_changed_by_asking(browser: Client, path: str) -> None:
    assert browser.post(path).status_code == 405
