from __future__ import annotations

from typing import Any

import pytest
from bson import ObjectId

from storycore.access import Actor
from storycore.mongo.commands import counted
from storycore.mongo.connection import database
from tests.conftest import Api
from tests.factories import a_choice, a_scenario, a_scene, a_story, an_asset

ERRORS = "success message userErrors { field code message }"


def asking(query: str) -> str:
    """The query, with what every payload is asked for in the place of ERRORS."""
    return query.replace("ERRORS", ERRORS)


CREATE_SCENARIO = asking(
    "mutation($input: CreateScenarioInput!) { createScenario(input: $input) { scenario {"
    " id title description isPublished revision author { id } variables { name type default } } ERRORS } }"
)
UPDATE_SCENARIO = asking(
    "mutation($id: ID!, $input: UpdateScenarioInput!) { updateScenario(id: $id, input: $input)"
    " { scenario { id title } ERRORS } }"
)
SAVE = asking(
    "mutation($id: ID!, $revision: Int, $input: SaveScenarioInput!) {"
    " saveScenario(id: $id, expectedRevision: $revision, input: $input) {"
    " revision created updated removed idMap { key id } conflict { revision }"
    " scenario { title scenes { id title choices { toScene { title } } } } ERRORS } }"
)
CREATE_SCENE = asking(
    "mutation($input: CreateSceneInput!) { createScene(input: $input) { scene {"
    " id title text order isStartScene position { x y } imageId image { id } } ERRORS } }"
)
UPDATE_SCENE = asking(
    "mutation($id: ID!, $input: UpdateSceneInput!) { updateScene(id: $id, input: $input)"
    " { scene { id title imageId } ERRORS } }"
)
CREATE_CHOICE = asking(
    "mutation($input: CreateChoiceInput!) { createChoice(input: $input) { choice {"
    " id text condition order effects { variable op value } conditionError { line column caret }"
    " fromScene { id } toScene { id } } ERRORS } }"
)
DONE = {"success": True, "userErrors": []}


def refusal(answer: dict[str, Any], name: str) -> list[tuple[str | None, str]]:
    """(field, code) of the payload's user errors; the payload must say that nothing was done."""
    assert "errors" not in answer, answer
    payload = answer["data"][name]
    assert payload["success"] is False
    return [(one["field"], one["code"]) for one in payload["userErrors"]]


WHOLE_SCENE = (
    "id title text order isStartScene isEndScene position { x y } imageId image { id } soundId tags visibleIf"
    " visibleIfError { line column caret } onEnter { variable op value } createdAt updatedAt"
    " scenario { id title revision } choices { id }"
)


@pytest.mark.parametrize("given", [{}, {"order": 7, "isStartScene": True, "tags": ["a", "b"]}])
def test_a_new_scene_is_told_as_it_is_read_later(
    api: Api, owner: Actor, given: dict[str, Any]
) -> None:
    scenario = a_story(owner, scenes=2, variables=[{"name": "gold", "type": "integer"}])
    words = {
        "scenarioId": str(scenario),
        "title": "Ünder",
        "text": "Words.",
        "imageId": str(an_asset(owner)),
        "position": {"x": 1.5, "y": -2},
        "visibleIf": "gold >",
        "onEnter": [{"variable": "gold", "op": "add", "value": "2"}],
    }
    made = api(
        f"mutation($input: CreateSceneInput!) {{ createScene(input: $input) {{ scene {{ {WHOLE_SCENE} }} }} }}",
        {"input": words | given},
        owner,
    )
    told = made["data"]["createScene"]["scene"]
    read = api(
        f"query($id: ID!) {{ scene(id: $id) {{ {WHOLE_SCENE} }} }}", {"id": told["id"]}, owner
    )
    assert told == read["data"]["scene"]
    assert told["visibleIfError"] is not None
    assert told["isStartScene"] is bool(given)
    assert database()["scenes"].count_documents({"scenario": scenario, "is_start_scene": True}) == 1


