"""Which answers may many readers share, and does one that was kept still hold?

An answer is kept with the versions of the documents at its roots. It holds as long as a reader without a login
finds these documents in the same versions: one small read, so that a write by any process counts at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import bson
from bson import ObjectId

from storycore.access import NOBODY
from storycore.graphql.relations import Load
from storycore.mongo.relating import RowBy

Version = tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Sharing:
    """What the answers below a root depend on, by names of GraphQL types.

    The stored fields `version` of the root's document change with every change to what the types in `covers`
    show below it. Rows of the types in `compared` live elsewhere: they are read again and compared.
    """

    version: tuple[str, ...]
    covers: frozenset[str]
    compared: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Shared:
    """How the answers of one plan are judged: the documents at its roots, and what is read again."""

    rows: RowBy
    sharing: Sharing
    reads: Mapping[str, tuple[Load, frozenset[str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """The bytes of an answer that was made for nobody in particular, and what it was made of.

    `is_whole` says that nothing was hidden from that reader, so that the answer is everybody's.
    """

    data: bytes
    versions: Mapping[ObjectId, Version]
    compared: Mapping[str, Mapping[str, Any]]
    is_whole: bool

    def holds(self, shared: Shared) -> bool:
        """Whether it is still the answer. One command, and one read for each compared type."""
        names = shared.sharing.version
        rows = shared.rows(NOBODY, list(self.versions), names)
        for key, version in self.versions.items():
            row = rows.get(key)
            if row is None or tuple(row.get(name) for name in names) != version:
                return False
        return all(
            self._is_same(known, *shared.reads[name]) for name, known in self.compared.items()
        )

    @staticmethod
    def _is_same(known: Mapping[str, Any], load: Load, needs: frozenset[str]) -> bool:
        found = load(NOBODY, list(known), needs)
        return all(found.get(key) == row for key, row in known.items())

    def encoded(self) -> bytes:
        """As bytes, for a store that processes share."""
        versions = [{"key": key, "version": list(one)} for key, one in self.versions.items()]
        return bson.encode(
            {
                "data": self.data,
                "versions": versions,
                "compared": self.compared,
                "is_whole": self.is_whole,
            }
        )

    @classmethod
    def decoded(cls, raw: bytes) -> Kept:
        """The answer in such bytes. Raises bson.errors.InvalidBSON and KeyError."""
        found = bson.decode(raw)
        versions = {one["key"]: tuple(one["version"]) for one in found["versions"]}
        return cls(found["data"], versions, found["compared"], found["is_whole"])
