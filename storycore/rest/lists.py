"""What does a query string ask of a list? JSON Server's words, and page, limit and search beside them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from django.http import HttpRequest, QueryDict

from storycore.mongo.lists import Condition, ListQuery, Test

PAGE_SIZE = 10
SIZE_MAX = 1_000
CONDITIONS_MAX = 20
VALUES_MAX = 50
TEXT_MAX = 200
# What steers the list, or is no field at all: JSONP's callback, relations that do not exist here.
_WORDS = frozenset({
    "q", "search", "page", "limit", "envelope", "_start", "_end", "_page", "_limit", "_sort", "_order",
    "_embed", "_expand", "callback", "_",
})  # fmt: skip
_TESTS: Mapping[str, Test] = {"_gte": "gte", "_lte": "lte", "_ne": "ne", "_like": "like"}


def parse_list(asked: QueryDict) -> ListQuery:
    """The query of a list's address. Nothing in it is an error: what makes no sense counts for nothing."""
    page, limit = _last(asked, "_page", "page"), _last(asked, "_limit", "limit")
    start, end = _last(asked, "_start"), _last(asked, "_end")
    conditions = [_condition(name, asked.getlist(name)) for name in asked if name not in _WORDS]
    words: dict[str, object] = {
        "conditions": tuple(conditions[:CONDITIONS_MAX]),
        "search": (asked.getlist("q") or asked.getlist("search") or [""])[0][:TEXT_MAX],
        "sort": _sort(_last(asked, "_sort"), _last(asked, "_order")),
        "counts": bool(page or limit or end),
    }
    if page:
        number, size = max(_whole(page) or 1, 1), _positive(limit) or PAGE_SIZE
        words |= {"page": number, "start": (number - 1) * size, "size": size}
    elif end:
        first = max(_whole(start) or 0, 0)
        words |= {"start": first, "size": max((_whole(end) or 0) - first, 0)}
    elif limit:
        words |= {"start": max(_whole(start) or 0, 0), "size": _size(limit)}
    return ListQuery(**words)  # type: ignore[arg-type]


def link_header(request: HttpRequest, query: ListQuery, shown: int, total: int) -> str:
    """The Link header of a page, worded as JSON Server words it; empty when one page holds everything."""
    page, size = query.page or 1, query.size or PAGE_SIZE
    if shown in (0, total):
        return ""
    places = {"first": 1}
    if page > 1:
        places["prev"] = page - 1
    if page * size < total:
        places["next"] = page + 1
    places["last"] = math.ceil(total / size)
    address = request.build_absolute_uri()
    links = (
        f'<{address.replace(f"page={page}", f"page={number}", 1)}>; rel="{name}"'
        for name, number in places.items()
    )
    return ", ".join(links)


def _condition(key: str, values: Sequence[str]) -> Condition:
    name, test = key, "is"
    for ending, meant in _TESTS.items():
        if key.endswith(ending):
            name, test = key.removesuffix(ending), meant
    return Condition(name, test, tuple(value[:TEXT_MAX] for value in values[:VALUES_MAX]))  # type: ignore[arg-type]


def _sort(names: str, orders: str) -> tuple[tuple[str, bool], ...]:
    falling = [order.lower() == "desc" for order in orders.split(",")]
    known = [name for name in names.split(",") if name][:5]
    return tuple(
        (name, falling[index] if index < len(falling) else False)
        for index, name in enumerate(known)
    )


def _last(asked: QueryDict, *names: str) -> str:
    return next((asked[name] for name in names if asked.get(name)), "")


def _whole(text: str) -> int | None:
    """The number that a text begins with, as JavaScript's parseInt reads it."""
    match = re.match(r"\s*([+-]?\d{1,9})", text)
    return int(match.group(1)) if match else None


def _size(text: str) -> int | None:
    number = _whole(text)
    return None if number is None else max(number, 0)


def _positive(text: str) -> int | None:
    number = _whole(text)
    return min(number, SIZE_MAX) if number is not None and number > 0 else None
