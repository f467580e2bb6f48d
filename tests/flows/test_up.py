"""`manage.py up` brings everything up, keeps what was written, and ends in order, whatever happens."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pymongo import MongoClient
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from storycore.embedded.leftovers import leftovers
from storycore.embedded.ports import free_port
from tests.flows.one_machine import Up, ask, manage

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Callable[..., Up]]:
    """Starts runs in one folder and ends what a failed test leaves."""
    started: list[Up] = []

    def start(*arguments: str, **extra: str) -> Up:
        run = Up(tmp_path, arguments, extra)
        started.append(run)
        return run

    yield start
    for run in started:
        run.close()


def test_starts_answers_stops_and_finds_everything_again(
    up: Callable[..., Up], tmp_path: Path
) -> None:
    first = up("--no-demo")
    first.wait_ready()

    assert first.steps() == ["MongoDB", "Redis", "Accounts", "Indexes", "Web", "Worker"]
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    secret = (tmp_path / ".env").read_text()
    assert ask(first.url, "/graphql/", {"query": "{ __typename }"}) == (
        200,
        {"data": {"__typename": "Query"}},
    )
    assert ask(first.url, "/health/ready")[0] == 200
    assert manage(tmp_path, "status", "--data", str(first.data)).returncode == 0
    run = first.run()
    assert set(run["pids"]) == {"mongodb", "redis", "web", "worker"}
    ask_settings = ("shell", "-c", "from django.conf import settings as s; print(s.PUBLIC_URL)")
    assert first.url in manage(tmp_path, *ask_settings, STORYCORE_DATA=str(first.data)).stdout
    with MongoClient(run["mongodb_uri"]) as client:
        client.storycore.kept.insert_one({"_id": 1})

    assert first.end(signal.SIGTERM) == 0

    stopped = re.findall(r"(?m)^✓ (\w+) +\d+\.\d\d s  stopped$", first.text)
    assert stopped == ["worker", "web", "redis", "mongodb"]
    assert leftovers(first.data) == []
    assert first.run()["pids"] == {}
    status = manage(tmp_path, "status", "--data", str(first.data))
    assert (status.returncode, "is not running here" in status.stdout) == (1, True)

    second = up("--no-demo")
    second.wait_ready()
    assert re.findall(r"(?m)^✓ (\w+) +\d+\.\d\d s  up to date$", second.text) == [
        "Accounts",
        "Indexes",
    ]
    assert second.run()["mongodb_uri"] == run["mongodb_uri"]
    with MongoClient(run["mongodb_uri"]) as client:
        assert list(client.storycore.kept.find()) == [{"_id": 1}]
    assert (tmp_path / ".env").read_text() == secret
    assert second.end(signal.SIGINT) == 0


def test_live_connections_are_served_and_do_not_hold_a_stop(up: Callable[..., Up]) -> None:
    run = up("--no-demo")
    run.wait_ready()
    address = f"ws://127.0.0.1:{run.run()['port']}/graphql/"
    with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as client:
        client.send('{"type": "connection_init"}')
        assert client.recv(5) == '{"type":"connection_ack"}'
        client.send('{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }"}}')
        assert (
            client.recv(5) == '{"type":"next","id":"1","payload":{"data":{"__typename":"Query"}}}'
        )
        assert client.recv(5) == '{"type":"complete","id":"1"}'
        query = '{"query": "subscription { assetChanged { id } }"}'
        client.send(f'{{"type": "subscribe", "id": "2", "payload": {query}}}')

        assert run.end(signal.SIGTERM) == 0
        with pytest.raises(ConnectionClosedError) as closed:
            list(client)

    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1012, "The server restarts")
    stopped = re.findall(r"(?m)^✓ (\w+) +\d+\.\d\d s  stopped$", run.text)
    assert stopped == ["worker", "web", "redis", "mongodb"]


def test_one_run_a_folder_and_the_next_free_port_for_another(
    up: Callable[..., Up], tmp_path: Path
) -> None:
    first = up("--no-demo")
    first.wait_ready()

    refused = up("--no-demo")
    assert refused.wait() == 1
    assert refused.text.strip() == (
        f"CommandError: Another run uses the data folder {first.data}: "
        f"process {first.process.pid} at {first.url}. "
        "Stop it, or choose another folder with --data DIR."
    )
    assert ask(first.url, "/health/live") == (200, {"status": "alive"})

    elsewhere = Up(
        tmp_path / "elsewhere", ("--no-demo",), {"STORYCORE_ENV_FILE": str(tmp_path / ".env")}
    )
    try:
        elsewhere.wait_ready()
        assert elsewhere.url != first.url
        assert ask(elsewhere.url, "/health/live") == (200, {"status": "alive"})
        assert elsewhere.end(signal.SIGTERM) == 0
    finally:
        elsewhere.close()
    assert ask(first.url, "/health/ready")[0] == 200


def test_a_port_in_use_is_named_with_what_to_change(up: Callable[..., Up]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        run = up("--no-demo", "--port", str(port))

        assert run.wait() == 1

    assert (
        f"Port {port} is in use. Choose another for the web process: --port N, or make run PORT=N"
        in run.text
    )
    assert leftovers(run.data) == []


@contextmanager
def somebody_else(port: int) -> Iterator[None]:
    """Another program, here a web server, on a port that was ours."""
    server = ThreadingHTTPServer(("127.0.0.1", port), SimpleHTTPRequestHandler)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    serving.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        serving.join()


@pytest.mark.parametrize("child", ["web", "worker", "mongodb", "redis"])
def test_a_dead_child_is_named_and_ends_the_rest(up: Callable[..., Up], child: str) -> None:
    run = up("--no-demo", "--port", str(free_port()))
    run.wait_ready()

    os.kill(run.run()["pids"][child], signal.SIGKILL)

    assert run.wait() == 1
    assert (
        f"\n{child} was killed by SIGKILL. Its last lines ({run.data}/logs/{child}.log):\n  | "
        in run.text
    )
    stopped = re.findall(r"(?m)^✓ (\w+) +\d+\.\d\d s  stopped$", run.text)
    assert stopped == [name for name in ("worker", "web", "redis", "mongodb") if name != child]
    assert leftovers(run.data) == []


def test_a_server_that_dies_under_a_step_is_named(up: Callable[..., Up]) -> None:
    run = up()
    while "Indexes" not in run.text:
        assert run.process.poll() is None, run.text
        time.sleep(0.01)

    os.kill(run.run()["pids"]["mongodb"], signal.SIGKILL)

    assert run.wait() == 1
    assert "✗ Demo story" in run.text
    assert "\nmongodb was killed by SIGKILL. Its last lines" in run.text
    assert "Traceback" not in run.text
    assert leftovers(run.data) == []


def test_moves_mongodb_when_its_port_is_taken(up: Callable[..., Up]) -> None:
    first = up("--no-demo")
    first.wait_ready()
    port = first.run()["mongodb_port"]
    with MongoClient(first.run()["mongodb_uri"]) as client:
        client.storycore.kept.insert_one({"_id": 1})
    assert first.end(signal.SIGTERM) == 0

    with somebody_else(port):
        second = up("--no-demo")
        second.wait_ready()
        assert second.run()["mongodb_port"] != port
        with MongoClient(second.run()["mongodb_uri"]) as client:
            assert list(client.storycore.kept.find()) == [{"_id": 1}]


def test_a_killed_run_leaves_nothing_that_stops_the_next(up: Callable[..., Up]) -> None:
    first = up("--no-demo")
    first.wait_ready()
    with MongoClient(first.run()["mongodb_uri"]) as client:
        client.storycore.kept.insert_one({"_id": 1})
    os.kill(first.process.pid, signal.SIGKILL)
    first.wait()
    orphans = leftovers(first.data)
    assert set(first.run()["pids"].values()) <= set(orphans)

    second = up("--no-demo")
    second.wait_ready()

    assert not set(orphans) & set(leftovers(second.data))
    with MongoClient(second.run()["mongodb_uri"]) as client:
        assert list(client.storycore.kept.find()) == [{"_id": 1}]


def test_a_stop_while_starting_is_heard(up: Callable[..., Up]) -> None:
    run = up("--no-demo")
    while "Redis" not in run.text:
        assert run.process.poll() is None, run.text
        time.sleep(0.01)

    assert run.end(signal.SIGTERM) == 0

    assert "Ctrl-C stops everything" not in run.text
    assert run.text.rstrip().splitlines()[-1].startswith("✓ mongodb")
    assert leftovers(run.data) == []


def test_reset_begins_afresh(up: Callable[..., Up]) -> None:
    first = up("--no-demo")
    first.wait_ready()
    with MongoClient(first.run()["mongodb_uri"]) as client:
        client.storycore.kept.insert_one({"_id": 1})
    assert first.end(signal.SIGTERM) == 0
    (first.data / "mine.txt").write_text("not yours")

    second = up("--no-demo", "--reset")
    second.wait_ready()

    assert second.steps()[0] == "Reset"
    with MongoClient(second.run()["mongodb_uri"]) as client:
        assert list(client.storycore.kept.find()) == []
    assert (first.data / "mine.txt").read_text() == "not yours"
