"""How are many pictures asked for with one call? Where the provider can, and never instead of asking alone."""

from __future__ import annotations

from collections.abc import Sequence

from generation.ports import Work
from generation.providers.base import BatchProvider, Call, Order, host_of
from generation.providers.failures import ProviderFailure
from generation.queries.catalog import makers_of
from generation.running.checkpoints import reached
from generation.running.health import note_failure, note_success, rest_seconds
from generation.running.sending import send


def batched(work: Work, orders: Sequence[Order]) -> list[Call | None]:
    """The calls that fetch what one call made of all orders; None for each that must be asked for alone.

    A batch that fails loses nothing: then all of them are.
    """
    nothing: list[Call | None] = [None] * len(orders)
    makers = makers_of("image")
    provider = makers[0].provider if makers else None
    if provider is None or not isinstance(provider, BatchProvider):
        return nothing
    call = provider.request_batch(orders)
    host = "" if call is None else host_of(call.url)
    if call is None or rest_seconds(makers[0].name, host):
        return nothing
    work.say("calling", f"Asking {makers[0].name} for {len(orders)} pictures at once.", 2)
    reached("calling")
    try:
        calls = provider.read_batch(send(provider, call, wanted=work.is_held), orders)
    except ProviderFailure as problem:
        note_failure(makers[0].name, host, problem)
        work.log(f"Each picture is asked for alone: {problem}", "warning")
        return nothing
    note_success(makers[0].name, host)
    return calls
