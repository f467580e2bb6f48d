"""How is a list query of JSON Server (filter, search, sort, slice) answered by MongoDB?

It takes at most three commands. The words and their edge cases follow json-server 0.17: values are compared as
JavaScript would print them, an unknown field filters nothing, what is absent sorts last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from mongoengine import Document
from pymongo.errors import OperationFailure

from storycore.mongo.connection import database
from storycore.mongo.reading import Row, collection_of
from storycore.mongo.searching import literal

Test = Literal["is", "ne", "gte", "lte", "like"]
PathOf = Callable[[str], str | None]
"""From a field's name in the query to its stored path; None for what cannot be asked for."""

# MongoDB's codes for a pattern that PCRE2 refuses or gives up on.
_BAD_PATTERN = frozenset({51091, 51111, 51156})


@dataclass(frozen=True, slots=True)
class Condition:
    """One key of the query with all its values: one of them must hold, for `ne` all."""

    name: str
    test: Test
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What is asked of a list. `start` and `size` cut it; `size` None is as much as the cap allows."""

    conditions: tuple[Condition, ...] = ()
    search: str = ""
    sort: tuple[tuple[str, bool], ...] = ()
    start: int = 0
    size: int | None = None
    page: int | None = None
    counts: bool = False

    def counted(self) -> ListQuery:
        """The same query, with the total."""
        return replace(self, counts=True)


@dataclass(frozen=True, slots=True)
class ListPlace:
    """Where the list lies: the documents, whose they are, what fields are called, where words are searched."""

    document: type[Document]
    where: Mapping[str, Any]
    path_of: PathOf
    known: frozenset[str]
    search_path: str
    most: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A piece of the list; `total` counts the whole of it when the query asks for that."""

    rows: list[Row]
    total: int | None


def read_list(place: ListPlace, query: ListQuery) -> Listed:
    """The rows that match, oldest first unless the query sorts. A senseless pattern matches nothing."""
    collection = database()[collection_of(place.document)]
    try:
        tests = [_expression(one, path) for one in query.conditions if (path := _asked(place, one))]
        stages: list[dict[str, Any]] = [{"$match": _where(place, query)}]
        if tests:
            stages.append({"$match": {"$expr": {"$and": tests}}})
        total = None
        if query.counts:
            counted = list(collection.aggregate([*stages, {"$count": "n"}]))
            total = counted[0]["n"] if counted else 0
        size = place.most if query.size is None else min(query.size, place.most)
        if size <= 0:
            return Listed([], total)
        piece = [*_sorting(place, query.sort), {"$skip": query.start}, {"$limit": size}]
        return Listed(list(collection.aggregate([*stages, *piece])), total)
    except OperationFailure as problem:
        if problem.code not in _BAD_PATTERN:
            raise
        return Listed([], 0 if query.counts else None)


def _where(place: ListPlace, query: ListQuery) -> dict[str, Any]:
    if not query.search:
        return dict(place.where)
    words = {place.search_path: {"$regex": literal(query.search.lower())}}
    return {"$and": [dict(place.where), words]}


def _asked(place: ListPlace, condition: Condition) -> str | None:
    """The path that a condition is about; None when no document has it, so that it filters nothing."""
    path = place.path_of(condition.name)
    if path is None or condition.test != "is" or condition.name in place.known:
        return path
    collection = database()[collection_of(place.document)]
    found = collection.find_one({**place.where, path: {"$exists": True}}, {"_id": 1})
    return None if found is None else path


def _expression(condition: Condition, path: str) -> dict[str, Any]:
    value = f"${path}"
    tests = [_test(condition.test, value, one) for one in condition.values]
    return {"$and" if condition.test == "ne" else "$or": tests}


def _test(test: Test, value: str, asked: str) -> dict[str, Any]:
    text = _printed(value)
    # A text that begins with $ would be read as a path.
    literal = {"$literal": asked}
    if test == "is":
        return {"$eq": [text, literal]}
    if test == "ne":
        return {"$and": [{"$ne": [text, None]}, {"$ne": [text, literal]}]}
    if test == "like":
        return {"$regexMatch": {"input": {"$ifNull": [text, ""]}, "regex": literal, "options": "i"}}
    operator = "$gte" if test == "gte" else "$lte"
    number = _number(asked)
    as_number = {operator: [value, number]} if number is not None else False
    return {
        "$switch": {
            "branches": [
                {"case": {"$isNumber": value}, "then": as_number},
                {"case": {"$ne": [text, None]}, "then": {operator: [text, literal]}},
            ],
            "default": False,
        }
    }


def _printed(value: str) -> dict[str, Any]:
    """The value as JavaScript's toString would give it; null for what is absent."""
    joined = {
        "$reduce": {
            "input": value,
            "initialValue": None,
            "in": {
                "$concat": [
                    {"$cond": [{"$eq": ["$$value", None]}, "", {"$concat": ["$$value", ","]}]},
                    {"$convert": {"input": "$$this", "to": "string", "onError": "[object Object]",
                                  "onNull": ""}},
                ]
            },
        }
    }  # fmt: skip
    moment = {"$dateToString": {"date": value, "format": "%Y-%m-%dT%H:%M:%S.%LZ"}}
    return {
        "$switch": {
            "branches": [
                {"case": {"$in": [{"$type": value}, ["missing", "null", "undefined"]]},
                 "then": None},
                {"case": {"$isArray": value}, "then": {"$ifNull": [joined, ""]}},
                {"case": {"$eq": [{"$type": value}, "object"]}, "then": "[object Object]"},
                {"case": {"$eq": [{"$type": value}, "date"]}, "then": moment},
            ],
            "default": {"$convert": {"input": value, "to": "string", "onError": None}},
        }
    }  # fmt: skip


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if number == number else None  # noqa: PLR0124 - NaN is not equal to itself


def _sorting(place: ListPlace, sort: Sequence[tuple[str, bool]]) -> list[dict[str, Any]]:
    """The stages that sort, what is absent last (first when descending), and as made among equals."""
    paths = [(path, falling) for name, falling in sort if (path := place.path_of(name))]
    order: dict[str, int] = {}
    absent: dict[str, Any] = {}
    for number, (path, falling) in enumerate(paths):
        absent[f"__absent{number}"] = {
            "$cond": [{"$in": [{"$type": f"${path}"}, ["missing", "null"]]}, 1, 0]
        }
        order |= {f"__absent{number}": -1 if falling else 1, path: -1 if falling else 1}
    stages: list[dict[str, Any]] = [{"$addFields": absent}] if absent else []
    stages.append({"$sort": {**order, "_id": 1}})
    if absent:
        stages.append({"$unset": list(absent)})
    return stages
