"""What does the page of the player hold? The story as the browser plays it, with the addresses of its media."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from assets.queries.addresses import asset_url
from assets.queries.assets import assets_by_id
from scenarios.documents import MEDIA_FIELDS
from scenarios.logic.player_data import page_language, player_data
from scenarios.queries.games import game_of
from scenarios.queries.scenarios import scenarios_by_id
from scenarios.queries.scenes import scenes_by_scenario
from storycore.access import Actor
from storycore.errors import NotFound


@dataclass(frozen=True, slots=True)
class PlayerPage:
    """The title, the language and the data of one page."""

    title: str
    language: str
    data: dict[str, Any]


def player_page(actor: Actor, scenario: ObjectId) -> PlayerPage:
    """The page of a story that the actor may read. Raises NotFound."""
    row = scenarios_by_id.find(actor, scenario, ("title", "languages"))
    if row is None:
        raise NotFound("There is no such story, or it is not published.", field="scenario")
    game, _revision = game_of(actor, scenario)
    data = player_data(game)
    named = {
        str(scene["_id"]): scene
        for scene in scenes_by_scenario(actor, [scenario], tuple(MEDIA_FIELDS))[scenario]
    }
    for scene in data["scenes"]:
        stored = named.get(scene["id"], {})
        for field in MEDIA_FIELDS:
            scene[field] = str(stored[field]) if stored.get(field) else None
    wanted = {
        stored[field] for stored in named.values() for field in MEDIA_FIELDS if stored.get(field)
    }
    assets = assets_by_id(actor, wanted, ("file", "is_public"))
    data["media"] = {
        str(key): address for key, one in assets.items() if (address := asset_url(one))
    }
    # Addresses of private media change; a reader's place stays with the story itself.
    shape = {name: value for name, value in data.items() if name != "media"}
    data["edition"] = hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()[:16]
    languages = row.get("languages") or ["en"]
    return PlayerPage(row["title"], page_language(languages[0]), data)
