"""Is a failed attempt worth another one, when, and with whom? One decision for all kinds of work."""

from __future__ import annotations

import random
from dataclasses import dataclass

from generation.providers.failures import ProviderFailure, Resting, TooManyAtOnce
from storycore.errors import StoryCoreError, Unavailable


@dataclass(frozen=True, slots=True)
class Rules:
    """How often and how long: settings GENERATION_MAX_RETRIES, _RETRY_SECONDS, _RETRY_SECONDS_MAX."""

    max_retries: int = 3
    first_seconds: float = 60.0
    multiplier: float = 2.0
    most_seconds: float = 900.0


@dataclass(frozen=True, slots=True)
class Again:
    """Try it again after so many seconds."""

    delay_seconds: float


@dataclass(frozen=True, slots=True)
class NextProvider:
    """It will not be done there; the next in the job's list may."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """No further attempt would help."""


Decision = Again | NextProvider | GiveUp


def decide(
    problem: StoryCoreError, retry_count: int, rules: Rules, *, chance: random.Random
) -> Decision:
    """What follows from a failure after `retry_count` retries.

    Busy providers and stores are tried again with exponential delay and full jitter; a delay that the
    provider named wins. Money, key and gone models are not: another provider may take over, else it ends.
    """
    if not _is_retryable(problem):
        may_pass_on = isinstance(problem, ProviderFailure) and problem.tries_next
        return NextProvider() if may_pass_on else GiveUp()
    if retry_count >= rules.max_retries and not isinstance(problem, Resting):
        return NextProvider() if isinstance(problem, ProviderFailure) else GiveUp()
    asked = getattr(problem, "retry_after_seconds", None)
    if asked is not None:
        return Again(min(max(asked, 0.0) + chance.uniform(0.0, 1.0), 24 * 3_600.0))
    if isinstance(problem, TooManyAtOnce):
        return Again(chance.uniform(1.0, 5.0))
    ceiling = min(rules.first_seconds * rules.multiplier**retry_count, rules.most_seconds)
    # Half is kept: full jitter down to zero would let all of a burst come back at once.
    return Again(chance.uniform(ceiling / 2, ceiling))


def _is_retryable(problem: StoryCoreError) -> bool:
    if isinstance(problem, ProviderFailure):
        return problem.retryable
    return isinstance(problem, Unavailable)
