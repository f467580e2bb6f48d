"""Which facts can go wrong, and under which stable code does a client see each?

Services raise these; doors translate them (GraphQL: a userError or a coded error; REST: a status and
`detail`). Every other exception is internal: it is masked with a request id and logged whole.
"""

from __future__ import annotations

from typing import Any, ClassVar


class StoryCoreError(Exception):
    """The base of all errors whose text a client may read.

    `code` is stable and documented in docs/errors.md, `status` is its HTTP status in REST, `field` names
    the input at fault in the caller's own words, `details` are plain JSON values for the client.
    """

    code: ClassVar[str] = "ERROR"
    status: ClassVar[int] = 400

    def __init__(self, message: str, *, field: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.details = details


class InvalidInput(StoryCoreError):
    """A value has the wrong shape, size or meaning; nothing was written."""

    code = "BAD_USER_INPUT"
    status = 422


class InvalidReference(InvalidInput):
    """An id in the input names nothing, or a thing of the wrong kind."""

    code = "INVALID_REFERENCE"


class Unauthenticated(StoryCoreError):
    """The act needs a login. The message is the one that existing clients look for."""

    code = "UNAUTHENTICATED"
    status = 401

    def __init__(self, message: str = "Authentication required", **details: Any) -> None:
        super().__init__(message, **details)


class Forbidden(StoryCoreError):
    """The actor is known and may not do this."""

    code = "FORBIDDEN"
    status = 403


class TooMuchAtOnce(InvalidInput):
    """The change touches more than MongoDB takes in one transaction; nothing was written."""

    code = "TOO_MUCH_AT_ONCE"
    status = 413


class NotFound(StoryCoreError):
    """No such thing, or none that this actor may know of: both answer alike."""

    code = "NOT_FOUND"
    status = 404


class Conflict(StoryCoreError):
    """Somebody else changed the thing in between; `details` say what is there now."""

    code = "CONFLICT"
    status = 409


class RateLimited(StoryCoreError):
    """Too many calls; `retry_after` in seconds says when the next one is welcome.

    `limit` is how many are allowed in the time that the setting names.
    """

    code = "RATE_LIMITED"
    status = 429

    def __init__(
        self, message: str, *, retry_after: int, limit: int | None = None, **details: Any
    ) -> None:
        super().__init__(message, retryAfter=retry_after, **details)
        self.retry_after = retry_after
        self.limit = limit


class Unavailable(StoryCoreError):
    """A service that this act needs does not answer now; trying again later is right."""

    code = "UNAVAILABLE"
    status = 503
