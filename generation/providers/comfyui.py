"""How is ComfyUI asked? A graph goes into its queue, its history tells the end, the picture is viewed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import quote

from generation.providers.answering import media_in, object_in
from generation.providers.base import (
    CREATE,
    DOWNLOAD,
    JSON,
    POLL,
    Answer,
    Call,
    Next,
    Offers,
    Order,
    Reply,
    host_of,
    probing_call,
)
from generation.providers.comfyui_workflow import TEXT_TO_IMAGE, filled, placeholders_in
from generation.providers.error_bodies import said_in
from generation.providers.failures import BadOutput, Gone, StoppedThere, WrongInput, run_failure
from generation.providers.options import BadOptions, option
from generation.providers.ordering import accepted_model, seed_of, size_of, styled_prompt, text_of

PROMPT_ID = re.compile(r"[\w-]{1,100}", re.ASCII)
ANSWER_BYTES = 10_000_000


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
        body: dict[str, JSON] = {"prompt": filled(self.workflow, values), "client_id": "storycore"}
        return self._call("POST", "/prompt", body)

    def read(self, reply: Reply, stage: str, order: Order) -> Answer:
        """Queued, in the history, or the picture."""
        if stage == DOWNLOAD:
            return media_in(reply, stage, self.secrets)
        if stage == CREATE:
            if reply.status == 400:
                raise self._refusal(reply)
            answer = object_in(reply, stage, self.secrets)
            return self._waiting(
                answer.get("prompt_id"), f"number {answer.get('number')} in its queue"
            )
        history = object_in(reply, stage, self.secrets)
        reference = reply.url.rpartition("/")[2]
        entry = history.get(reference)
        if not isinstance(entry, dict):
            return self._waiting(reference, "the provider is working")
        return self._ended(entry, reference, order)

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

    def _waiting(self, reference: Any, message: str) -> Next:
        if not isinstance(reference, str) or not PROMPT_ID.fullmatch(reference):
            raise BadOutput("the queue named no prompt")
        return Next(
            self._call("GET", f"/history/{quote(reference)}"),
            POLL,
            delay_seconds=self.poll_seconds,
            message=message,
            provider_ref=reference,
        )

    def _refusal(self, reply: Reply) -> WrongInput | Gone:
        """Why the graph was refused, node by node; a checkpoint that is not there is a setting."""
        try:
            answer = json.loads(reply.body)
        except (ValueError, RecursionError):
            answer = {}
        answer = answer if isinstance(answer, dict) else {}
        nodes = _items(answer.get("node_errors"))
        faults = [fault for node in nodes for fault in _items(node.get("errors"))]
        said = said_in({"errors": [*({"message": _sentence(fault)} for fault in faults), answer]})
        unknown = any(fault.get("type") == "value_not_in_list" for fault in faults)
        return (Gone if unknown else WrongInput)(
            said.text, http_status=400, provider_code=said.code
        )

    def _ended(self, entry: Mapping[str, Any], reference: str, order: Order) -> Next:
        status = entry.get("status")
        status = status if isinstance(status, dict) else {}
        told = _told(status.get("messages"))
        if "execution_interrupted" in told:
            raise StoppedThere
        if status.get("status_str") == "error":
            words = told.get("execution_error", {}).get("exception_message")
            raise run_failure(said_in({"error": words}, self.secrets))
        picture = _picture(entry.get("outputs"))
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


def drawn_seed(order: Order) -> int:
    """The order's seed; else one that every try of the same order draws again."""
    seed = seed_of(order)
    if seed is not None:
        return seed
    drawn = hashlib.sha256(f"{order.idempotency_key}\n{order.prompt}".encode()).digest()
    return int.from_bytes(drawn[:4], "big")


def _sentence(fault: Mapping[str, Any]) -> str:
    parts = (fault.get("message"), fault.get("details"))
    return ": ".join(part for part in parts if isinstance(part, str) and part)


def _picture(outputs: Any) -> dict[str, str] | None:
    """The first saved picture; a preview only when nothing was saved."""
    pictures = [
        image
        for node in _items(outputs)
        for image in _items(node.get("images"))
        if isinstance(image.get("filename"), str)
    ]
    if not pictures:
        return None
    best = min(pictures, key=lambda image: image.get("type") != "output")
    names = ("filename", "subfolder", "type")
    return {name: str(best.get(name) or ("output" if name == "type" else "")) for name in names}


def _told(messages: Any) -> dict[str, dict[str, Any]]:
    """What happened during a run, by the name of the event: the history has [[name, data], ...]."""
    pairs = (
        [pair for pair in messages if isinstance(pair, list)] if isinstance(messages, list) else []
    )
    return {
        pair[0]: pair[1]
        for pair in pairs
        if len(pair) == 2 and isinstance(pair[0], str) and isinstance(pair[1], dict)
    }


def _items(value: Any) -> list[dict[str, Any]]:
    """The objects in a list, or in the values of an object; nothing else counts."""
    found = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [item for item in found if isinstance(item, dict)]
