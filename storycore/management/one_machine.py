"""How do all parts of StoryCore come up on one machine, in which order, and with what do they begin?"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from storycore.accounts.models import User
from storycore.accounts.services import ensure_first_admin
from storycore.embedded import mongod, redis
from storycore.embedded.child import Child
from storycore.embedded.errors import PortTaken
from storycore.embedded.external import require_replica_set, shown_address
from storycore.embedded.folder import DataFolder
from storycore.embedded.leftovers import end_leftovers
from storycore.embedded.ports import claimed, free_port, is_free
from storycore.embedded.processes import web_command, worker_command
from storycore.embedded.run_file import RunFile, read_run_file, write_run_file
from storycore.embedded.supervisor import Supervisor
from storycore.management.probing import web_readiness, worker_answers
from storycore.management.terminal import Step, Steps
from storycore.mongo.connection import configure, forget_connection
from storycore.mongo.indexes import ensure_indexes

FIRST_PORT = 8_000
_PORTS_TRIED = 50
_READY_SECONDS = 90.0
_WEB_GRACE_SECONDS = 15.0
# A worker gets its soft shutdown time to put unfinished tasks back, and some more.
_WORKER_GRACE_SECONDS = 20.0
_STORE_GRACE_SECONDS = mongod.STOP_SECONDS


@dataclass
class OneMachine:
    """One run: brings everything up step by step. The caller holds the folder and stops the supervisor."""

    folder: DataFolder
    supervisor: Supervisor
    steps: Steps
    port: int | None = None
    wants_demo: bool = True
    claim: socket.socket | None = field(default=None, init=False)

    def start(self) -> tuple[RunFile, User]:
        """Bring everything up; returns where it runs, and an administrator.

        Raises PortTaken, MongodMissing, ServerFailed, and StopAsked when the end is asked for meanwhile.
        """
        end_leftovers(self.folder.root)
        remembered = read_run_file(self.folder.root)
        run = RunFile(
            port=self._web_port(),
            mongodb_port=_kept(remembered.mongodb_port),
            redis_port=_kept(remembered.redis_port),
            supervisor=os.getpid(),
            started_at=datetime.now(UTC).isoformat(timespec="seconds"),
            demo_loaded=remembered.demo_loaded,
        )
        run = self._start_stores(run)
        admin = self._prepare_accounts()
        # The web process needs no prepared data to load its code, and that takes longest of all.
        run = self._start_processes(run)
        run = self._prepare_content(run)
        self._wait_ready(run)
        return run, admin

    def _web_port(self) -> int:
        if self.port is not None:
            if not self._takes(self.port):
                raise PortTaken(
                    f"Port {self.port} is in use. Choose another for the web process: "
                    "--port N, or make run PORT=N; without one the next free port is taken.",
                    port=self.port,
                )
            return self.port
        ports = range(FIRST_PORT, FIRST_PORT + _PORTS_TRIED)
        found = next((port for port in ports if self._takes(port)), None)
        if found is None:
            raise PortTaken(
                f"Ports {ports[0]} to {ports[-1]} are all in use. Choose another: --port N"
            )
        return found

    def _takes(self, port: int) -> bool:
        self.claim = claimed(port) if is_free(port) else None
        return self.claim is not None

    def _start_stores(self, run: RunFile) -> RunFile:
        """MongoDB and Redis come up side by side; what the environment names is used as it is."""
        began = time.monotonic()
        embedded = self._launch_mongod(run) if settings.EMBEDDED_MONGODB else None
        broker = self._launch_redis(run) if settings.EMBEDDED_REDIS else None
        run = replace(
            run,
            mongodb_uri=embedded.uri if embedded else "",
            redis_url=broker.uri if broker else "",
        )
        with self._step("MongoDB", began) as step:
            if embedded:
                embedded.wait_ready()
                forget_connection()
                configure(embedded.uri, settings.MONGODB_NAME)
                step.detail = f"{embedded.source.reason}, port {embedded.port}"
            else:
                version = require_replica_set(settings.MONGODB_URI)
                step.detail = f"{version} at {shown_address(settings.MONGODB_URI)} (MONGODB_URI)"
        with self._step("Redis", began) as step:
            if broker:
                broker.wait_ready()
                step.detail = f"port {broker.port}"
            else:
                step.detail = "the one that REDIS_URL or CELERY_BROKER_URL names"
        return run

    def _launch_mongod(self, run: RunFile) -> mongod.Mongod:
        log, environment = self.folder.log("mongodb"), self.supervisor.environment()
        server = mongod.launch_mongod(
            self.folder.mongodb, run.mongodb_port, log=log, env=environment
        )
        self.supervisor.adopt(server.child, _STORE_GRACE_SECONDS)
        return server

    def _launch_redis(self, run: RunFile) -> redis.RedisServer:
        log, environment = self.folder.log("redis"), self.supervisor.environment()
        server = redis.launch_redis(self.folder.redis, run.redis_port, log=log, env=environment)
        self.supervisor.adopt(server.child, redis.STOP_SECONDS)
        return server

    def _prepare_accounts(self) -> User:
        with self._step("Accounts") as step:
            executor = MigrationExecutor(connections["default"])
            plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
            if plan:
                call_command("migrate", database="default", interactive=False, verbosity=0)
            step.detail = f"{len(plan)} migrations applied" if plan else "up to date"
            return ensure_first_admin()

    def _prepare_content(self, run: RunFile) -> RunFile:
        with self._step("Indexes") as step:
            made = sum(len(report.created) for report in ensure_indexes())
            step.detail = f"{made} made" if made else "up to date"
        if not self.wants_demo or run.demo_loaded or "seed_demo" not in get_commands():
            return run
        with self._step("Demo story") as step:
            told = StringIO()
            call_command("seed_demo", stdout=told)
            step.detail = told.getvalue().strip()
        run = replace(run, demo_loaded=True)
        write_run_file(self.folder.root, run)
        return run

    def _start_processes(self, run: RunFile) -> RunFile:
        # Children read the addresses from the run file, as every other command does.
        write_run_file(self.folder.root, run)
        here = Path(settings.BASE_DIR)
        web = web_command(run.port, settings.WEB_PROCESSES, here / "config" / "web_logging.json")
        self.supervisor.start("web", web, self.folder.log("web"), here, _WEB_GRACE_SECONDS)
        worker = worker_command(self.folder.beat_schedule)
        self.supervisor.start(
            "worker", worker, self.folder.log("worker"), here, _WORKER_GRACE_SECONDS
        )
        run = replace(run, pids=self.supervisor.pids())
        write_run_file(self.folder.root, run)
        return run

    def _wait_ready(self, run: RunFile) -> None:
        with self._step("Web") as step:
            if not self.supervisor.wait_until(
                lambda: web_readiness(run.port).is_ready, _READY_SECONDS
            ):
                missing = ", ".join(web_readiness(run.port).missing) or "an answer"
                raise self._child("web").failure(
                    f"web was not ready after {_READY_SECONDS:g} seconds, missing: {missing}"
                )
            step.detail = f"{run.url}, /health/ready says ready"
        with self._step("Worker") as step:
            broker = run.redis_url or settings.CELERY_BROKER_URL
            if not self.supervisor.wait_until(lambda: worker_answers(broker), _READY_SECONDS):
                raise self._child("worker").failure(
                    f"worker did not answer over the broker in {_READY_SECONDS:g} seconds"
                )
            step.detail = "answers over the broker"

    def _child(self, name: str) -> Child:
        return next(child for child, _ in self.supervisor.children if child.name == name)

    @contextmanager
    def _step(self, name: str, began: float | None = None) -> Iterator[Step]:
        """A printed step that does not begin when the end was asked for or a child has died."""
        self.supervisor.check()
        try:
            with self.steps.step(name, began) as step:
                yield step
        except Exception as error:
            # Whatever a step meets when a server dies under it, the dead server is what to tell of.
            failure = self.supervisor.failure()
            if failure is not None:
                raise failure from error
            raise


def _kept(port: int) -> int:
    """The port of the run before while it is free: addresses that clients have noted down stay true."""
    return port if port and is_free(port) else free_port()
