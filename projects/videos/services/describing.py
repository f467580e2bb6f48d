"""How does a hint become a description? By a text job that belongs to no project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from generation.services.orders import NewMedia, order_media
from storycore.access import Actor, require_login
from storycore.errors import InvalidInput
from storycore.limits import check_rate


def order_description(
    actor: Actor, given: Mapping[str, Any], *, is_public: bool = False
) -> ObjectId:
    """Have a description written of `contextual_description`; returns the job's id.

    Raises Unauthenticated, InvalidInput, RateLimited, QueueFull.
    """
    check_rate("stages", require_login(actor))
    hint = given.get("contextual_description") or given.get("description") or ""
    if not isinstance(hint, str) or not hint.strip():
        raise InvalidInput("Say what the video is about.", field="contextual_description")
    prompt = f"Describe in two or three sentences what a video about this shows: {hint.strip()}"
    language = given.get("language")
    parameters = {"language": language if isinstance(language, str) else None}
    return order_media(actor, NewMedia("text", prompt, parameters, is_public=is_public))