def test_a_new_scene_costs_three_commands(api: Api, owner: Actor) -> None:
    scenario = a_story(owner, scenes=2)
    new = {"scenarioId": str(scenario), "title": "New", "text": "Words."}
    costs = []
    for _ in range(3):
        with counted() as tally:
            made = api(CREATE_SCENE, {"input": new}, owner)
        assert made["data"]["createScene"]["scene"]["title"] == "New"
        costs.append(tally.commands)
    # The story is held, the scene inserted, both committed; the first time its last scene is asked for too,
    # and its order kept.
    assert costs == [5, 3, 3]


def test_a_scenario_is_created_read_updated_copied_and_deleted(api: Api, owner: Actor) -> None:
    variables = [{"name": "gold", "type": "integer", "default": 3}]
    made = api(CREATE_SCENARIO, {"input": {"title": "Rock", "variables": variables}}, owner)
    payload = made["data"]["createScenario"]
    scenario = payload["scenario"]
    assert {name: payload[name] for name in DONE} == DONE
    assert scenario["variables"] == [{"name": "gold", "type": "integer", "default": 3}]
    assert (scenario["title"], scenario["isPublished"], scenario["revision"]) == ("Rock", False, 0)
    assert scenario["author"] == {"id": owner.user_id}

    key = scenario["id"]
    changed = api(UPDATE_SCENARIO, {"id": key, "input": {"title": "Rocks"}}, owner)
    assert changed["data"]["updateScenario"]["scenario"] == {"id": key, "title": "Rocks"}

    copied = api(
        "mutation($id: ID!) { duplicateScenario(id: $id) { scenario { id title } success } }",
        {"id": key},
        owner,
    )["data"]["duplicateScenario"]
    assert copied["scenario"]["title"] == "Rocks (copy)"
    assert copied["scenario"]["id"] != key

    gone = api(
        "mutation($id: ID!) { deleteScenario(id: $id) { deletedScenes deletedChoices success } }",
        {"id": key},
        owner,
    )
    assert gone["data"]["deleteScenario"] == {
        "deletedScenes": 0,
        "deletedChoices": 0,
        "success": True,
    }
    assert api("query($id: ID!) { scenario(id: $id) { id } }", {"id": key}, owner) == {
        "data": {"scenario": None}
    }


def test_a_whole_story_is_saved_and_a_stale_save_says_where_the_story_stands(
    api: Api, owner: Actor
) -> None:
    scenario = a_scenario(owner)
    graph = {
        "title": "Saved",
        "scenes": [
            {
                "id": "tmp-1",
                "title": "A",
                "text": "a",
                "choices": [{"text": "to B", "toSceneId": "tmp-2"}],
            },
            {"id": "tmp-2", "title": "B", "text": "b"},
        ],
    }
    first = api(SAVE, {"id": str(scenario), "revision": 0, "input": graph}, owner)
    payload = first["data"]["saveScenario"]
    assert (payload["revision"], payload["created"], payload["conflict"]) == (1, 3, None)
    assert [one["key"] for one in payload["idMap"]] == ["tmp-1", "tmp-2"]
    assert [scene["title"] for scene in payload["scenario"]["scenes"]] == ["A", "B"]
    assert payload["scenario"]["scenes"][0]["choices"] == [{"toScene": {"title": "B"}}]

    stale = api(SAVE, {"id": str(scenario), "revision": 0, "input": graph}, owner)

    assert refusal(stale, "saveScenario") == [("expectedRevision", "CONFLICT")]
    assert stale["data"]["saveScenario"]["conflict"] == {"revision": 1}


