from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios.logic.compiling import Game, compile_story
from scenarios.logic.player_data import player_data
from scenarios.logic.playing import Move, go_back, is_over, offers, start, take_choice
from scenarios.logic.story import Effect, Scene, Story
from storycore.errors import InvalidInput
from tests.scenarios.logic.browser import exactly, in_javascript, needs_node, plain
from tests.scenarios.logic.strategies import stories
from tests.scenarios.stories import GOLD, KEY, a_scene, a_story, an_end, put, to

EVALUATOR = Path(__file__).parents[3] / "scenarios/logic/static/scenarios/evaluator.js"


def test_what_the_browser_gets() -> None:
    story = a_story(
        a_scene(
            "a",
            to("end", "key", Effect("key", "toggle"), put("gold", "("), text="Go", once=True),
            visible_if="",
            on_enter=(put("gold", "3"),),
        ),
        an_end(visible_if="gold >", image=None),
        variables=(KEY,),
    )

    data = player_data(compile_story(story))

    assert json.loads(json.dumps(data)) == data
    assert {key: data[key] for key in ("id", "title", "start")} == {
        "id": "story",
        "title": "A story",
        "start": "a",
    }
    assert [variable["name"] for variable in data["variables"]] == ["key"]
    assert data["scenes"][0] == {
        "id": "a",
        "title": "A",
        "text": "Words of a.",
        "isStart": True,
        "isEnd": False,
        "image": "i",
        "sound": "s",
        "music": None,
        "visibleIf": None,
        "onEnter": [
            {
                "variable": "gold",
                "op": "set",
                "value": {
                    "op": "error",
                    "at": [1, 1],
                    "reason": "UNDECLARED_VARIABLE",
                    "message": "No variable is called gold.",
                },
            }
        ],
        "choices": [
            {
                "id": "a-0",
                "text": "Go",
                "toScene": "end",
                "once": True,
                "condition": {"op": "variable", "at": [1, 1], "name": "key"},
                "conditionText": "key",
                "effects": [
                    {"variable": "key", "op": "toggle", "value": None},
                    {
                        "variable": "gold",
                        "op": "set",
                        "value": {
                            "op": "error",
                            "at": [1, 1],
                            "reason": "UNDECLARED_VARIABLE",
                            "message": "No variable is called gold.",
                        },
                    },
                ],
            }
        ],
    }
    assert data["scenes"][1]["visibleIf"] == {
        "op": "error",
        "at": [1, 7],
        "reason": "SYNTAX",
        "message": "It ends where a value should follow.",
    }


def _shown(game: Game, move: Move) -> dict[str, Any]:
    state = move.state
    return {
        "scene": state.scene,
        "variables": plain(state.variables),
        "visits": state.visits,
        "taken": state.taken,
        "steps": len(state.history),
        "isOver": is_over(game, state),
        "problems": [
            {"reason": each.reason, "line": each.line, "column": each.column}
            for each in move.problems
        ],
        "offers": [[offer.choice.id, offer.reason] for offer in offers(game, state)],
    }


def _picked(game: Game, move: Move, pick: int) -> Move:
    if pick < 0:
        try:
            return Move(go_back(move.state, -pick))
        except InvalidInput:
            return Move(move.state)
    open_now = [offer.choice.id for offer in offers(game, move.state) if offer.available]
    if not open_now:
        return Move(move.state)
    return take_choice(game, move.state, open_now[pick % len(open_now)])


def _played(story: Story, picks: list[int]) -> list[dict[str, Any]]:
    game = compile_story(story)
    move = start(game)
    seen = [_shown(game, move)]
    for pick in picks:
        move = _picked(game, move, pick)
        seen.append(_shown(game, move))
    return seen


@needs_node
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(stories(), st.lists(st.integers(-3, 9), max_size=12)), min_size=60))
def test_plays_are_equal_in_python_and_javascript(
    plays: list[tuple[Story, list[int]]],
) -> None:
    jobs = [{"story": player_data(compile_story(story)), "picks": picks} for story, picks in plays]

    answers = in_javascript(plays=jobs)["plays"]

    for (story, picks), answer in zip(plays, answers, strict=True):
        assert exactly(answer) == exactly(_played(story, picks))


@needs_node
def test_javascript_refuses_what_python_refuses() -> None:
    story = a_story(a_scene("a", to("end", "gold > 1")), an_end(), variables=(GOLD,))
    data = player_data(compile_story(story))
    state = {"scene": "a", "variables": {"gold": 0}, "visits": {"a": 1}, "taken": {}, "history": []}
    jobs = [
        {"story": data, "state": state, "choice": choice}
        for choice in ("a-0", "nosuch", "toString")
    ]

    assert in_javascript(refused=jobs)["refused"] == [True, True, True]


@needs_node
def test_javascript_cannot_begin_a_story_without_start() -> None:
    data = player_data(compile_story(Story("s", "S", scenes=(Scene("a", "A", ""),))))

    assert in_javascript(plays=[{"story": data, "picks": []}])["plays"] == [None]


@pytest.mark.parametrize("forbidden", ["eval(", "Function(", "fetch", "XMLHttp", "import "])
def test_the_evaluator_runs_no_text_and_asks_nobody(forbidden: str) -> None:
    assert forbidden not in EVALUATOR.read_text()
