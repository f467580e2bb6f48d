"""How is fal.ai asked with a key of one's own? By its queue: create, ask, read the result, fetch it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from generation.providers.answering import Fetching, fetched, first_url, media_in, object_in
from generation.providers.base import (
    CREATE,
    DOWNLOAD,
    JSON,
    POLL,
    RESULT,
    Answer,
    Call,
    Media,
    Next,
    Offers,
    Order,
    Reply,
    Task,
    host_of,
)
from generation.providers.error_bodies import said_in
from generation.providers.failures import BadOutput, run_failure
from generation.providers.options import option
from generation.providers.ordering import (
    accepted_model,
    number_of,
    present,
    seed_of,
    size_of,
    styled_prompt,
    text_of,
)

# The path of a request at fal: {owner}/{app}/requests/{id}, below some prefix.
REQUEST_PATH = re.compile(r"/(?:[\w.~-]+/)+requests/[\w-]{1,100}", re.ASCII)
RESULT_HOSTS = ("fal.media", ".fal.media", ".fal.ai")
PARAMETERS: Mapping[Task, tuple[str, ...]] = {
    "image": ("negative_prompt", "width", "height", "seed", "style"),
    "speech": ("voice", "language", "speed"),
    "music": ("duration_seconds", "seed", "style"),
    "effect": ("duration_seconds", "seed"),
}


@dataclass(frozen=True)
class Fal:
    """fal.ai's queue."""

    name: ClassVar[str] = "fal"

    api_key: str = option(means="The key of a fal.ai account.", secret=True)
    base_url: str = option("https://queue.fal.run", means="The queue's address.", url=True)
    image_model: str = option("fal-ai/flux/schnell", means="Makes pictures; empty: none.")
    speech_model: str = option("fal-ai/kokoro/american-english", means="Speaks; empty: none.")
    music_model: str = option("", means="Makes music; empty: none.")
    effect_model: str = option("", means="Makes sound effects; empty: none.")
    other_models: tuple[str, ...] = option((), means="Models that an order may name instead.")
    speech_field: str = option("text", means="The input of the speech model that takes the text.")
    extra_input: Mapping[str, Any] = option({}, means="Inputs that go with every order.")
    result_hosts: tuple[str, ...] = option(RESULT_HOSTS, means="Where results may lie.")
    poll_seconds: float = option(2.0, means="Seconds between two questions.", between=(0.1, 60))
    timeout_seconds: float = option(60.0, means="Seconds for one call.", between=(1, 600))
    max_bytes: int = option(20_000_000, means="The largest result, in bytes.", between=(1, 2**31))

    @property
    def hosts(self) -> frozenset[str]:
        """The queue's host."""
        return frozenset({host_of(self.base_url)})

    @property
    def secrets(self) -> tuple[str, ...]:
        """The key."""
        return (self.api_key,)

    def offers(self) -> Offers:
        """Every task that has a model."""
        named: dict[Task, str] = {
            "image": self.image_model,
            "speech": self.speech_model,
            "music": self.music_model,
            "effect": self.effect_model,
        }
        models = {task: (model, *self.other_models) for task, model in named.items() if model}
        return Offers(
            tasks=tuple(models),
            models=models,
            cost_units=dict.fromkeys(models, "run"),
            parameters={task: PARAMETERS[task] for task in models},
            cancels=True,
            webhooks=True,
        )

    def authorization(self) -> Mapping[str, str]:
        """The key, in a scheme of its own."""
        return {"Authorization": f"Key {self.api_key}"}

    def request(self, order: Order) -> Call:
        """Put the order into the queue."""
        model = accepted_model(order, self.offers())
        return Call(
            "POST",
            f"{self.base_url.rstrip('/')}/{quote(model, safe='/')}",
            json={**self.extra_input, **fal_input(order, self.speech_field)},
            params={"fal_webhook": order.webhook_url} if order.webhook_url else None,
            timeout_seconds=self.timeout_seconds,
            max_bytes=1_000_000,
            paid=True,
        )

    def read(self, reply: Reply, stage: str, order: Order) -> Answer:
        """Queue, status, result, bytes."""
        if stage == DOWNLOAD:
            return media_in(reply, stage, self.secrets)
        answer = object_in(reply, stage, self.secrets)
        if stage == RESULT:
            return self._result(answer)
        reference = _reference(answer, reply)
        if answer.get("error"):
            raise run_failure(said_in(answer, self.secrets))
        if answer.get("status") == "COMPLETED":
            return Next(self._call("GET", reference), RESULT, provider_ref=reference, progress=90)
        return Next(
            self._call("GET", f"{reference}/status"),
            POLL,
            delay_seconds=self.poll_seconds,
            message=_progress_words(answer, stage),
            provider_ref=reference,
        )

    def cancel(self, provider_ref: str) -> Call | None:
        """Take it out of the queue, or tell the runner to stop."""
        return self._call("PUT", f"{provider_ref}/cancel")

    def _call(self, method: str, path: str) -> Call:
        parts = urlsplit(self.base_url)
        return Call(
            method,
            f"{parts.scheme}://{parts.netloc}{path}",
            timeout_seconds=self.timeout_seconds,
            max_bytes=max(1_000_000, self.max_bytes * 4 // 3),
        )

    def _result(self, answer: Mapping[str, Any]) -> Media | Next:
        return fetched(
            first_url(answer),
            Fetching(
                self.hosts,
                self.max_bytes,
                self.timeout_seconds,
                self.result_hosts,
                details=fal_details(answer),
            ),
        )


def fal_input(order: Order, speech_field: str = "text") -> dict[str, JSON]:
    """An order in the words of fal's models. Raises WrongInput for values of a wrong kind."""
    if order.task == "speech":
        spoken = present(
            voice=text_of(order, "voice"),
            language=text_of(order, "language"),
            speed=number_of(order, "speed", 0.25, 4),
        )
        return {speech_field: order.prompt, **spoken}
    if order.task != "image":
        duration = number_of(order, "duration_seconds", 0.5, 600)
        return present(prompt=styled_prompt(order), duration=duration, seed=seed_of(order))
    size = size_of(order)
    return present(
        prompt=styled_prompt(order),
        negative_prompt=text_of(order, "negative_prompt"),
        image_size={"width": size[0], "height": size[1]} if size else None,
        seed=seed_of(order),
    )


def fal_details(answer: Mapping[str, Any]) -> dict[str, JSON]:
    """What is worth keeping of a result: the seed that was drawn."""
    seed = answer.get("seed")
    return {"seed": seed} if isinstance(seed, int) and not isinstance(seed, bool) else {}


def _reference(answer: Mapping[str, Any], reply: Reply) -> str:
    """The path of the request. It is used on our own base address: no answer leads elsewhere."""
    for url in (answer.get("response_url"), answer.get("status_url"), reply.url):
        path = urlsplit(url).path if isinstance(url, str) else ""
        path = path.removesuffix("/status").removesuffix("/response")
        if REQUEST_PATH.fullmatch(path):
            return path
    raise BadOutput("the queue named no request")


def _progress_words(answer: Mapping[str, Any], stage: str) -> str:
    position = answer.get("queue_position")
    if answer.get("status") == "IN_PROGRESS":
        return "the provider is working"
    if isinstance(position, int) and not isinstance(position, bool):
        return f"{position} before it in the provider's queue"
    return "in the provider's queue" if stage == CREATE else "the provider is working"
