"""What is wrong with a saved expression is told with its place, wherever it stands."""

from __future__ import annotations

from typing import Any

from storycore.access import Actor
from tests.conftest import Api
from tests.factories import a_choice, a_scenario, a_scene

ERRORS = "userErrors { field code message line column caret }"
GOLD = [{"name": "gold", "type": "integer"}]


def placed(payload: dict[str, Any]) -> list[tuple[Any, ...]]:
    errors = payload["userErrors"]
    assert {one["code"] for one in errors} <= {"EXPRESSION_ERROR"}
    return [(one["field"], one["line"], one["column"], one["caret"]) for one in errors]


def test_a_choice_tells_the_line_and_column_of_its_condition(api: Api, owner: Actor) -> None:
    scenario = a_scenario(owner, variables=GOLD)
    given = {"fromSceneId": str(a_scene(owner, scenario)), "text": "Pay"}
    given |= {"toSceneId": given["fromSceneId"], "condition": 'gold\n  >= "x"'}

    answer = api(
        "mutation($i: CreateChoiceInput!) { createChoice(input: $i) { success " + ERRORS + " } }",
        {"i": given},
        owner,
    )

    payload = answer["data"]["createChoice"]
    assert payload["success"] is True
    assert placed(payload) == [("condition", 2, 6, '  >= "x"\n     ^')]
    assert payload["userErrors"][0]["message"].startswith("Line 2, column 6: ")


def test_effects_are_saved_and_told_where_they_are_wrong(api: Api, owner: Actor) -> None:
    scenario = a_scenario(owner, variables=GOLD)
    scene = a_scene(owner, scenario)
    choice = a_choice(owner, scene, scene)
    effects = [
        {"variable": "gold", "op": "set", "value": "1 +"},
        {"variable": "silver", "op": "add", "value": "1"},
        {"variable": "gold", "op": "toggle"},
        {"variable": "gold", "op": "add", "value": "2"},
    ]

    on_choice = api(
        "mutation($id: ID!, $i: UpdateChoiceInput!) { updateChoice(id: $id, input: $i) {"
        " success choice { effects { op } } " + ERRORS + " } }",
        {"id": str(choice), "i": {"effects": effects}},
        owner,
    )["data"]["updateChoice"]
    on_scene = api(
        "mutation($id: ID!, $i: UpdateSceneInput!) { updateScene(id: $id, input: $i) {"
        " success scene { onEnter { op } } " + ERRORS + " } }",
        {"id": str(scene), "i": {"onEnter": effects}},
        owner,
    )["data"]["updateScene"]

    assert [on_choice["success"], on_scene["success"]] == [True, True]
    assert len(on_choice["choice"]["effects"]) == len(on_scene["scene"]["onEnter"]) == 4
    assert placed(on_choice) == [
        ("effects.0.value", 1, 4, "1 +\n   ^"),
        ("effects.1.variable", 1, 1, "1\n^"),
        ("effects.2.value", 1, 1, "\n^"),
    ]
    assert [field for field, *_ in placed(on_scene)] == [
        "onEnter.0.value",
        "onEnter.1.variable",
        "onEnter.2.value",
    ]


def test_a_whole_story_tells_every_place(api: Api, owner: Actor) -> None:
    scenario = a_scenario(owner, variables=GOLD)
    leave = {"text": "Go", "toSceneId": "tmp-1", "condition": "gold >"}
    scenes = [
        {"id": "tmp-1", "title": "A", "text": "a", "choices": [leave]},
        {"title": "B", "text": "b", "visibleIf": "nope", "onEnter": [_set("gold", "true")]},
    ]

    saved = api(
        "mutation($id: ID!, $i: SaveScenarioInput!) { saveScenario(id: $id, input: $i) {"
        " success created " + ERRORS + " } }",
        {"id": str(scenario), "i": {"scenes": scenes}},
        owner,
    )["data"]["saveScenario"]

    assert (saved["success"], saved["created"]) == (True, 3)
    assert placed(saved) == [
        ("scenes.1.visibleIf", 1, 1, "nope\n^"),
        ("scenes.1.onEnter.0.value", 1, 1, "true\n^"),
        ("scenes.0.choices.0.condition", 1, 7, "gold >\n      ^"),
    ]


def _set(variable: str, value: str) -> dict[str, str]:
    return {"variable": variable, "op": "set", "value": value}
