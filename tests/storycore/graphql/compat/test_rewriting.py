"""Documents of old clients become documents of the schema, and right ones stay what they are."""

from __future__ import annotations

import pytest
from graphql import parse, print_ast, validate

from config.schema import schema
from storycore.graphql.compat.answers import in_clients_path, in_clients_shape
from storycore.graphql.compat.rewriting import rewritten

SCHEMA = schema.graphql_schema


def plain(text: str) -> str:
    return " ".join(print_ast(parse(text)).split())


def changed(text: str) -> str:
    document = rewritten(parse(text), SCHEMA)
    assert validate(SCHEMA, document) == []
    return " ".join(print_ast(document).split())


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (
            "{ scene(id: 1) { imageId { mongoId url } soundId musicId { id } } }",
            "{ scene(id: 1) { imageId: image { mongoId url } soundId musicId: music { id } } }",
        ),
        (
            "{ choice(id: 1) { from: fromSceneId { title } toSceneId { title scenarioId { title } } } }",
            (
                "{ choice(id: 1) { from: fromScene { title } toSceneId: toScene { title"
                " scenarioId: scenario { title } } } }"
            ),
        ),
        (
            (
                "{ scenario(id: 1) { ...S } }"
                " fragment S on Scenario { scenes { ... on Scene { imageId { url } } } }"
            ),
            (
                "{ scenario(id: 1) { ...S } } fragment S on Scenario { scenes { ... on Scene {"
                " imageId: image { url } } } }"
            ),
        ),
        (
            (
                "{ myProgress { userId { name } currentSceneId { title }"
                " history { sceneId { title } choiceId } } }"
            ),
            (
                "{ myProgress { userId: user { name } currentSceneId: currentScene { title }"
                " history { sceneId: scene { title } choiceId } } }"
            ),
        ),
        (
            '{ scenarioById(scenarioId: 1) { mongoId } publicAssets(typeFilter: "image") { id } }',
            '{ scenarioById(id: 1) { mongoId } publicAssets(type: "image") { id } }',
        ),
        (
            "{ scene(id: 1) { position } lintScenario(id: 1) { counts } }",
            "{ scene(id: 1) { position { x y } } lintScenario(id: 1) { counts { error warning info } } }",
        ),
        (
            "mutation { deleteAsset(id: 1) }",
            "mutation { deleteAsset(id: 1) { __done: success } }",
        ),
        (
            "mutation { deleteChoices(choiceIds: [1, 2]) a: deleteScene(sceneId: 3) }",
            (
                "mutation { deleteChoices(ids: [1, 2]) { __done: success }"
                " a: deleteScene(id: 3) { __done: success } }"
            ),
        ),
        (
            'mutation { createScenario(input: {title: "T"}) { id success title } }',
            (
                'mutation { createScenario(input: {title: "T"}) {'
                " __flat__id__title: scenario { id title } success } }"
            ),
        ),
        (
            "mutation($i: CreateSceneInput!) { createScene(input: $i) { imageId { url } name: title } }",
            (
                "mutation($i: CreateSceneInput!) { createScene(input: $i) {"
                " __flat__imageId__name: scene { imageId: image { url } name: title } } }"
            ),
        ),
        (
            'mutation { createScenario(input: {title: "T"}) { ...S } } fragment S on Scenario { id }',
            (
                'mutation { createScenario(input: {title: "T"}) { __flat: scenario { ...S } } }'
                " fragment S on Scenario { id }"
            ),
        ),
    ],
)
def test_old_forms(sent: str, expected: str) -> None:
    assert changed(sent) == plain(expected)


@pytest.mark.parametrize(
    "sent",
    [
        "{ scene(id: 1) { imageId image { url } } }",
        "query($id: ID!) { scenario(id: $id) { title scenes { id choices { text } } } }",
        "mutation($id: ID!) { deleteAsset(id: $id) { success usedIn { sceneId } } }",
        '{ assets(type: "image", limit: 3) { id metadata usedIn { sceneId field } } }',
        "{ __schema { types { name } } }",
    ],
)
def test_right_documents_stay_as_they_are(sent: str) -> None:
    assert changed(sent) == plain(sent)


