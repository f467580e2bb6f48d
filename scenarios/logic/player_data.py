"""What does a browser need to play a story with static/scenarios/evaluator.js?"""

from __future__ import annotations

import re
from typing import Any

from scenarios.errors import ExpressionError
from scenarios.logic.compiling import Condition, Game, PlayableChoice, PlayableScene
from scenarios.logic.effects import CompiledEffect
from scenarios.logic.nodes import to_json
from scenarios.logic.variables import variable_to_json

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def page_language(tag: str) -> str:
    """The language that a page may claim to be in: the tag when it is one (BCP 47), else English."""
    return tag if _LANGUAGE.fullmatch(tag) else "en"


def player_data(game: Game) -> dict[str, Any]:
    """The story as plain JSON values, conditions and effects as trees.

    A faulty condition or effect becomes an `error` node, which fails there as it does here.
    """
    return {
        "id": game.story.id,
        "title": game.story.title,
        "start": game.start,
        "variables": [variable_to_json(variable) for variable in game.story.variables],
        "scenes": [_scene(scene) for scene in game.scenes.values()],
    }


def _scene(playable: PlayableScene) -> dict[str, Any]:
    scene = playable.scene
    return {
        "id": scene.id,
        "title": scene.title,
        "text": scene.text,
        "isStart": scene.is_start,
        "isEnd": scene.is_end,
        "image": scene.image,
        "sound": scene.sound,
        "music": scene.music,
        "visibleIf": _condition(playable.visible_if),
        "onEnter": [_effect(effect) for effect in playable.on_enter],
        "choices": [_choice(choice) for choice in playable.choices],
    }


def _choice(playable: PlayableChoice) -> dict[str, Any]:
    choice = playable.choice
    return {
        "id": choice.id,
        "text": choice.text,
        "toScene": choice.to_scene,
        "once": choice.once,
        "condition": _condition(playable.condition),
        "conditionText": choice.condition,
        "effects": [_effect(effect) for effect in playable.effects],
    }


def _condition(condition: Condition | None) -> dict[str, Any] | None:
    if condition is None:
        return None
    if condition.error is not None:
        return _error(condition.error)
    return to_json(condition.expression) if condition.expression else None


def _effect(compiled: CompiledEffect) -> dict[str, Any]:
    effect = compiled.effect
    if compiled.error is not None:
        value: dict[str, Any] | None = _error(compiled.error)
    else:
        value = to_json(compiled.expression) if compiled.expression else None
    return {"variable": effect.variable, "op": effect.op, "value": value}


def _error(error: ExpressionError) -> dict[str, Any]:
    return {
        "op": "error",
        "at": [error.line, error.column],
        "reason": error.reason,
        "message": error.message,
    }
