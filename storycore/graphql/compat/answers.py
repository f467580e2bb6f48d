"""What does an old client see of a rewritten answer? Its own shape: true, and flat objects."""

from __future__ import annotations

from typing import Any

from storycore.graphql.compat.names import DONE, FLAT


def in_clients_shape(data: Any) -> Any:
    """The data of a mutation with every mark of the rewriting gone; other data comes out as it is."""
    if not isinstance(data, dict):
        return data
    return {key: _payload(value) for key, value in data.items()}


def in_clients_path(path: list[str | int] | None) -> list[str | int] | None:
    """The path of an error in the client's own document."""
    return path if path is None else [step for step in path if not _is_mark(step)]


def _payload(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value.keys() == {DONE}:
        return value[DONE]
    shaped: dict[str, Any] = {}
    for key, inner in value.items():
        if not key.startswith(FLAT):
            shaped[key] = inner
        elif inner is None:
            # What was refused made no object: each of its fields is null.
            shaped |= dict.fromkeys(key.split("__")[2:])
        else:
            shaped |= inner
    return shaped


def _is_mark(step: str | int) -> bool:
    return isinstance(step, str) and (step == DONE or step.startswith(FLAT))
