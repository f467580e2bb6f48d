"""What may a client see of an error? Only our own errors speak; every other one is masked and logged whole."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from graphql import GraphQLError, ValueNode
from pymongo.errors import ConnectionFailure, PyMongoError

from storycore.errors import RateLimited, StoryCoreError

logger = logging.getLogger("storycore.graphql")

PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
BAD_USER_INPUT = "BAD_USER_INPUT"
FORBIDDEN = "FORBIDDEN"
INTERNAL = "INTERNAL_SERVER_ERROR"
PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"

ESTABLISHED = frozenset(
    {
        PARSE_FAILED,
        VALIDATION_FAILED,
        BAD_USER_INPUT,
        "UNAUTHENTICATED",
        FORBIDDEN,
        "NOT_FOUND",
        "CONFLICT",
        "RATE_LIMITED",
        INTERNAL,
    }
)
"""The values of extensions.code that clients and tools know; our finer codes go to extensions.reason."""

_FAMILIES = {
    401: "UNAUTHENTICATED",
    403: FORBIDDEN,
    404: "NOT_FOUND",
    409: "CONFLICT",
    429: "RATE_LIMITED",
}
# One failing resolver in a long list would otherwise write a thousand equal traces.
_TRACES_PER_OPERATION = 10

Problem = dict[str, Any]
"""One entry of `errors`, ready to be written as JSON."""


class Refusal(Exception):
    """A request that ends before execution.

    `status` is the HTTP status for application/graphql-response+json, `plain_status` the one for
    application/json, whose old clients expect 200 for every well-formed request.
    """

    def __init__(
        self,
        problems: list[Problem],
        *,
        status: int = 400,
        plain_status: int = 200,
        headers: Mapping[str, str] | None = None,
        executed: bool = False,
    ) -> None:
        super().__init__(problems[0]["message"])
        self.problems = problems
        self.status = status
        self.plain_status = plain_status
        self.headers = dict(headers or {})
        self.executed = executed


def problem(message: str, code: str, *, reason: str | None = None, **extensions: Any) -> Problem:
    """An entry of `errors` that belongs to no place of the answer."""
    words = {"code": code} | ({"reason": reason} if reason else {}) | extensions
    return {"message": message, "extensions": words}


def malformed(
    message: str, *, reason: str, status: int = 400, headers: Mapping[str, str] | None = None
) -> Refusal:
    """The refusal of what is no GraphQL request at all: the same status for every media type."""
    entry = problem(message, BAD_USER_INPUT, reason=reason)
    return Refusal([entry], status=status, plain_status=status, headers=headers)


def over_limit(message: str, *, reason: str, **extensions: Any) -> Refusal:
    """The refusal of a valid document that asks for too much."""
    return Refusal([problem(message, VALIDATION_FAILED, reason=reason, **extensions)])


def invalid_document(
    errors: Iterable[GraphQLError], code: str, *, reason: str | None = None
) -> Refusal:
    """The refusal of a document that does not parse or validate."""
    entries = []
    for error in errors:
        entry = problem(error.message, code, reason=reason)
        if error.locations:
            entry["locations"] = [place.formatted for place in error.locations]
        entries.append(entry)
    return Refusal(entries)


def presented(errors: list[GraphQLError], request_id: str) -> list[Problem]:
    """The client's view of errors that came up in execution or in reading variables.

    An unexpected one is masked with the request id and logged whole.
    """
    seen = 0
    entries = []
    for error in errors:
        cause = _cause(error)
        words = _words(error, cause)
        if words is None:
            words = _masked(cause, request_id)
            seen += 1
            if seen <= _TRACES_PER_OPERATION:
                _log(error, cause, request_id)
        entries.append(_placed(words, error))
    return entries


def internal(request_id: str) -> Problem:
    """The masked entry for an exception outside execution; the caller logs it."""
    return problem("Internal server error", INTERNAL, requestId=request_id)


def _cause(error: GraphQLError) -> Exception:
    """The exception at the root of an executor's error."""
    found: Exception = error
    while isinstance(found, GraphQLError) and found.original_error is not None:
        found = found.original_error
    return found


def _words(error: GraphQLError, cause: Exception) -> Problem | None:
    """The error's own words, or None when it has to be masked."""
    if isinstance(cause, StoryCoreError):
        return _own_words(cause)
    if error.path is None:
        # Reading a variable: scalars complain by GraphQLError or ValueError; anything else is a bug of ours.
        readable = isinstance(cause, GraphQLError | ValueError)
        return problem(error.message, BAD_USER_INPUT) if readable else None
    # The executor complains about an argument at its value node; all its other complaints are about what our
    # resolvers returned, and quote it.
    nodes = cause.nodes if isinstance(cause, GraphQLError) else None
    if nodes and isinstance(nodes[0], ValueNode):
        return problem(error.message, BAD_USER_INPUT)
    return None


def _own_words(error: StoryCoreError) -> Problem:
    if error.code in ESTABLISHED:
        words = problem(error.message, error.code)
    else:
        family = INTERNAL if error.status >= 500 else _FAMILIES.get(error.status, BAD_USER_INPUT)
        words = problem(error.message, family, reason=error.code)
    if error.field is not None:
        words["extensions"]["field"] = error.field
    if isinstance(error, RateLimited):
        words["extensions"]["retryAfter"] = error.retry_after
    elif error.details:
        words["extensions"]["details"] = error.details
    return words


def _masked(cause: Exception, request_id: str) -> Problem:
    if isinstance(cause, ConnectionFailure) or (isinstance(cause, PyMongoError) and cause.timeout):
        return problem(
            "The database does not answer in time; try again later.",
            INTERNAL,
            reason="UNAVAILABLE",
            requestId=request_id,
        )
    return internal(request_id)


def _placed(words: Problem, error: GraphQLError) -> Problem:
    if error.locations:
        words["locations"] = [place.formatted for place in error.locations]
    if error.path is not None:
        words["path"] = error.path
    return words


def _log(error: GraphQLError, cause: Exception, request_id: str) -> None:
    logger.error(
        "A resolver failed at %s",
        ".".join(map(str, error.path or ())),
        exc_info=(type(cause), cause, cause.__traceback__),
        extra={"request_id": request_id},
    )
