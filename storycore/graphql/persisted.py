"""Which document does a hash stand for? Automatic persisted queries, and the list of the only allowed ones."""

from __future__ import annotations

import hashlib
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured

from storycore.graphql.body import Parameters
from storycore.graphql.errors import (
    FORBIDDEN,
    PERSISTED_QUERY_NOT_FOUND,
    Refusal,
    malformed,
    problem,
)

_SHA256 = re.compile(r"[0-9a-f]{64}")


def document_text(parameters: Parameters) -> str:
    """The document to run: sent as text, or found by its hash.

    Raises Refusal: PERSISTED_QUERY_NOT_FOUND (with status 200, or clients do not send the text after it),
    a hash that is not the text's, an operation that is not on the allow-list, or no document at all.
    """
    claimed = _claimed_hash(parameters.extensions)
    text = parameters.query
    if settings.GRAPHQL_ALLOWED_OPERATIONS:
        return _allowed(text, claimed)
    if text is None:
        if claimed is None:
            raise malformed("There is no query.", reason="MISSING_QUERY")
        return _remembered(claimed)
    if claimed is not None and _sha256(text) != claimed:
        raise malformed("The sha256Hash is not the hash of the query.", reason="HASH_MISMATCH")
    return text


def remember(parameters: Parameters, text: str) -> None:
    """Keep a document that came with its hash; called once it is known to be valid."""
    if parameters.query is None or settings.GRAPHQL_ALLOWED_OPERATIONS:
        return
    claimed = _claimed_hash(parameters.extensions)
    if claimed is not None:
        cache.add(_key(claimed), text, settings.GRAPHQL_PERSISTED_SECONDS)


def _remembered(claimed: str) -> str:
    text: str | None = cache.get(_key(claimed))
    if text is None:
        entry = problem("PersistedQueryNotFound", PERSISTED_QUERY_NOT_FOUND)
        raise Refusal([entry], status=200, plain_status=200)
    return text


def _allowed(text: str | None, claimed: str | None) -> str:
    known = _allow_list(settings.GRAPHQL_ALLOWED_OPERATIONS)
    wanted = claimed if text is None else _sha256(text)
    if wanted is None:
        raise malformed("There is no query.", reason="MISSING_QUERY")
    found = known.get(wanted)
    if found is None:
        entry = problem(
            "This operation is not on the allow-list.", FORBIDDEN, reason="OPERATION_NOT_ALLOWED"
        )
        raise Refusal([entry], status=403, plain_status=200)
    return found


def _claimed_hash(extensions: dict[str, Any]) -> str | None:
    """The sha256Hash of the persistedQuery extension, if there is one."""
    persisted = extensions.get("persistedQuery")
    if persisted is None:
        return None
    claimed = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    if (
        not isinstance(claimed, str)
        or not _SHA256.fullmatch(claimed)
        or persisted.get("version") != 1
    ):
        raise malformed(
            "extensions.persistedQuery must be {version: 1, sha256Hash: <64 hexadecimal digits>}.",
            reason="INVALID_PERSISTED_QUERY",
        )
    return claimed


@lru_cache(maxsize=4)
def _allow_list(path: str) -> dict[str, str]:
    """Texts by hash from a file: {"<sha256>": "<text>"}, or the manifest that Apollo's tools write.

    Raises ImproperlyConfigured when a hash is not its text's: a client would look for it in vain.
    """
    try:
        listed = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(
            f"GRAPHQL_ALLOWED_OPERATIONS: {path} is no readable JSON file."
        ) from error
    if "operations" in listed:
        listed = {one["id"]: one["body"] for one in listed["operations"]}
    wrong = [key for key, text in listed.items() if _sha256(text) != key]
    if wrong:
        raise ImproperlyConfigured(
            f"GRAPHQL_ALLOWED_OPERATIONS: {wrong[0]} is not the hash of its text."
        )
    return {str(key): str(text) for key, text in listed.items()}


def _sha256(text: str) -> str:
    # orjson lets no lone surrogate in, and a URL cannot hold one.
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _key(claimed: str) -> str:
    return f"graphql:persisted:{claimed}"
