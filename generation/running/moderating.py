"""Does the moderation server let this prompt pass? Asked once for each job, by the worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from django.conf import settings

from generation.errors import PromptRefused
from generation.ports import Work
from generation.providers.base import Call, host_of
from generation.providers.failures import BadOutput, Busy
from generation.running.sending import send

SECONDS = 20.0
ANSWER_BYTES = 1_000_000


@dataclass(frozen=True)
class Moderator:
    """A server with OpenAI's `/v1/moderations`."""

    base_url: str
    model: str
    api_key: str = field(default="", repr=False)

    @property
    def hosts(self) -> frozenset[str]:
        """The host that gets the key."""
        return frozenset({host_of(self.base_url)})

    def authorization(self) -> Mapping[str, str]:
        """The header with the key."""
        return {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}

    def request(self, prompt: str) -> Call:
        """The question."""
        return Call(
            "POST",
            f"{self.base_url.removesuffix('/v1')}/v1/moderations",
            json={"model": self.model, "input": prompt},
            timeout_seconds=SECONDS,
            max_bytes=ANSWER_BYTES,
        )


def require_moderated(work: Work) -> None:
    """Refuse a prompt that the moderation server flags; without one in the settings, nothing is asked.

    Raises PromptRefused with the categories, Busy when it does not answer.
    """
    state = work.job.get("work") or {}
    # A job with any state has passed already: nothing of it is there before.
    if not settings.MODERATION_URL or state:
        return
    moderator = Moderator(
        settings.MODERATION_URL, settings.MODERATION_MODEL, settings.MODERATION_API_KEY
    )
    reply = send(moderator, moderator.request(work.job.get("prompt") or ""))
    if reply.status != 200:
        raise Busy(f"the moderation server answers {reply.status}")
    try:
        (result, *_more) = orjson.loads(reply.body)["results"]
        flagged = bool(result["flagged"])
        categories = sorted(
            name for name, is_so in (result.get("categories") or {}).items() if is_so
        )
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise BadOutput("the moderation server's answer cannot be read") from problem
    if flagged:
        listed = f" ({', '.join(categories)})" if categories else ""
        raise PromptRefused(
            f"This prompt goes against the rules of this server{listed}.", field="prompt"
        )
    work.save({"work": {"moderated": True}})
