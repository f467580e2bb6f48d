"""What do ComfyUI's answers say: its queue, its refusals, its history?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from generation.providers.base import Reply
from generation.providers.error_bodies import said_in
from generation.providers.failures import Gone, WrongInput


def _object_in(reply: Reply) -> dict[str, Any]:
    """The object of an answer, whatever its status; empty for anything else."""
    try:
        answer = json.loads(reply.body)
    except (ValueError, RecursionError):
        answer = None
    return answer if isinstance(answer, dict) else {}


def line_in(reply: Reply) -> tuple[list[str], list[str]]:
    """The prompts that are worked on, and those that wait, the next one first."""
    answer = _object_in(reply)
    return _prompts(answer.get("queue_running")), _prompts(answer.get("queue_pending"))


def _prompts(entries: Any) -> list[str]:
    """The ids in a part of the queue, by number: [[number, id, graph, ...], ...]."""
    found = [
        (entry[0], entry[1])
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, list)
        and len(entry) > 1
        and isinstance(entry[0], (int, float))
        and isinstance(entry[1], str)
    ]
    return [name for _number, name in sorted(found)]


def refusal_of(reply: Reply) -> WrongInput | Gone:
    """Why the graph was refused, node by node; a checkpoint that is not there is a setting."""
    answer = _object_in(reply)
    nodes = _items(answer.get("node_errors"))
    faults = [fault for node in nodes for fault in _items(node.get("errors"))]
    said = said_in({"errors": [*({"message": _sentence(fault)} for fault in faults), answer]})
    unknown = any(fault.get("type") == "value_not_in_list" for fault in faults)
    return (Gone if unknown else WrongInput)(said.text, http_status=400, provider_code=said.code)


def _sentence(fault: Mapping[str, Any]) -> str:
    parts = (fault.get("message"), fault.get("details"))
    return ": ".join(part for part in parts if isinstance(part, str) and part)


def picture_in(outputs: Any) -> dict[str, str] | None:
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


def events_in(messages: Any) -> dict[str, dict[str, Any]]:
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