def test_user_errors_name_fields_as_the_client_wrote_them(api: Api, owner: Actor) -> None:
    scenario = str(a_scenario(owner))
    sound = str(an_asset(owner, "sound"))
    scene: dict[str, Any] = {"scenarioId": scenario, "title": "T", "text": "x"}

    wrong_media = api(CREATE_SCENE, {"input": scene | {"imageId": sound}}, owner)
    wrong_id = api(CREATE_SCENE, {"input": scene | {"imageId": "nonsense"}}, owner)
    wrong_parent = api(CREATE_SCENE, {"input": scene | {"scenarioId": "nonsense"}}, owner)
    empty = api(CREATE_SCENE, {"input": scene | {"title": ""}}, owner)
    nested = api(
        SAVE,
        {
            "id": scenario,
            "input": {
                "scenes": [
                    {
                        "title": "A",
                        "text": "a",
                        "choices": [{"text": "x", "toSceneId": "tmp-none"}],
                    }
                ]
            },
        },
        owner,
    )

    assert refusal(wrong_media, "createScene") == [("imageId", "INVALID_REFERENCE")]
    assert refusal(wrong_id, "createScene") == [("imageId", "BAD_USER_INPUT")]
    assert refusal(wrong_parent, "createScene") == [("scenarioId", "BAD_USER_INPUT")]
    assert refusal(empty, "createScene") == [("title", "BAD_USER_INPUT")]
    assert refusal(nested, "saveScenario") == [
        ("scenes.0.choices.0.toSceneId", "INVALID_REFERENCE")
    ]
    assert database()["scenes"].count_documents({}) == 0


def test_an_error_that_nobody_asks_for_is_a_graphql_error(api: Api, owner: Actor) -> None:
    answer = api('mutation { createScenario(input: {title: ""}) { scenario { id } } }', actor=owner)

    assert answer["data"] == {"createScenario": None}
    assert [one["extensions"]["code"] for one in answer["errors"]] == ["BAD_USER_INPUT"]
    assert answer["errors"][0]["path"] == ["createScenario"]


def test_writing_needs_a_login_in_the_words_that_clients_know(api: Api, owner: Actor) -> None:
    scenario = str(a_scenario(owner))
    for query, variables in (
        (CREATE_SCENARIO, {"input": {"title": "x"}}),
        (UPDATE_SCENARIO, {"id": scenario, "input": {"title": "x"}}),
        (CREATE_SCENE, {"input": {"scenarioId": scenario, "title": "x", "text": "x"}}),
    ):
        answer = api(query, variables)
        assert [(one["message"], one["extensions"]["code"]) for one in answer["errors"]] == [
            ("Authentication required", "UNAUTHENTICATED")
        ]


def test_strangers_are_refused_and_admins_are_not(
    api: Api, owner: Actor, stranger: Actor, admin: Actor
) -> None:
    scenario = str(a_scenario(owner))
    change = {"id": scenario, "input": {"title": "Taken"}}

    refused = api(UPDATE_SCENARIO, change, stranger)
    allowed = api(UPDATE_SCENARIO, change, admin)

    assert refusal(refused, "updateScenario") == [(None, "FORBIDDEN")]
    assert allowed["data"]["updateScenario"]["scenario"]["title"] == "Taken"


def test_unpublished_stories_are_invisible_to_strangers(
    api: Api, owner: Actor, stranger: Actor, admin: Actor
) -> None:
    scenario = a_story(owner, scenes=2)
    scene = database()["scenes"].find_one()
    choice = database()["choices"].find_one()
    assert scene is not None
    assert choice is not None
    query = """query($s: ID!, $c: ID!, $h: ID!) {
      scenario(id: $s) { id } scene(id: $c) { id } choice(id: $h) { id }
      a: node(id: $s) { id } b: node(id: $c) { id } d: node(id: $h) { id }
      scenarios { id } scenariosConnection { totalCount } }"""
    keys = {"s": str(scenario), "c": str(scene["_id"]), "h": str(choice["_id"])}
    absent = {name: str(ObjectId()) for name in keys}

    for actor in (None, stranger):
        assert api(query, keys, actor) == api(query, absent, actor)
        assert api(query, keys, actor)["data"]["scenariosConnection"] == {"totalCount": 0}
    for actor in (owner, admin):
        found = api(query, keys, actor)["data"]
        assert found["scenario"] == found["a"] == {"id": keys["s"]}
        assert found["scene"] == found["b"] == {"id": keys["c"]}
        assert found["choice"] == found["d"] == {"id": keys["h"]}


