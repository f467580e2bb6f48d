"""What every test may use: a real MongoDB, a clean content database, and clients that speak as somebody."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pymongo import monitoring

from storycore.access import Actor
from storycore.embedded.mongod import Mongod, start_mongod
from storycore.embedded.redis import RedisServer, start_redis
from storycore.mongo.connection import database, forget_connection
from storycore.mongo.indexes import ensure_indexes
from tests.factories import an_access_token, an_actor
from tests.live_web import Web, start_web

Api = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def mongod() -> Iterator[Mongod]:
    """A real MongoDB of this run's own, started when the first test asks for it."""
    server = start_mongod(Path(settings.DATA_DIR) / "mongo", settings.MONGODB_PORT)
    yield server
    forget_connection()
    server.stop()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A real Redis of this run's own."""
    server = start_redis(Path(settings.DATA_DIR) / "redis", settings.REDIS_PORT)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Processes side by side have servers and folders of their own, so no database needs another name."""


@pytest.fixture(scope="session")
def django_db_setup(mongod: Mongod, django_db_setup: None) -> None:
    """The `content` alias is set up too, so its server must be there first."""


@pytest.fixture(scope="session")
def content_indexes(mongod: Mongod, django_db_setup: None) -> None:
    """After Django has set its databases up: setting up the `content` alias drops what is there."""
    ensure_indexes()


@pytest.fixture
def content(content_indexes: None) -> Iterator[None]:
    """An empty content database."""
    yield
    for name in database().list_collection_names(filter={"type": "collection"}):
        # Looking is ten times as quick as deleting nothing durably.
        if not name.startswith("system.") and database()[name].find_one({}, {"_id": 1}):
            database()[name].delete_many({})


@pytest.fixture
def owner(content: None, db: None) -> Actor:
    return an_actor("owner@example.com")


@pytest.fixture
def stranger(content: None, db: None) -> Actor:
    return an_actor("stranger@example.com")


@pytest.fixture
def admin(content: None, db: None) -> Actor:
    return an_actor("admin@example.com", is_admin=True)


@pytest.fixture
def api(content: None, db: None) -> Api:
    """Posts GraphQL as an actor (nobody by default) and returns the whole answer."""
    client = Client()

    def post(
        query: str, variables: dict[str, Any] | None = None, actor: Actor | None = None
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {an_access_token(actor)}"} if actor else {}
        answer = client.post(
            "/graphql/",
            json.dumps({"query": query, "variables": variables or {}}),
            content_type="application/json",
            headers=headers,
        )
        assert answer.headers["Content-Type"].startswith("application/"), answer.content[:500]
        body: dict[str, Any] = json.loads(answer.content)
        return body

    return post


class CommandCounter(monitoring.CommandListener):
    """Counts what goes to MongoDB while `counting` is on, and how long it was allowed to take."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.limits_ms: dict[str, list[Any]] = {}
        self.counting = False

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if self.counting and event.command_name not in {"hello", "ping", "endSessions"}:
            self.names.append(event.command_name)
            limit = event.command.get("maxTimeMS")
            self.limits_ms.setdefault(event.command_name, []).append(limit)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


COUNTER = CommandCounter()
# Listeners bind when a client is made, so this one is there before the first.
monitoring.register(COUNTER)


@pytest.fixture
def commands() -> Iterator[CommandCounter]:
    """The MongoDB commands since `commands.start()`."""
    COUNTER.names.clear()
    COUNTER.limits_ms.clear()
    COUNTER.counting = True
    yield COUNTER
    COUNTER.counting = False


@pytest.fixture(scope="session")
def live_webs(content_indexes: None) -> Iterator[Callable[[int], Web]]:
    """Web processes of their own on this run's databases: `live_webs(1)` is another one than `live_webs(0)`."""
    started: dict[int, Web] = {}

    def web(number: int) -> Web:
        if number not in started:
            started[number] = start_web()
        return started[number]

    yield web
    for one in started.values():
        one.stop()


@pytest.fixture
def web(content: None, transactional_db: None, live_webs: Callable[[int], Web]) -> Web:
    """A running web process; what a test writes is committed, so that it sees it."""
    return live_webs(0)


@pytest.fixture
def other_web(web: Web, live_webs: Callable[[int], Web]) -> Web:
    """A second one beside it."""
    return live_webs(1)
