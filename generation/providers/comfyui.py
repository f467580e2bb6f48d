"""How is ComfyUI asked? A graph goes into its queue, its history tells the end, the picture is viewed.

In between its queue tells the place of what waits, and its WebSocket how far it is with what it works on.
Neither is needed for the picture: a server that does not tell only shows no progress.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from urllib.parse import quote

from generation.providers.answering import media_in, object_in
from generation.providers.base import (
    CREATE,
    DOWNLOAD,
    JSON,
    POLL,
    STAGE_PART,
    Answer,
    Call,
    Next,
    Offers,
    Order,
    Reply,
    host_of,
    probing_call,
)
from generation.providers.comfyui_answers import events_in, line_in, picture_in, refusal_of
from generation.providers.comfyui_progress import ENDS, TELLING, heard_in
from generation.providers.comfyui_workflow import TEXT_TO_IMAGE, filled, placeholders_in
from generation.providers.error_bodies import said_in
from generation.providers.failures import (
    BadOutput,
    NotStarted,
    StoppedThere,
    run_failure,
)
from generation.providers.options import BadOptions, option
from generation.providers.ordering import accepted_model, seed_of, size_of, styled_prompt, text_of

PROMPT_ID = re.compile(r"[\w-]{1,100}", re.ASCII)
ANSWER_BYTES = 10_000_000
# It lists every waiting graph whole.
QUEUE_BYTES = 50_000_000
AT_IT = "the provider is working"
# Its last word comes a moment before the history has the result.
SOON_SECONDS = 0.1

# Ways to look while a picture is not in the history: its place in the queue, else how far it is; what is in
# neither is looked for once more, since it may have ended in between. The prompt's id stands after them.
IN_QUEUE = f"{POLL}{STAGE_PART}queue"
AT_WORK = f"{POLL}{STAGE_PART}progress"
LAST_LOOK = f"{POLL}{STAGE_PART}last"


@dataclass(frozen=True)
class ComfyUI:
    """A ComfyUI server."""

    name: ClassVar[str] = "comfyui"

    base_url: str = option("http://127.0.0.1:8188", means="The server's address.", url=True)
    api_key: str = option("", means="A token for a proxy in front of it.", secret=True)
    image_model: str = option(
        "v1-5-pruned-emaonly-fp16.safetensors", means="The checkpoint, as the server calls it."
    )
    other_models: tuple[str, ...] = option((), means="Checkpoints that an order may name instead.")
    workflow: Mapping[str, Any] = option(
        TEXT_TO_IMAGE, means="The graph in API format, with {prompt} and other placeholders."
    )
    width: int = option(768, means="Pixels when an order names no size.", between=(16, 8192))
    height: int = option(512, means="Pixels when an order names no size.", between=(16, 8192))
    negative_prompt: str = option("", means="When an order has none.")
    cancel_with: str = option(
        "jobs",
        means="`jobs`: waiting and running ones, by id; `interrupt`: running ones, for old servers.",
        choices=("jobs", "interrupt"),
    )
    poll_seconds: float = option(1.0, means="Seconds between two questions.", between=(0.1, 60))
    progress_seconds: float = option(
        2.0,
        means="The longest that its WebSocket is listened to for progress, each time; 0: never.",
        between=(0, 30),
    )
    timeout_seconds: float = option(30.0, means="Seconds for one call.", between=(1, 600))
    max_bytes: int = option(50_000_000, means="The largest picture, in bytes.", between=(1, 2**31))

    def __post_init__(self) -> None:
        if "prompt" not in placeholders_in(self.workflow):
            raise BadOptions(
                f"Options of provider {self.name!r}",
                ["option 'workflow' has no {prompt}"],
                ["a graph in API format with {prompt} in a node's input"],
            )

    @property
    def hosts(self) -> frozenset[str]:
        """The server's host."""
        return frozenset({host_of(self.base_url)})

    @property
    def secrets(self) -> tuple[str, ...]:
        """The token, where there is one."""
        return (self.api_key,) if self.api_key else ()

    def offers(self) -> Offers:
        """Pictures on an own machine; what of an order has an effect depends on the graph."""
        found = placeholders_in(self.workflow)
        named = ("negative_prompt", "width", "height", "seed")
        return Offers(
            tasks=("image",),
            models={"image": (self.image_model, *self.other_models)},
            cost_units={"image": "nothing"},
            parameters={"image": (*(name for name in named if name in found), "style")},
            cancels=True,
        )

    def authorization(self) -> Mapping[str, str]:
        """The token, where there is one."""
        return {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}

    def request(self, order: Order) -> Call:
        """Put the filled graph into the queue."""
        body: dict[str, JSON] = {"prompt": self._graph(order), "client_id": _client_of(order)}
        return self._call("POST", "/prompt", body)

    def read(self, reply: Reply, stage: str, order: Order) -> Answer:
        """Queued, at work, in the history, or the picture."""
        if stage == DOWNLOAD:
            return media_in(reply, stage, self.secrets)
        if stage == CREATE:
            return self._queued(reply)
        look, _, reference = stage.rpartition(STAGE_PART)
        if look == IN_QUEUE:
            return self._in_line(reply, reference, order)
        if look == AT_WORK:
            return self._at_work(reply, reference, order)
        history = object_in(reply, POLL, self.secrets)
        reference = reply.url.rpartition("/")[2]
        entry = history.get(reference)
        if isinstance(entry, dict):
            return self._ended(entry, reference, order)
        if look == LAST_LOOK:
            raise NotStarted("its queue has forgotten it")
        call = replace(self._call("GET", "/queue"), max_bytes=QUEUE_BYTES, optional=True)
        return Next(call, _about(IN_QUEUE, reference), provider_ref=reference)

    def probe(self) -> Call:
        """A question that costs nothing."""
        return probing_call(f"{self.base_url.rstrip('/')}/queue")

    def cancel(self, provider_ref: str) -> Call | None:
        """Take it out of the queue or interrupt it, and nothing else that runs there."""
        if self.cancel_with == "jobs":
            return self._call("POST", f"/api/jobs/{provider_ref}/cancel")
        return self._call("POST", "/interrupt", {"prompt_id": provider_ref})

    def _call(self, method: str, path: str, body: Mapping[str, JSON] | None = None) -> Call:
        return Call(
            method,
            f"{self.base_url.rstrip('/')}{path}",
            json=body,
            timeout_seconds=self.timeout_seconds,
            max_bytes=ANSWER_BYTES,
        )

    def _graph(self, order: Order) -> Any:
        model = accepted_model(order, self.offers())
        width, height = size_of(order) or (self.width, self.height)
        values: dict[str, JSON] = {
            "prompt": styled_prompt(order),
            "negative_prompt": text_of(order, "negative_prompt") or self.negative_prompt,
            "seed": drawn_seed(order),
            "width": width,
            "height": height,
            "model": model,
        }
        return filled(self.workflow, values)

    def _history(self, reference: str) -> Call:
        return self._call("GET", f"/history/{quote(reference)}")

    def _queued(self, reply: Reply) -> Next:
        if reply.status == 400:
            raise refusal_of(reply)
        reference = object_in(reply, CREATE, self.secrets).get("prompt_id")
        if not isinstance(reference, str) or not PROMPT_ID.fullmatch(reference):
            raise BadOutput("the queue named no prompt")
        return self._later(reference, "in its queue")

    def _later(self, reference: str, message: str, progress: int | None = None) -> Next:
        return Next(
            self._history(reference),
            POLL,
            delay_seconds=self.poll_seconds,
            progress=progress,
            message=message,
            provider_ref=reference,
        )

    def _in_line(self, reply: Reply, reference: str, order: Order) -> Next:
        running, waiting = line_in(reply)
        if reference in waiting:
            place = waiting.index(reference) + 1
            return self._later(reference, f"place {place} of {len(waiting)} in its queue")
        if reference not in running and reply.status == 200:
            return Next(
                self._history(reference), _about(LAST_LOOK, reference), provider_ref=reference
            )
        if not self.progress_seconds:
            return self._later(reference, AT_IT)
        call = Call(
            "GET",
            f"ws{self.base_url.rstrip('/').removeprefix('http')}/ws",
            params={"clientId": _client_of(order)},
            timeout_seconds=self.timeout_seconds,
            max_bytes=ANSWER_BYTES,
            optional=True,
            listen_seconds=self.progress_seconds,
            listen_until=(*TELLING, *ENDS),
        )
        return Next(call, _about(AT_WORK, reference), provider_ref=reference)

    def _at_work(self, reply: Reply, reference: str, order: Order) -> Next:
        heard = heard_in(reply.body, self._graph(order), reference)
        if heard.ended:
            return replace(self._later(reference, AT_IT, heard.percent), delay_seconds=SOON_SECONDS)
        return self._later(reference, heard.message or AT_IT, heard.percent)

    def _ended(self, entry: Mapping[str, Any], reference: str, order: Order) -> Next:
        status = entry.get("status")
        status = status if isinstance(status, dict) else {}
        events = events_in(status.get("messages"))
        if "execution_interrupted" in events:
            raise StoppedThere
        if status.get("status_str") == "error":
            words = events.get("execution_error", {}).get("exception_message")
            raise run_failure(said_in({"error": words}, self.secrets))
        picture = picture_in(entry.get("outputs"))
        if picture is None:
            raise BadOutput("the graph saved no picture")
        call = Call(
            "GET",
            f"{self.base_url.rstrip('/')}/view",
            params=picture,
            timeout_seconds=self.timeout_seconds,
            max_bytes=self.max_bytes,
        )
        details: dict[str, JSON] = {"seed": drawn_seed(order)}
        return Next(
            call, DOWNLOAD, message="fetching the result", provider_ref=reference, details=details
        )


def _about(look: str, reference: str) -> str:
    return f"{look}{STAGE_PART}{reference}"


def _client_of(order: Order) -> str:
    """One for each order: a second socket of the same client takes the place of the first."""
    return f"storycore-{order.idempotency_key}" if order.idempotency_key else "storycore"


def drawn_seed(order: Order) -> int:
    """The order's seed; else one that every try of the same order draws again."""
    seed = seed_of(order)
    if seed is not None:
        return seed
    drawn = hashlib.sha256(f"{order.idempotency_key}\n{order.prompt}".encode()).digest()
    return int.from_bytes(drawn[:4], "big")
