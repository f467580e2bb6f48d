"""How is a provider played without one? Canned answers inside the process, with faults to order.

Its calls go to `mock://`; whoever sends calls hands them to `answer`. A word in the prompt (or the
option `fault`) picks a fault: `mock:slow` takes its time, `mock:503` and `mock:429` fail once and
then succeed, `mock:fail` and `mock:refuse` fail for good, `mock:broken` breaks the bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from generation.providers.answering import media_in, object_in
from generation.providers.base import (
    JSON,
    POLL,
    TASKS,
    Answer,
    Call,
    Next,
    Offers,
    Order,
    Reply,
    Task,
    Text,
)
from generation.providers.failures import BadOutput
from generation.providers.mock_media import canned_picture, canned_sound, canned_text
from generation.providers.options import option
from generation.providers.ordering import accepted_model, number_of, seed_of, size_of

SCHEME = "mock://"
FAULTS = ("slow", "503", "429", "fail", "refuse", "broken")
FAULT_WORD = re.compile(r"\bmock:(" + "|".join(FAULTS) + r")\b", re.IGNORECASE)
RETRY_AFTER_SECONDS = 2
PARAMETERS: Mapping[Task, tuple[str, ...]] = {
    "image": ("width", "height", "seed"),
    "speech": ("duration_seconds", "seed"),
    "music": ("duration_seconds", "seed"),
    "effect": ("duration_seconds", "seed"),
    "text": ("seed",),
}


@dataclass(frozen=True)
class Mock:
    """Deterministic stand-ins for every task."""

    name: ClassVar[str] = "mock"

    fault: str = option("", means="A fault for every order.", choices=("", *FAULTS))
    steps: int = option(1, means="How often an order is looked at.", between=(1, 100))
    slow_steps: int = option(10, means="The same for slow ones.", between=(1, 100))
    step_seconds: float = option(0.2, means="Seconds between two looks.", between=(0, 60))

    @property
    def hosts(self) -> frozenset[str]:
        """None that could get a key."""
        return frozenset()

    @property
    def secrets(self) -> tuple[str, ...]:
        """None."""
        return ()

    def offers(self) -> Offers:
        """Everything, for nothing."""
        return Offers(
            tasks=TASKS,
            models=dict.fromkeys(TASKS, ("mock",)),
            cost_units=dict.fromkeys(TASKS, "nothing"),
            parameters=PARAMETERS,
            cancels=True,
            idempotent=True,
        )

    def authorization(self) -> Mapping[str, str]:
        """None."""
        return {}

    def request(self, order: Order) -> Call:
        """A call that `answer` answers."""
        # It stands in for every model there is.
        free = {name: value for name, value in order.parameters.items() if name != "model"}
        accepted_model(replace(order, parameters=free), self.offers())
        return self._call(order, step=0)

    def read(self, reply: Reply, stage: str, order: Order) -> Answer:
        """Not yet, or the result."""
        if reply.status == 202:
            progress = object_in(reply, stage, ())
            step = int(progress["step"])
            return Next(
                self._call(order, step),
                POLL,
                delay_seconds=self.step_seconds,
                progress=100 * step // int(progress["steps"]),
                message="the mock provider takes its time",
                provider_ref=str(progress["id"]),
            )
        if order.task != "text":
            return media_in(reply, stage, (), details={"mock": True})
        text = object_in(reply, stage, ()).get("text")
        if not isinstance(text, str):
            raise BadOutput("it answered without a text")
        return Text(text, {"words": len(text.split())}, "mock")

    def cancel(self, provider_ref: str) -> Call | None:
        """A call that is answered with OK."""
        return Call("POST", f"{SCHEME}cancel/{provider_ref}")

    def _call(self, order: Order, step: int) -> Call:
        worded = FAULT_WORD.search(order.prompt)
        fault = worded[1].lower() if worded else self.fault
        width, height = size_of(order) or (640, 480)
        body: dict[str, JSON] = {
            "prompt": order.prompt,
            "key": order.idempotency_key,
            "seed": seed_of(order) or 0,
            "width": width,
            "height": height,
            "seconds": number_of(order, "duration_seconds", 0.1, 600) or len(order.prompt) / 15,
            "fault": fault,
            "step": step,
            "steps": self.slow_steps if fault == "slow" else self.steps,
        }
        return Call("POST", f"{SCHEME}{order.task}", json=body, idempotent=True)


def answer(call: Call, memory: MutableMapping[str, int]) -> Reply:
    """The answer to a call of this provider; nothing is sent and nobody waits.

    `memory` counts per order how often it failed, so that what fails once succeeds then.
    """
    place = call.url.removeprefix(SCHEME)
    body = call.json if isinstance(call.json, Mapping) else {}
    if place.startswith("cancel/"):
        return _json(200, {"cancelled": True}, call)
    failure = _failure(str(body["fault"]), f"{body['key']}:{body['prompt']}", memory)
    if failure is not None:
        status, headers, said = failure
        return _json(status, {"error": said}, call, headers)
    step, steps = int(str(body["step"])), int(str(body["steps"]))
    if step < steps - 1:
        return _json(202, {"id": _mock_id(body), "step": step + 1, "steps": steps}, call)
    return _result(place, body, call)


def _failure(
    fault: str, order: str, memory: MutableMapping[str, int]
) -> tuple[int, Mapping[str, str], JSON] | None:
    if fault == "fail":
        return 422, {}, "this order fails for good, as it asks for"
    if fault == "refuse":
        return 400, {}, {"code": "content_policy_violation", "message": "this content is refused"}
    if fault not in ("503", "429") or memory.get(f"{fault}:{order}", 0) > 0:
        return None
    memory[f"{fault}:{order}"] = 1
    if fault == "503":
        # Who builds a front end does not want to wait a minute for the second try.
        return 503, {"retry-after": "1"}, "busy once, as the order asks for"
    return (
        429,
        {"retry-after": str(RETRY_AFTER_SECONDS)},
        "too many calls once, as the order asks for",
    )


def _result(task: str, body: Mapping[str, Any], call: Call) -> Reply:
    prompt, seed = body["prompt"], body["seed"]
    if task == "text":
        text = canned_text(prompt, seed)
        return _json(200, {} if body["fault"] == "broken" else {"text": text}, call)
    if task == "image":
        kind, media = "image/png", canned_picture(prompt, seed, body["width"], body["height"])
    else:
        kind, media = "audio/wav", canned_sound(prompt, seed, body["seconds"])
    whole = media[: len(media) // 2] if body["fault"] == "broken" else media
    return Reply(200, {"content-type": kind}, whole, call.url)


def _json(
    status: int, body: Mapping[str, JSON], call: Call, headers: Mapping[str, str] | None = None
) -> Reply:
    told = {"content-type": "application/json", **(headers or {})}
    return Reply(status, told, json.dumps(body).encode(), call.url)


def _mock_id(body: Mapping[str, Any]) -> str:
    drawn = hashlib.sha256(f"{body['key']}:{body['prompt']}".encode()).hexdigest()
    return f"mock_{drawn[:16]}"
