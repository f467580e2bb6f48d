"""Do the broker, the workers and the providers work, as far as it can be said without paying?"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from generation.queries.catalog import LOCAL, Maker, all_makers
from generation.queries.health import HEALTHY, health_of
from generation.running.probing import answers
from storycore.health.checks import NotWell
from storycore.health.parts import Part
from storycore.queue import NotAnswering, broker_answers, worker_answers

# Own servers, which are asked: what each is usually called here, and the setting that names its address.
OWN_SERVERS = {"ollama": "TEXT_PROVIDERS=ollama=openai_compatible", "comfyui": "COMFYUI_URL"}
OLLAMA_PORT = ":11434"


def worker_parts() -> Iterable[Part]:
    """What wakes the workers, and the workers."""
    yield Part("broker", lambda: _said(broker_answers))
    yield Part("worker", lambda: _said(worker_answers))


def _said(ask: Callable[[], object]) -> object:
    try:
        return ask()
    except NotAnswering as problem:
        raise NotWell(str(problem)) from problem


def provider_parts() -> Iterable[Part]:
    """Every configured provider. Own servers are asked, others known by their last calls."""
    makers = {maker.name: maker for maker in all_makers() if maker.name != LOCAL}
    own = {server: _own(server, makers.values()) for server in OWN_SERVERS}
    for server, maker in own.items():
        if maker is None:
            yield Part(server, about=f"It is not configured: {OWN_SERVERS[server]}.")
        else:
            yield Part(server, _asked(maker))
    for name, maker in makers.items():
        if name not in own:
            yield Part(name, _known(maker))


def _own(server: str, makers: Iterable[Maker]) -> Maker | None:
    for maker in makers:
        hosts = maker.provider.hosts if maker.provider is not None else frozenset()
        if maker.name == server or (
            server == "ollama" and any(host.endswith(OLLAMA_PORT) for host in hosts)
        ):
            return maker
    return None


def _asked(maker: Maker) -> Callable[[], str]:
    def ask() -> str:
        if maker.provider is not None and not answers(maker.provider):
            raise NotWell("It does not answer.")
        return "It answers."

    return ask


def _known(maker: Maker) -> Callable[[], str]:
    def known() -> str:
        health = health_of([maker.name])[maker.name]
        if health.status != HEALTHY:
            raise NotWell(health.message or f"It is {health.status}.")
        return "Its last calls went well." if health.checked_at else "It was not needed yet."

    return known