def test_a_choice_with_a_wrong_condition_is_saved_and_says_what_is_wrong(
    api: Api, owner: Actor
) -> None:
    scenario = a_scenario(owner, variables=[{"name": "gold", "type": "integer"}])
    here, there = a_scene(owner, scenario), a_scene(owner, scenario)
    given = {"fromSceneId": str(here), "toSceneId": str(there), "text": "Pay"}

    wrong = api(CREATE_CHOICE, {"input": given | {"condition": "gold >="}}, owner)
    right = api(CREATE_CHOICE, {"input": given | {"condition": "gold >= 3"}}, owner)

    payload = wrong["data"]["createChoice"]
    assert payload["success"] is True
    assert payload["choice"]["condition"] == "gold >="
    assert payload["choice"]["conditionError"]["line"] == 1
    assert [(one["field"], one["code"]) for one in payload["userErrors"]] == [
        ("condition", "EXPRESSION_ERROR")
    ]
    assert right["data"]["createChoice"]["choice"]["conditionError"] is None
    assert right["data"]["createChoice"]["userErrors"] == []
    assert right["data"]["createChoice"]["choice"]["order"] == 1


def test_choices_stay_within_their_story(api: Api, owner: Actor) -> None:
    one, other = a_scenario(owner), a_scenario(owner)
    here, elsewhere = a_scene(owner, one), a_scene(owner, other)
    given = {"fromSceneId": str(here), "toSceneId": str(elsewhere), "text": "Out"}

    answer = api(CREATE_CHOICE, {"input": given}, owner)

    assert refusal(answer, "createChoice") == [("toSceneId", "INVALID_REFERENCE")]
    assert database()["choices"].count_documents({}) == 0


def test_several_choices_are_deleted_together_or_not_at_all(api: Api, owner: Actor) -> None:
    scenario = a_scenario(owner)
    here, there = a_scene(owner, scenario), a_scene(owner, scenario)
    choices = [str(a_choice(owner, here, there)) for _ in range(3)]
    query = asking("mutation($ids: [ID!]!) { deleteChoices(ids: $ids) { deletedCount ERRORS } }")

    missing = api(query, {"ids": [choices[0], str(ObjectId())]}, owner)
    assert refusal(missing, "deleteChoices") == [("ids", "NOT_FOUND")]
    assert database()["choices"].count_documents({}) == 3

    gone = api(query, {"ids": choices[:2]}, owner)
    assert gone["data"]["deleteChoices"]["deletedCount"] == 2
    assert database()["choices"].count_documents({}) == 1


def test_deleting_a_scene_counts_the_choices_that_went(api: Api, owner: Actor) -> None:
    a_story(owner, scenes=3, choices=2)
    scene = database()["scenes"].find_one()
    assert scene is not None

    answer = api(
        "mutation($id: ID!) { deleteScene(id: $id) { deletedId deletedChoices success } }",
        {"id": str(scene["_id"])},
        owner,
    )

    assert answer["data"]["deleteScene"] == {
        "deletedId": str(scene["_id"]),
        "deletedChoices": 4,
        "success": True,
    }


OPERATORS = [{"$gt": ""}, {"$ne": None}, [], [{"$gt": ""}], 7, True, {"a": {"$where": "1"}}]


