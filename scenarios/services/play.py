"""How does a reader go through a story? Begin, choose, go back; every step is checked and remembered."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import bson
from bson import ObjectId

from scenarios.documents import HISTORY_MAX, PROGRESS_BYTES_MAX, Progress
from scenarios.logic.compiling import Game
from scenarios.logic.playing import (
    Offer,
    PlayState,
    Step,
    go_back,
    is_over,
    offers,
    percentage,
    recalled,
    resumed,
    start,
    take_choice,
)
from scenarios.logic.variables import Value
from scenarios.queries.games import game_of
from storycore.access import Actor
from storycore.errors import Conflict, InvalidInput, NotFound
from storycore.ids import find_id
from storycore.mongo.documents import now, valid_new
from storycore.mongo.reading import Row, find_one
from storycore.mongo.writing import insert, stored

SECONDS_MAX = 24 * 3_600.0


@dataclass(frozen=True, slots=True)
class NewPlay:
    """A play that was begun; `token` is for a reader without a login, who shows it from now on."""

    id: ObjectId
    token: str | None


@dataclass(frozen=True, slots=True)
class PresentScene:
    """What a reader sees: the scene, the values, each choice with whether it can be taken, and the end."""

    scene: ObjectId
    variables: dict[str, Any]
    offers: Sequence[Offer]
    is_end: bool
    was_moved: bool


def create_progress(actor: Actor, scenario: ObjectId) -> NewPlay:
    """Begin a story that the actor may read. Nobody in particular gets a token for it.

    Raises NotFound, NoStartScene.
    """
    game, revision = game_of(actor, scenario)
    token = None if actor.is_authenticated else secrets.token_urlsafe(32)
    state = start(game).state
    body = valid_new(
        Progress,
        {
            "scenario": scenario,
            "user": actor.user_id,
            "token_hash": _hashed(token) if token else None,
            "started_at": now(),
            **_stored_state(game, state, revision),
        },
    )
    return NewPlay(insert(Progress, body), token)


def record_progress(
    actor: Actor,
    progress: ObjectId,
    choice: ObjectId,
    *,
    seconds: float = 0.0,
    token: str | None = None,
) -> None:
    """Take a choice of the present scene whose condition holds; `seconds` were spent on reading it.

    Raises NotFound, ChoiceNotHere, ConditionFailed, InvalidInput, and Conflict when the same play went on
    elsewhere at the same moment.
    """
    if not 0 <= seconds <= SECONDS_MAX:
        raise InvalidInput(f"This lies between 0 and {SECONDS_MAX:g} seconds.", field="time_spent")
    row, game, state, revision = _resumed(actor, progress, token)
    if len(state.history) >= HISTORY_MAX:
        raise InvalidInput(
            f"A play has at most {HISTORY_MAX} choices; begin a new one.", field="progress_id"
        )
    move = take_choice(game, state, str(choice))
    spent = {"total_time_spent": (row.get("total_time_spent") or 0.0) + seconds}
    _save(row, game, move.state, revision, taken_at=True, more=spent)


def go_back_in_history(
    actor: Actor, progress: ObjectId, steps: int, *, token: str | None = None
) -> None:
    """Go back so many choices: scene, variables and counts are what they were, and an ending is undone.

    Raises NotFound, InvalidInput for more steps than were taken, Conflict.
    """
    row, game, state, revision = _resumed(actor, progress, token)
    _save(row, game, go_back(state, steps), revision)


def present_scene(actor: Actor, progress: ObjectId, *, token: str | None = None) -> PresentScene:
    """What the reader sees now. Nothing is written: a reader who was moved is so when they go on.

    Raises NotFound, NoStartScene when no scene of the way is left and the story has no start.
    """
    row, game, state, _revision = _resumed(actor, progress, token)
    return PresentScene(
        scene=ObjectId(state.scene),
        variables=dict(state.variables),
        offers=offers(game, state),
        is_end=is_over(game, state),
        was_moved=state.scene != str(row["current_scene"]),
    )


def require_progress(actor: Actor, progress: ObjectId, token: str | None = None) -> Row:
    """The record of a play that is the actor's own, or whose token is shown.

    Raises NotFound alike for what is absent and what is somebody else's.
    """
    row = find_one(Progress, {"_id": progress}, None)
    if row is None or not _is_readers(row, actor, token):
        raise NotFound("There is no such progress.", field="progress_id")
    return row


def _is_readers(row: Row, actor: Actor, token: str | None) -> bool:
    if row.get("user") is not None:
        return actor.is_admin or row["user"] == actor.user_id
    known = row.get("token_hash") or ""
    return token is not None and hmac.compare_digest(known, _hashed(token))


def _resumed(
    actor: Actor, progress: ObjectId, token: str | None
) -> tuple[Row, Game, PlayState, int]:
    """The record, its story, and the state in the story as it is now."""
    row = require_progress(actor, progress, token)
    game, revision = game_of(actor, row["scenario"])
    state = recalled(
        str(row["current_scene"]),
        _values(row),
        [
            Step(str(step["scene"]), str(step["choice"]), _values(step))
            for step in row.get("history") or []
        ],
    )
    if revision != row["revision"]:
        state = resumed(game, state)
    return row, game, state, revision


def _values(stored_in: Row) -> dict[str, Value]:
    """The values of variables as play knows them: MongoDB gives a list for what is a tuple."""
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in (stored_in.get("variables") or {}).items()
    }


def _save(
    row: Row,
    game: Game,
    state: PlayState,
    revision: int,
    *,
    taken_at: bool = False,
    more: dict[str, Any] | None = None,
) -> None:
    moments = [step.get("at") for step in row.get("history") or []]
    was_there = str(row["current_scene"]) in game.scenes
    body = _stored_state(game, state, revision, moments, taken_at=taken_at)
    changes = {**body, **(more or {}), "updated_at": now()}
    if len(bson.encode(changes)) > PROGRESS_BYTES_MAX:
        raise InvalidInput(
            "This play remembers too much to go on; begin a new one.", field="progress_id"
        )
    answer = stored(Progress).update_one(
        {"_id": row["_id"], "version": row.get("version", 0)},
        {"$set": changes, "$inc": {"version": 1, "moved": 0 if was_there else 1}},
    )
    if answer.matched_count == 0:
        raise Conflict("This play went on elsewhere at the same moment.", field="progress_id")


def _stored_state(
    game: Game,
    state: PlayState,
    revision: int,
    moments: Sequence[Any] = (),
    *,
    taken_at: bool = False,
) -> dict[str, Any]:
    times = [*moments[: len(state.history) - 1], now()] if taken_at else list(moments)
    times += [now()] * (len(state.history) - len(times))
    return {
        "current_scene": ObjectId(state.scene),
        "history": [
            {
                "scene": find_id(step.scene),
                "choice": find_id(step.choice),
                "at": at,
                "variables": dict(step.variables),
            }
            for step, at in zip(state.history, times, strict=False)
        ],
        "variables": dict(state.variables),
        "is_completed": is_over(game, state),
        "percentage": percentage(game, state),
        "revision": revision,
    }


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
