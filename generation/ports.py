"""What can a job be, and who is told when it ends? Higher apps say so through these ports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pymongo.client_session import ClientSession

from storycore.mongo.reading import Row


@dataclass(frozen=True, slots=True)
class Later:
    """The work goes on after `delay_seconds`; until then nobody holds it."""

    delay_seconds: float
    changes: Mapping[str, Any] = field(default_factory=dict)
    message: str | None = None
    progress: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """The work is done. `commit(session)` writes what belongs to the result in the same transaction.

    `changes` are fields of the job: asset, result, usage, model. `facts` are what the bytes of the asset
    tell: duration, width, height.
    """

    changes: Mapping[str, Any]
    message: str
    commit: Callable[[ClientSession], None] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


class Work(Protocol):
    """What a kind of job sees of the job that it works on, as long as it holds it."""

    @property
    def job(self) -> Row:
        """The job as it was last read or saved by this holder."""

    def say(self, step: str, message: str, progress: int | None = None) -> None:
        """Show how far it is. Raises LeaseLost."""

    def log(self, text: str, level: str = "info") -> None:
        """Add a line to the job's log, secrets removed; it travels with the next write."""

    def save(self, changes: Mapping[str, Any]) -> None:
        """Write fields of the job. Raises LeaseLost when it is held by somebody else, or cancelled."""

    def is_held(self) -> bool:
        """Whether the job is still ours; false soon after it was cancelled or taken over."""


class JobKind(Protocol):
    """A kind of work."""

    queue: str

    def advance(self, work: Work) -> Done | Later:
        """Do the next piece of it. May run again after a crash at any point, so it is repeatable.

        Raises a failure of generation.providers.failures, or any StoryCoreError that ends the job.
        """


class JobOwner(Protocol):
    """An app for which jobs are done."""

    def job_ended(self, job: Row) -> None:
        """A job came to its end, whatever that is. Repeatable: it may be told more than once."""


KINDS: dict[str, JobKind] = {}
"""Filled by the apps that do work, when Django starts."""

RERUNS = {"image", "speech", "music", "effect", "text", "simulation"}
"""Kinds whose jobs can be ordered once more just as they were: all that they need stands in the job."""

OWNERS: list[JobOwner] = []
"""Filled by the apps for which jobs are done, when Django starts."""


def register_kind(name: str, kind: JobKind) -> None:
    """Say how jobs of this kind are done; the last one named counts."""
    KINDS[name] = kind


def register_owner(owner: JobOwner) -> None:
    """Add an app that wants to know when jobs end; the same class twice is the same as once."""
    if not any(type(one) is type(owner) for one in OWNERS):
        OWNERS.append(owner)
