"""How do several documents change together, or not at all?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from mongoengine import Document
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError, OperationFailure

from storycore.errors import Conflict, TooMuchAtOnce, Unavailable
from storycore.mongo.budget import LEAST_SECONDS, remaining_seconds
from storycore.mongo.connection import DURABLE, SNAPSHOT, client, collection, database
from storycore.mongo.reading import collection_of
from storycore.waiting import stepped_aside

Result = TypeVar("Result")

# TransactionTooLarge, TransactionTooLargeForCache.
_TOO_LARGE = frozenset({257, 388})


def stored(document: type[Document]) -> Collection[dict[str, Any]]:
    """The collection of a document class, for writes that carry a session.

    MongoEngine's own save() ignores a pymongo session and would write outside the transaction.
    """
    return collection(collection_of(document))


def in_transaction(work: Callable[[ClientSession], Result]) -> Result:
    """Run `work(session)` as one transaction; it may run again when another writer was faster.

    `work` therefore has no effect but its writes. Raises Conflict when a unique rule refuses the writes,
    TooMuchAtOnce when they do not fit into the server's cache, Unavailable when the time budget is spent.
    """
    seconds = remaining_seconds()

    def attempt(session: ClientSession) -> Result:
        if seconds is not None and remaining_seconds() == LEAST_SECONDS:
            raise Unavailable("There was no time left for this. Try again later.")
        return work(session)

    # Most of a transaction is waiting, for three answers at least and for the disk. Others run meanwhile.
    with client().start_session() as session, stepped_aside(briefly=True):
        try:
            return session.with_transaction(
                attempt,
                read_concern=SNAPSHOT,
                write_concern=DURABLE,
                max_commit_time_ms=None if seconds is None else int(seconds * 1_000),
            )
        except DuplicateKeyError as problem:
            raise Conflict("Somebody else wrote the same thing at the same moment.") from problem
        except OperationFailure as problem:
            if problem.code in _TOO_LARGE:
                raise TooMuchAtOnce("This changes too much at once.") from problem
            raise


@contextmanager
def held(name: str, session: ClientSession) -> Iterator[None]:
    """Within a transaction: of those that hold the same name only one commits, the others run again after it.

    What they read inside is then what the one before them wrote. Nothing stays in the collection.
    """
    holds = database()["holds"]
    holds.update_one({"_id": name}, {"$inc": {"times": 1}}, upsert=True, session=session)
    yield
    holds.delete_one({"_id": name}, session=session)


def insert(
    document: type[Document], body: dict[str, Any], session: ClientSession | None = None
) -> Any:
    """Insert one document that `valid_new` has checked; returns its id.

    Raises Conflict when a unique rule refuses it.
    """
    try:
        return stored(document).insert_one(body, session=session).inserted_id
    except DuplicateKeyError as problem:
        if session is not None:
            raise
        raise Conflict("Such a thing exists already.") from problem


def update(
    document: type[Document],
    key: Any,
    changes: Mapping[str, Any],
    session: ClientSession | None = None,
) -> bool:
    """Apply update operators to one document by its id; False when it is gone."""
    answer = stored(document).update_one({"_id": key}, dict(changes), session=session)
    return answer.matched_count == 1
