"""Are the declared indexes on the server? They are made by a command, never by a first request."""

from __future__ import annotations

from dataclasses import dataclass

from mongoengine import Document
from mongoengine.base import get_document
from mongoengine.base.common import _document_registry

from storycore.mongo.connection import database
from storycore.mongo.documents import StoredDocument
from storycore.mongo.reading import collection_of


@dataclass(frozen=True)
class IndexReport:
    """What `ensure_indexes` found on one collection: names of indexes."""

    collection: str
    created: list[str]
    surplus: list[str]


def stored_documents() -> list[type[Document]]:
    """Every concrete document class of the installed apps, by collection name."""
    classes = {get_document(name) for name in _document_registry}
    concrete = [
        one
        for one in classes
        if issubclass(one, StoredDocument) and not one._meta.get("abstract")  # noqa: SLF001
    ]
    return sorted(concrete, key=collection_of)


def ensure_indexes() -> list[IndexReport]:
    """Create what is declared and missing; indexes that nobody declared are named, never dropped."""
    return [_ensure(document) for document in stored_documents()]


def _ensure(document: type[Document]) -> IndexReport:
    collection = database()[collection_of(document)]
    before = set(collection.index_information())
    document.ensure_indexes()
    after = set(collection.index_information())
    declared = {name for name in after if name == "_id_"} | {
        _index_name(fields) for fields in document.list_indexes()
    }
    declared |= {spec["name"] for spec in document._meta["index_specs"] if "name" in spec}  # noqa: SLF001
    return IndexReport(
        collection=collection.name,
        created=sorted(after - before - {"_id_"}),
        surplus=sorted(after - declared),
    )


def _index_name(fields: list[tuple[str, object]]) -> str:
    return "_".join(f"{name}_{direction}" for name, direction in fields)
