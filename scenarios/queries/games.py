"""What is a stored story, ready to be played? Compiled once for each revision and kept for a while."""

from __future__ import annotations

import threading
from collections import OrderedDict

from bson import ObjectId

from scenarios.logic.compiling import Game, compile_story
from scenarios.queries.scenarios import scenarios_by_id
from scenarios.queries.stories import read_story
from storycore.access import Actor
from storycore.errors import NotFound

KEPT = 32

_lock = threading.Lock()
_games: OrderedDict[tuple[ObjectId, int], Game] = OrderedDict()


def game_of(actor: Actor, scenario: ObjectId) -> tuple[Game, int]:
    """The story as play knows it, and its revision, when the actor may read it now.

    One command for a story that was played lately, four for another one. Raises NotFound.
    """
    row = scenarios_by_id.find(actor, scenario, ("revision",))
    if row is None:
        raise NotFound("There is no such scenario.", field="scenario")
    revision: int = row["revision"]
    key = (scenario, revision)
    with _lock:
        known = _games.get(key)
        if known is not None:
            _games.move_to_end(key)
            return known, revision
    # A writer may come between these reads: the story is then newer than its number, and read again next time.
    game = compile_story(read_story(actor, scenario))
    with _lock:
        _games[key] = game
        while len(_games) > KEPT:
            _games.popitem(last=False)
    return game, revision
