"""How are those behind Hugging Face's router asked whose work goes on after the call: WaveSpeed and Z.ai?

Each is a table of what differs: where an order goes, what is in it, where its end is looked for, and what
the answers say. The paths are below the router's name for the provider, or on the provider's own host.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from generation.providers.base import JSON, Order
from generation.providers.error_bodies import Said, said_in
from generation.providers.failures import BadOutput, StoppedThere, run_failure
from generation.providers.huggingface_hosts import WAVESPEED, ZAI
from generation.providers.ordering import present, seed_of, size_of, styled_prompt, text_of

RUN_ID = re.compile(r"[\w-]{1,100}", re.ASCII)
# https://api.wavespeed.ai/api/v3/predictions/{id}/result: only the path is used, on our own base address.
RESULT_PATH = re.compile(r"/api/v3/predictions/[\w-]{1,100}(?:/result)?", re.ASCII)


@dataclass(frozen=True)
class RunState:
    """Where a run stands: `path` is where it is looked at, `url` where its picture lies once it is done."""

    path: str
    url: Any = None
    done: bool = False


@dataclass(frozen=True)
class Runs:
    """How one provider's runs are ordered and read."""

    path: Callable[[str], str]
    body: Callable[[str, Order, Mapping[str, Any]], dict[str, JSON]]
    state: Callable[[Mapping[str, Any], str, Collection[str]], RunState]
    headers: Mapping[str, str] = field(default_factory=dict)


def _wavespeed_body(_model: str, order: Order, extra: Mapping[str, Any]) -> dict[str, JSON]:
    size = size_of(order)
    drawn = present(
        negative_prompt=text_of(order, "negative_prompt"),
        width=size[0] if size else None,
        height=size[1] if size else None,
        seed=seed_of(order),
    )
    return {"prompt": styled_prompt(order), **extra, **drawn}


def _wavespeed_state(answer: Mapping[str, Any], asked: str, secrets: Collection[str]) -> RunState:
    data = answer.get("data")
    data = data if isinstance(data, dict) else {}
    urls = data.get("urls")
    named = urls.get("get") if isinstance(urls, dict) else None
    path = urlsplit(named).path if isinstance(named, str) else asked
    if not RESULT_PATH.fullmatch(path):
        raise BadOutput("it named no address of the result")
    status = data.get("status")
    if status == "failed":
        raise run_failure(said_in({"error": data.get("error") or answer.get("message")}, secrets))
    if status in ("cancelled", "canceled"):
        raise StoppedThere
    outputs = data.get("outputs")
    first = outputs[0] if isinstance(outputs, list) and outputs else None
    return RunState(path, first, done=status == "completed")


def _zai_body(model: str, order: Order, extra: Mapping[str, Any]) -> dict[str, JSON]:
    size = size_of(order)
    drawn = present(
        size=f"{size[0]}x{size[1]}" if size else None,
        negative_prompt=text_of(order, "negative_prompt"),
        seed=seed_of(order),
    )
    return {"model": model, "prompt": styled_prompt(order), **extra, **drawn}


def _zai_state(answer: Mapping[str, Any], asked: str, secrets: Collection[str]) -> RunState:
    known = asked.rpartition("/")[2] if asked else None
    reference = known or answer.get("id")
    if not isinstance(reference, str) or not RUN_ID.fullmatch(reference):
        raise BadOutput("it named no run")
    status = answer.get("task_status")
    if status == "FAIL":
        said = said_in(answer, secrets)
        raise run_failure(Said(said.text or "it gave no reason", said.codes))
    pictures = answer.get("image_result")
    first = pictures[0] if isinstance(pictures, list) and pictures else None
    url = first.get("url") if isinstance(first, dict) else None
    return RunState(f"/api/paas/v4/async-result/{reference}", url, done=status == "SUCCESS")


RUNS: Mapping[str, Runs] = {
    WAVESPEED: Runs(
        lambda model: f"/api/v3/{quote(model, safe='/')}", _wavespeed_body, _wavespeed_state
    ),
    ZAI: Runs(
        lambda _model: "/api/paas/v4/async/images/generations",
        _zai_body,
        _zai_state,
        {"Accept-Language": "en-US,en", "x-source-channel": "hugging_face"},
    ),
}
