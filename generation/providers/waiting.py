"""How long does a provider ask us to wait?"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from generation.providers.base import Reply

MAX_WAIT_SECONDS = 86_400.0
# Hugging Face: `ratelimit: "api";r=0;t=55`, the window ends in t seconds.
WINDOW = re.compile(r"(?:^|;)\s*t\s*=\s*(\d{1,9})")
# Replicate says it in a sentence: Your rate limit resets in ~30s.
RESETS_IN = re.compile(rb"resets? in ~?\s*(\d{1,6}(?:\.\d{1,3})?)\s*s\b", re.IGNORECASE)


def wait_seconds(reply: Reply) -> float | None:
    """Seconds from now, at most a day; None when the answer does not say.

    A date is measured against the answer's own Date header: whose clock is right does not matter then.
    """
    for found in (_retry_after(reply), _window(reply), _in_words(reply)):
        if found is not None:
            return min(max(found, 0.0), MAX_WAIT_SECONDS)
    return None


def _retry_after(reply: Reply) -> float | None:
    text = reply.headers.get("retry-after", "").strip()
    try:
        seconds = float(text)
    except ValueError:
        then, now = _moment(text), _moment(reply.headers.get("date", ""))
        return (then - now).total_seconds() if then and now else None
    return seconds if math.isfinite(seconds) else None


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _window(reply: Reply) -> float | None:
    found = WINDOW.search(reply.headers.get("ratelimit", ""))
    return float(found[1]) + 1 if found and reply.status == 429 else None


def _in_words(reply: Reply) -> float | None:
    found = RESETS_IN.search(reply.body[:4096]) if reply.status == 429 else None
    return float(found[1]) if found else None
