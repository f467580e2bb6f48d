"""How is a service of one's own asked, one that does a stage behind POST /generate?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urljoin

from generation.providers.answering import Fetching, fetched, first_url, media_in, object_in
from generation.providers.base import (
    ALL_TASKS,
    CREATE,
    DOWNLOAD,
    JSON,
    TASKS,
    Answer,
    Call,
    Media,
    Next,
    Offers,
    Order,
    Reply,
    Text,
    host_of,
    probing_call,
)
from generation.providers.error_bodies import said_in
from generation.providers.failures import BadOutput, run_failure
from generation.providers.options import BadOptions, option
from generation.providers.ordering import accepted_model
from generation.providers.stage_bodies import batch_body_of, body_of

ANSWER_BYTES = 5_000_000


@dataclass(frozen=True)
class HttpService:
    """A service that answers with {"text"}, {"url"}, {"images": [{"url"}]} or the bytes themselves."""

    name: ClassVar[str] = "http"

    base_url: str = option(means="The service's address.", url=True)
    path: str = option("/generate", means="What is posted to.")
    batch_path: str = option("", means="What is posted to for many pictures; empty: one by one.")
    api_key: str = option("", means="A token that the service asks for.", secret=True)
    tasks: tuple[str, ...] = option(TASKS, means="What the service makes.")
    model: str = option("service", means="What is noted as the model.")
    costs: bool = option(default=False, means="Each call costs money.")
    honours_keys: bool = option(
        default=True, means="The same Idempotency-Key gives the same result, paid once."
    )
    result_hosts: tuple[str, ...] = option(
        (), means="Where results may lie; empty: anywhere public."
    )
    timeout_seconds: float = option(300.0, means="Seconds for one call.", between=(1, 3600))
    max_bytes: int = option(20_000_000, means="The largest result, in bytes.", between=(1, 2**31))

    def __post_init__(self) -> None:
        wrong = sorted(set(self.tasks) - set(ALL_TASKS))
        complaints = [f"option 'tasks' holds {task!r}" for task in wrong]
        for name, path in (("path", self.path), ("batch_path", self.batch_path or "/")):
            if not path.startswith("/"):
                complaints.append(f"option {name!r} must start with /")
        if complaints:
            raise BadOptions(f"Options of provider {self.name!r}", complaints, ALL_TASKS)

    @property
    def hosts(self) -> frozenset[str]:
        """The service's host."""
        return frozenset({host_of(self.base_url)})

    @property
    def secrets(self) -> tuple[str, ...]:
        """The token, where there is one."""
        return (self.api_key,) if self.api_key else ()

    def offers(self) -> Offers:
        """What the options say: nobody asks the service."""
        tasks = tuple(task for task in ALL_TASKS if task in self.tasks)
        return Offers(
            tasks=tasks,
            models=dict.fromkeys(tasks, (self.model,)),
            cost_units=dict.fromkeys(tasks, "run" if self.costs else "nothing"),
            parameters=dict.fromkeys(
                tasks,
                ("negative_prompt", "width", "height", "seed", "style", "voice", "language", "speed", "pitch",
                 "duration_seconds", "system", "max_tokens", "temperature"),
            ),
            idempotent=self.honours_keys,
        )  # fmt: skip

    def authorization(self) -> Mapping[str, str]:
        """The token, where there is one."""
        return {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}

    def request(self, order: Order) -> Call:
        """Post the prompt and every parameter; for a stage of a project, its fields."""
        accepted_model(order, self.offers())
        return self._post(self.path, body_of(order), order.idempotency_key)

    def request_batch(self, orders: Sequence[Order]) -> Call | None:
        """Post all pictures of a project at once, where the service has an address for that."""
        if not self.batch_path or not orders:
            return None
        body = batch_body_of(orders)
        return self._post(self.batch_path, body, f"{orders[0].idempotency_key}-batch")

    def read_batch(self, reply: Reply, orders: Sequence[Order]) -> list[Call | None]:
        """{"images": [{"prompt", "url"}]} in the order of the request; one without an address is missing."""
        answer = object_in(reply, CREATE, self.secrets)
        if answer.get("error"):
            raise run_failure(said_in(answer, self.secrets))
        images = answer.get("images")
        if not isinstance(images, list) or len(images) != len(orders):
            raise BadOutput("it answered with another number of pictures")
        return [self._fetch_of(one) for one in images]

    def _fetch_of(self, image: Any) -> Call | None:
        url = first_url(image)
        try:
            found = self._fetched(url) if url else None
        except BadOutput:
            return None
        return found.call if isinstance(found, Next) else None

    def _post(self, path: str, body: Mapping[str, JSON], key: str) -> Call:
        keyed = {"Idempotency-Key": key} if key else {}
        return Call(
            "POST",
            f"{self.base_url.rstrip('/')}{path}",
            headers=keyed,
            json=body,
            timeout_seconds=self.timeout_seconds,
            max_bytes=max(ANSWER_BYTES, self.max_bytes),
            paid=self.costs,
            idempotent=self.honours_keys and bool(keyed),
        )

    def read(self, reply: Reply, stage: str, order: Order) -> Answer:
        """The text, the bytes, or an address of them; a relative one is the service's own."""
        told = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
        if stage == DOWNLOAD or (order.task != "text" and told != "application/json"):
            return media_in(reply, stage, self.secrets)
        answer = object_in(reply, stage, self.secrets)
        if answer.get("error"):
            raise run_failure(said_in(answer, self.secrets))
        if order.task == "text":
            return self._text(answer)
        url = first_url(answer)
        if not url:
            raise BadOutput("it answered without an address")
        return self._fetched(url)

    def probe(self) -> Call:
        """A question that costs nothing."""
        return probing_call(f"{self.base_url.rstrip('/')}/health")

    def cancel(self, provider_ref: str) -> Call | None:
        """Nothing runs on after its call."""
        return None

    def _fetched(self, url: str) -> Media | Next:
        fetching = Fetching(self.hosts, self.max_bytes, self.timeout_seconds, self.result_hosts)
        try:
            address = urljoin(f"{self.base_url.rstrip('/')}/", url)
        except ValueError as problem:
            raise BadOutput("it answered with something that is no address") from problem
        return fetched(address, fetching)

    def _text(self, answer: Mapping[str, Any]) -> Text:
        text, model, usage = answer.get("text"), answer.get("model"), answer.get("usage")
        if not isinstance(text, str) or not text.strip():
            raise BadOutput("it answered with an empty text")
        kept: dict[str, JSON] = usage if isinstance(usage, dict) else {}
        return Text(text, kept, model if isinstance(model, str) else None)
