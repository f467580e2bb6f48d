"""How far is a picture of ComfyUI? Told by the messages of its WebSocket and the graph that is worked on.

A node weighs as many steps as its input `steps` says, else one, so the bar moves as the sampler does. What a
node needs is done before it begins: one message is enough to know where the whole graph stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, TypeGuard

# After one of these nothing better is said for a while.
TELLING = ("progress", "progress_state")
ENDS = ("execution_success", "execution_error", "execution_interrupted")
STEPS_MAX = 10_000


@dataclass(frozen=True)
class Heard:
    """How far it is, in percent of the graph; None where nothing was said about it."""

    percent: int | None = None
    message: str | None = None
    ended: bool = False


def heard_in(body: bytes, graph: Mapping[str, Any], prompt_id: str) -> Heard:
    """What the messages say about this prompt, the last word counting."""
    nodes: dict[str, float] = {}
    words: str | None = None
    for kind, data in _messages(body):
        # What is meant for this client alone names no prompt in older servers.
        if data.get("prompt_id", prompt_id) != prompt_id:
            continue
        if kind in ENDS or (kind == "executing" and data.get("node") is None):
            went_well = kind in ("execution_success", "executing")
            return Heard(percent=100 if went_well else None, ended=True)
        for node, value, most in _told(kind, data):
            if node not in graph:
                continue
            nodes[node] = max(nodes.get(node, 0.0), value / most)
            if value < most or words is None:
                words = _words(graph[node], value, most)
    if not nodes:
        return Heard()
    return Heard(_percent(graph, nodes), words)


def _messages(body: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    for line in body.splitlines():
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(message, dict) and isinstance(message.get("data"), dict):
            yield str(message.get("type")), message["data"]


def _told(kind: str, data: Mapping[str, Any]) -> Iterator[tuple[str, float, float]]:
    """The nodes of a message, each with how much of it is done."""
    if kind == "progress":
        yield from _measured(data.get("node"), data)
    elif kind == "executing":
        yield from _measured(data.get("node"), {"value": 0, "max": 1})
    elif kind == "progress_state":
        nodes = data.get("nodes")
        for name, state in nodes.items() if isinstance(nodes, dict) else ():
            if isinstance(state, dict):
                yield from _measured(name, state)


def _measured(node: Any, state: Mapping[str, Any]) -> Iterator[tuple[str, float, float]]:
    value, most = state.get("value"), state.get("max")
    if not isinstance(node, str) or not _is_number(value) or not _is_number(most):
        return
    if most > 0:
        yield node, min(max(value, 0.0), most), most


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)


def _words(node: Any, value: float, most: float) -> str:
    name = node.get("class_type") if isinstance(node, dict) else None
    name = name if isinstance(name, str) else "A node"
    return f"{name}: step {value:g} of {most:g}" if most > 1 else f"{name} is at work"


def _percent(graph: Mapping[str, Any], nodes: Mapping[str, float]) -> int:
    before = {name for node in nodes for name in _needed(graph, node)}
    done = {**nodes, **dict.fromkeys(before, 1.0)}
    total = sum(_weight(node) for node in graph.values())
    return int(100 * sum(_weight(graph[name]) * share for name, share in done.items()) / total)


def _needed(graph: Mapping[str, Any], node: str) -> set[str]:
    """Every node whose output this one waits for."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        for name in _inputs_of(graph.get(waiting.pop())):
            if name in graph and name not in found and name != node:
                found.add(name)
                waiting.append(name)
    return found


def _inputs_of(node: Any) -> Iterator[str]:
    """The nodes that an input is taken from: there it stands as [name, number of the output]."""
    inputs = node.get("inputs") if isinstance(node, dict) else None
    for value in inputs.values() if isinstance(inputs, dict) else ():
        if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str):
            yield value[0]


def _weight(node: Any) -> int:
    inputs = node.get("inputs") if isinstance(node, dict) else None
    steps = inputs.get("steps") if isinstance(inputs, dict) else None
    return steps if type(steps) is int and 1 <= steps <= STEPS_MAX else 1