@pytest.mark.parametrize(
    ("sent", "declared"),
    [
        ("query($id: String!) { scenario(id: $id) { title } }", "$id: ID!"),
        ("query($t: ID) { assets(type: $t) { id } }", "$t: String"),
        ("mutation($ids: [String!]!) { deleteChoices(ids: $ids) { success } }", "$ids: [ID!]!"),
        (
            "mutation($ids: [String]!) { deleteChoices(choiceIds: $ids) { success } }",
            "$ids: [ID!]!",
        ),
        ("mutation($ids: [ID]!) { deleteChoices(choiceIds: $ids) }", "$ids: [ID!]!"),
        ("mutation($id: String!) { deleteChoices(ids: [$id]) { success } }", "$id: ID!"),
        ("query($s: String!) { scene(id: $s) { ...F } } fragment F on Scene { id }", "$s: ID!"),
        ('query($id: String = "x") { scenario(id: $id) { title } }', '$id: ID = "x"'),
    ],
)
def test_variables_are_declared_as_they_are_used(sent: str, declared: str) -> None:
    document = rewritten(parse(sent), SCHEMA)

    assert declared in print_ast(document)


def test_a_variable_in_a_fragment_counts() -> None:
    sent = """query($id: String!) { ...Q } fragment Q on Query { scenario(id: $id) { title } }"""

    assert "$id: ID!" in changed(sent)


def test_a_variable_that_is_used_as_both_is_left_to_validation() -> None:
    sent = "query($x: String!) { scenario(id: $x) { title } assets(type: $x) { id } }"

    assert "$x: String!" in print_ast(rewritten(parse(sent), SCHEMA))


@pytest.mark.parametrize(
    "sent",
    [
        "{ nothing { imageId { url } } }",
        "{ scene(id: 1) { titleId { url } } }",
        "mutation { nothing }",
        "{ scene(sceneId: 1, id: 2) { title } }",
        "fragment F on Nothing { id } { me { id } }",
        "query($x: Nothing!) { me { id } }",
    ],
)
def test_what_is_wrong_is_left_to_validation(sent: str) -> None:
    document = rewritten(parse(sent), SCHEMA)

    assert validate(SCHEMA, document) != []


def test_answers_have_the_clients_shape() -> None:
    data = {
        "a": {"__done": True},
        "b": {"success": True, "__flat__id__title": {"id": "1", "title": "T"}, "message": "x"},
        "c": {"success": False, "__flat__id__title": None},
        "d": {"asset": {"id": "2"}},
        "e": None,
    }

    assert in_clients_shape(data) == {
        "a": True,
        "b": {"success": True, "id": "1", "title": "T", "message": "x"},
        "c": {"success": False, "id": None, "title": None},
        "d": {"asset": {"id": "2"}},
        "e": None,
    }
    assert list(in_clients_shape(data)["b"]) == ["success", "id", "title", "message"]
    assert in_clients_shape(None) is None
    assert in_clients_path(["b", "__flat__id__title", "title"]) == ["b", "title"]
    assert in_clients_path(None) is None


@pytest.mark.parametrize("name", ["scenes", "startScene", "author"])
def test_only_plain_values_are_read_whole(name: str) -> None:
    document = rewritten(parse(f"{{ scenario(id: 1) {{ {name} }} }}"), SCHEMA)

    assert [error.message.split(" of type ")[0] for error in validate(SCHEMA, document)] == [
        f"Field '{name}'"
    ]


def test_what_a_simulation_found_is_read_whole() -> None:
    text = changed("mutation { simulateScenario(id: 1) { result userErrors } }")

    assert "endings { sceneId" in text
    assert "userErrors { field code message" in text
