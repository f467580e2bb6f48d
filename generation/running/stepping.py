"""How is one job worked on? Take the next one, advance it, and write what came of it."""

from __future__ import annotations

import logging
import os
import random
import socket
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from bson import ObjectId
from django.conf import settings
from pymongo.errors import ConnectionFailure, WTimeoutError

from generation.documents import QUEUED
from generation.ports import KINDS, Later
from generation.providers.failures import Resting
from generation.queries.catalog import makers_of, task_of
from generation.running.checkpoints import reached
from generation.running.ending import complete, fail
from generation.running.holding import LINE_MAX, HeldWork
from generation.running.leasing import LeaseLost, claim_next, hold_of, server_time
from generation.running.retrying import Again, GiveUp, NextProvider, Rules, decide
from generation.running.waking import wake_for
from storycore.errors import StoryCoreError
from storycore.logs import redacted
from storycore.mongo.reading import Row

logger = logging.getLogger("storycore.generation")

# Longer waits are left to the sweeper: a message that waits in Redis is handed out again after a while.
COUNTDOWN_MAX_SECONDS = 60.0
_CHANCE = random.Random()  # noqa: S311 - spreads retries, guards nothing


def worker_name() -> str:
    """The name of this thread: machine, process, thread."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"


def advance_next(queues: Sequence[str]) -> ObjectId | None:
    """Take the due job whose turn it is and work on it; returns its id, None when nothing is due.

    Whatever goes wrong ends up in the job. Only the loss of MongoDB leaves this function as an error: the
    lease then runs out, and the job is taken again.
    """
    row = claim_next(queues, worker_name())
    if row is None:
        return None
    with HeldWork(row, hold_of(row)) as work:
        try:
            _advance(work)
        except LeaseLost:
            logger.info("job %s was cancelled or taken over", row["_id"])
    return ObjectId(row["_id"])


def _advance(work: HeldWork) -> None:
    reached("claimed")
    job = work.job
    if job["attempts"] > settings.GENERATION_MAX_ATTEMPTS:
        fail(work, "WORKER_LOST", f"Its worker was lost {job['attempts'] - 1} times.")
        return
    if job["attempts"] > 1 and not job.get("retry_count"):
        work.log(
            f"Taken up again after its worker was lost (attempt {job['attempts']}).", "warning"
        )
    kind = KINDS.get(job["kind"])
    if kind is None:
        fail(work, "UNKNOWN_KIND", f"No part of this server makes {job['kind']}.")
        return
    try:
        outcome = kind.advance(work)
    except (LeaseLost, ConnectionFailure, WTimeoutError):
        # Without MongoDB nothing can be said of the job: its lease runs out, and it is taken again.
        raise
    except StoryCoreError as problem:
        _failed(work, problem)
        return
    except Exception:
        # An error of ours: whole in the log, masked for the user, and not tried for ever.
        logger.exception("job %s failed", job["_id"])
        fail(work, "INTERNAL_SERVER_ERROR", "Something went wrong on this server.")
        return
    if isinstance(outcome, Later):
        _give_back(work, outcome)
        return
    complete(work, outcome)
    reached("committed")


def _give_back(work: HeldWork, later: Later) -> None:
    """Let go of the job until it is time to look again; no worker waits meanwhile."""
    changes: dict[str, Any] = {**later.changes, "yielded": True}
    before: int = work.job.get("progress") or 0
    if later.progress is not None:
        changes["progress"] = max(min(later.progress, 99), before)
    if later.message:
        changes["message"] = redacted(later.message)[:LINE_MAX]
        if _is_news(work.job, changes, before):
            work.log(later.message)
    work.save(changes, due_in_seconds=later.delay_seconds)
    _wake_in(work.job, later.delay_seconds)


def _is_news(job: Row, changes: Mapping[str, Any], before: int) -> bool:
    """Whether the log should say it: every new word, but of a bar that moves only each tenth."""
    if "progress" in changes:
        return bool(changes["progress"] // 10 > before // 10)
    return bool(changes["message"] != job.get("message"))


def _failed(work: HeldWork, problem: StoryCoreError) -> None:
    job = work.job
    rules = Rules(
        max_retries=settings.GENERATION_MAX_RETRIES,
        first_seconds=settings.GENERATION_RETRY_SECONDS,
        most_seconds=settings.GENERATION_RETRY_SECONDS_MAX,
    )
    decision = decide(problem, job["retry_count"], rules, chance=_CHANCE)
    # What is under way at a provider that rests is not given up: it was paid for.
    is_free = isinstance(problem, Resting) and not (job.get("work") or {}).get("provider_ref")
    if isinstance(decision, NextProvider) or is_free:
        heir = _next_provider(job)
        if heir is not None:
            _pass_on(work, problem, heir)
            return
        decision = decision if isinstance(decision, Again) else GiveUp()
    if isinstance(decision, Again):
        _try_again(work, problem, decision.delay_seconds)
        return
    fail(work, problem.code, problem.message)


def _try_again(work: HeldWork, problem: StoryCoreError, delay_seconds: float) -> None:
    job = work.job
    work.log(f"{problem.message} Trying again in {delay_seconds:.0f} s.", "warning")
    changes = {
        "status": QUEUED,
        "step": "waiting",
        # Who was not asked has not failed.
        "retry_count": job["retry_count"] + (not isinstance(problem, Resting)),
        "error_code": problem.code,
        "error_message": redacted(problem.message)[:1_000],
        "message": f"Trying again: {redacted(problem.message)}"[:LINE_MAX],
        # A retry is counted by itself; the attempt that it costs is no lost worker.
        "yielded": True,
    }
    work.hold.write(
        changes,
        lines=work.take_lines(),
        due_in_seconds=delay_seconds,
        tried_again_at=server_time(delay_seconds),
    )
    _wake_in(job, delay_seconds)


def _pass_on(work: HeldWork, problem: StoryCoreError, heir: str) -> None:
    work.log(f"{problem.message} Going on with {heir}.", "warning")
    changes = {"provider": heir, "model": None, "work": None, "retry_count": 0, "yielded": True}
    work.save(changes, due_in_seconds=0.0)
    _wake_in(work.job, 0.0)


def _next_provider(job: Row) -> str | None:
    """Who comes after the present provider among those that may do this job and still exist."""
    names = job.get("providers") or []
    if job.get("provider") not in names:
        return None
    known = {maker.name for maker in makers_of(task_of(job))}
    rest = names[names.index(job["provider"]) + 1 :]
    return next((name for name in rest if name in known), None)


def _wake_in(job: Row, delay_seconds: float) -> None:
    if delay_seconds <= COUNTDOWN_MAX_SECONDS:
        wake_for(job["queue"], delay_seconds)
