"""Is this text JSON that we are willing to read? Its nesting is checked before anything is built from it."""

from __future__ import annotations

from typing import Any

import orjson

from storycore.graphql.errors import malformed

_NO_BRACKET = bytes(set(range(256)) - set(b"[]{}"))
_OPENING = frozenset(b"[{")
# A story of a thousand scenes has some 20,000 objects and lists.
_MAX_CONTAINERS = 50_000
_MAX_STRINGS = 200_000


def read_json(raw: bytes, *, what: str, max_depth: int) -> Any:
    """The value that the text stands for; `what` names the text in messages.

    orjson refuses NaN, infinities, broken UTF-8 and lone surrogates, and stops at its own nesting limit in C.
    Raises Refusal with status 400.
    """
    refuse_deep_nesting(raw, what=what, max_depth=max_depth)
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise malformed(f"{what} is not valid JSON.", reason="INVALID_JSON") from None


def refuse_deep_nesting(raw: bytes, *, what: str, max_depth: int) -> None:
    """Raises Refusal when lists and objects lie deeper in each other than `max_depth`, or are too many."""
    if raw.count(b"[") + raw.count(b"{") <= max_depth:
        return
    brackets = _outside_strings(raw).translate(None, _NO_BRACKET)
    if len(brackets) > 2 * _MAX_CONTAINERS:
        raise malformed(f"{what} has too many lists and objects.", reason="TOO_MANY_VALUES")
    depth = 0
    for bracket in brackets:
        if bracket in _OPENING:
            depth += 1
            if depth > max_depth:
                raise malformed(f"{what} is nested too deeply.", reason="TOO_DEEP")
        else:
            depth -= 1


def _outside_strings(raw: bytes) -> bytes:
    """What stands between the strings; found without a loop of ours: a body may be all quotes."""
    without_escapes = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    if without_escapes.count(b'"') > 2 * _MAX_STRINGS:
        raise malformed("The request has too many strings.", reason="TOO_MANY_VALUES")
    return b"".join(without_escapes.split(b'"')[::2])
