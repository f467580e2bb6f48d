"""How does a file come here that a client knows only by its address? Fetched as results, checked as uploads."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from assets.errors import MediaRefused
from assets.media.facts import DeclaredFile, MediaType
from assets.media.inspection import inspect
from assets.services.storing import media_limits
from generation.providers.base import Call
from generation.providers.failures import BadOutput, Busy, WrongInput
from generation.running.sending import send

SECONDS_MAX = 60.0
_TOO_MANY, _SERVER_ERROR = 429, 500


class _Nobody:
    """Who has no key: a file of somebody else is asked for without one."""

    hosts: frozenset[str] = frozenset()

    def authorization(self) -> Mapping[str, str]:
        """No key."""
        return {}


def fetch_media(
    url: str, type_: MediaType, target: Path, *, wanted: Callable[[], bool] = lambda: True
) -> Path:
    """Put the picture or sound of an address into a file; returns its path, `target` with the right ending.

    Only public addresses are asked (and those of PROVIDER_LOCAL_HOSTS). Raises WrongInput for an address that
    is not fetched and for what lies there when it is no such file, Busy when it does not answer now.
    """
    limits = media_limits()
    call = Call(
        "GET",
        url,
        timeout_seconds=SECONDS_MAX,
        max_bytes=limits.bytes_of(type_),
        untrusted=True,
    )
    try:
        reply = send(_Nobody(), call, wanted=wanted)
    except (BadOutput, ValueError) as problem:
        raise WrongInput(f"the {type_} at {_shown(url)} is not fetched: {problem}") from problem
    if reply.status == _TOO_MANY or reply.status >= _SERVER_ERROR:
        raise Busy(f"{_shown(url)} answered {reply.status}")
    if not 200 <= reply.status < 300:
        raise WrongInput(f"the {type_} at {_shown(url)} is not there: it answered {reply.status}")
    try:
        with inspect(io.BytesIO(reply.body), DeclaredFile("", None, type_), limits) as checked:
            path = target.with_suffix(checked.facts.extension)
            shutil.copyfile(checked.path, path)
    except MediaRefused as problem:
        raise WrongInput(
            f"what lies at {_shown(url)} is no {type_}: {problem.message}"
        ) from problem
    return path


def _shown(url: str) -> str:
    """The address without what may be secret in it."""
    return url.partition("?")[0].partition("#")[0][:120]