@pytest.mark.parametrize("value", OPERATORS, ids=repr)
def test_operator_objects_never_reach_the_database(api: Api, owner: Actor, value: Any) -> None:
    a_story(owner, is_published=True)
    before = {name: list(database()[name].find()) for name in ("scenarios", "scenes", "choices")}
    asked = [
        ("query($v: ID!) { scenario(id: $v) { id } }", {"v": value}),
        ("query($v: ID!) { node(id: $v) { id } }", {"v": value}),
        ("query($v: String) { scenarios(search: $v) { id } }", {"v": value}),
        ("query($v: String) { assets(type: $v) { id } }", {"v": value}),
        (UPDATE_SCENARIO, {"id": value, "input": {"title": "x"}}),
        (CREATE_SCENARIO, {"input": {"title": value}}),
        (CREATE_SCENE, {"input": {"scenarioId": value, "title": "x", "text": "x"}}),
        ("mutation($v: [ID!]!) { deleteChoices(ids: $v) { success } }", {"v": [value]}),
        (
            "mutation($v: String!) { login(email: $v, password: $v) { success token } }",
            {"v": value},
        ),
    ]

    for query, variables in asked:
        answer = api(query, variables, owner)
        for problem in answer.get("errors", []):
            assert problem["extensions"]["code"] != "INTERNAL_SERVER_ERROR", (query, answer)
        found = answer.get("data") or {}
        assert not any(
            isinstance(part, dict) and part.get("success") and part.get("token")
            for part in found.values()
        )

    after = {name: list(database()[name].find()) for name in ("scenarios", "scenes", "choices")}
    assert after == before


@pytest.mark.parametrize(
    "variables",
    [
        [{"name": "not a name", "type": "integer"}],
        [{"name": "x", "type": "colour"}],
        [{"name": "x", "type": "integer", "default": "much"}],
        [{"name": "x", "type": "enum", "values": []}],
        [{"name": "x", "type": "integer", "default": {"$gt": 1}}],
        [{"name": "x", "type": "string"}, {"name": "x", "type": "string"}],
    ],
)
def test_wrong_variables_are_named(api: Api, owner: Actor, variables: Any) -> None:
    answer = api(CREATE_SCENARIO, {"input": {"title": "T", "variables": variables}}, owner)

    [(field, code)] = refusal(answer, "createScenario")
    assert field is not None
    assert field.startswith(f"variables.{len(variables) - 1}.")
    assert code == "BAD_USER_INPUT"
    assert database()["scenarios"].count_documents({}) == 0


def test_lists_search_filter_and_page(api: Api, owner: Actor, stranger: Actor) -> None:
    keys = [str(a_scenario(owner, title=f"Tale {number}")) for number in range(5)]
    a_scenario(owner, title="Other.*", is_published=True)
    a_scenario(stranger, title="Tale of a stranger", is_published=True)

    def titles(arguments: str, actor: Actor | None = owner) -> list[str]:
        answer = api(f"{{ scenarios{arguments} {{ title }} }}", actor=actor)
        return [one["title"] for one in answer["data"]["scenarios"]]

    assert titles('(search: "tale", mine: true)') == [f"Tale {n}" for n in (4, 3, 2, 1, 0)]
    assert titles('(search: ".*")') == ["Other.*"]
    assert titles("(mine: true, limit: 2, offset: 1)") == ["Tale 4", "Tale 3"]
    assert titles("(published: true)", None) == ["Tale of a stranger", "Other.*"]
    assert titles("", None) == ["Tale of a stranger", "Other.*"]
    bad = api("{ scenarios(limit: -1) { id } }", actor=owner)
    assert bad["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"

    seen: list[str] = []
    after = None
    for _ in range(3):
        page = api(
            """query($after: String) { scenariosConnection(first: 2, after: $after, mine: true,
            search: "Tale") { totalCount pageInfo { hasNextPage endCursor } nodes { id } } }""",
            {"after": after},
            owner,
        )["data"]["scenariosConnection"]
        seen += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        assert page["totalCount"] == 5
    assert seen == keys[::-1]
    assert page["pageInfo"]["hasNextPage"] is False
