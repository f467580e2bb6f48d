"""Does a provider answer now, and does it accept our key? Asked by people, never by a request."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from generation.providers.base import CREATE, AskableProvider, Provider, host_of
from generation.providers.failures import BadKey, OutOfCredit, ProviderFailure, failure_of
from generation.queries.catalog import Maker
from generation.queries.health import HEALTHY, UNHEALTHY
from generation.running.health import note_failure, note_success
from generation.running.sending import send

UNASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Probe:
    """What a provider said, and after how many milliseconds; `status` as in queries.health, or `not asked`."""

    status: str
    message: str = ""
    latency_ms: float | None = None


def probed(makers: Sequence[Maker]) -> dict[str, Probe]:
    """Every named provider asked once, all side by side; what comes is remembered as its health."""
    named = {maker.name: maker.provider for maker in makers}
    if not named:
        return {}
    with ThreadPoolExecutor(max_workers=len(named)) as pool:
        return dict(zip(named, pool.map(_probed, named, named.values()), strict=True))


def answers(provider: Provider) -> bool:
    """Whether a server of our own answers anything at all, within a moment; True where it has no question."""
    if not isinstance(provider, AskableProvider):
        return True
    try:
        return send(provider, replace(provider.probe(), timeout_seconds=2.0)).status < 500
    except ProviderFailure:
        return False


def _probed(name: str, provider: Provider | None) -> Probe:
    if provider is None:
        return Probe(HEALTHY, "made on this machine")
    if not isinstance(provider, AskableProvider):
        return Probe(UNASKED, "it has no question that costs nothing")
    call = provider.probe()
    begun = time.monotonic()
    try:
        reply = send(provider, call)
        if reply.status in (401, 402, 403) or reply.status >= 500:
            raise failure_of(reply, stage=CREATE, secrets=provider.secrets)
    except ProviderFailure as problem:
        if isinstance(problem, BadKey | OutOfCredit):
            note_failure(name, host_of(call.url), problem)
        return Probe(UNHEALTHY, problem.message)
    note_success(name, host_of(call.url))
    return Probe(HEALTHY, "it answers", round((time.monotonic() - begun) * 1_000, 1))
