"""How does a hint become a description? By a text job that belongs to no project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from generation.services.orders import NewMedia, order_media
from projects.videos.choices import LANGUAGES
from projects.videos.services.ordering import LANGUAGE_NAMES
from storycore.access import Actor, require_login
from storycore.errors import InvalidInput
from storycore.limits import check_rate


def order_description(
    actor: Actor, given: Mapping[str, Any], *, is_public: bool = False
) -> ObjectId:
    """Have a description written of `contextual_description`; returns the job's id.

    Raises Unauthenticated, InvalidInput, RateLimited, QueueFull.
    """
    owner = require_login(actor)
    hint = given.get("contextual_description") or given.get("description") or ""
    if not isinstance(hint, str) or not hint.strip():
        raise InvalidInput("Say what the video is about.", field="contextual_description")
    language = given.get("language")
    if language is not None and language not in LANGUAGES:
        raise InvalidInput(f"This is one of {', '.join(LANGUAGES)}.", field="language")
    check_rate("stages", owner)
    parameters = {
        "language": language,
        "system": f"Describe in two or three sentences what a video about this shows, in "
        f"{LANGUAGE_NAMES[language or 'en']}. Answer with the description and nothing else.",
        "contextual_description": hint.strip(),
    }
    return order_media(actor, NewMedia("text", hint.strip(), parameters, is_public=is_public))
