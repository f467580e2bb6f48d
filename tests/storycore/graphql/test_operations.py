"""A text is parsed, rewritten, measured and validated once; introspection has its policy."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from graphql import FieldNode, NameNode, Visitor, visit

from storycore.access import NOBODY, Actor
from storycore.graphql.body import Parameters
from storycore.graphql.errors import Refusal
from storycore.graphql.operations import Operations
from tests.storycore.graphql.answers import STAFF, USER
from tests.storycore.graphql.conftest import Ask
from tests.storycore.graphql.edge_schema import SCHEMA


class Greeting(Visitor):
    """An old client's name for a field."""

    def enter_field(self, node: FieldNode, *_rest):
        if node.name.value == "greeting":
            return FieldNode(
                name=NameNode(value="hello"),
                alias=node.alias or node.name,
                arguments=node.arguments,
                directives=node.directives,
                selection_set=None,
            )
        return None


def test_a_rewrite_runs_before_validation_and_once_per_text():
    seen = []

    def rewritten(document, schema):
        seen.append(schema)
        return visit(document, Greeting())

    operations = Operations(SCHEMA, rewritten)
    first = operations.prepared(Parameters(query="{ greeting }"), NOBODY)
    again = operations.prepared(Parameters(query="{ greeting }"), USER)

    assert first.document is again.document
    assert first.node is again.node
    assert seen == [SCHEMA]


def test_the_cache_is_bounded_by_number_and_by_size():
    operations = Operations(SCHEMA)

    def prepare(text):
        return operations.prepared(Parameters(query=text), NOBODY).document

    first = prepare("{ hello }")
    for number in range(20):
        prepare("{ hello } #" + str(number) + "x" * 60_000)
    kept = prepare("{ hello } #19" + "x" * 60_000)

    assert kept is prepare("{ hello } #19" + "x" * 60_000)
    assert prepare("{ hello }") is not first
    assert operations.cached_characters <= 1_000_000


def test_many_threads_share_one_document():
    operations = Operations(SCHEMA)

    def prepare(_number):
        return operations.prepared(Parameters(query="{ hello scene { id } }"), NOBODY).cost

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(prepare, range(200))) == {3}
    assert operations.cached_characters == len("{ hello scene { id } }")


def test_what_is_known_of_an_operation():
    text = 'query Q($n: Int = 3) { scenes(limit: $n) { id } } mutation M { rename(title: "x") { title } }'
    operations = Operations(SCHEMA)

    query = operations.prepared(Parameters(text, "Q", {"n": 5}), NOBODY)
    mutation = operations.prepared(Parameters(text, "M"), NOBODY)

    assert (query.name, query.kind, query.cost, query.variables) == ("Q", "query", 6, {"n": 5})
    assert (mutation.name, mutation.kind, mutation.cost) == ("M", "mutation", 2)
    with pytest.raises(Refusal) as refused:
        operations.prepared(Parameters(text, "M"), NOBODY, only_queries=True)
    assert (refused.value.status, refused.value.headers) == (405, {"Allow": "POST"})


@pytest.mark.parametrize(
    ("policy", "actor", "allowed"),
    [
        (("", True), NOBODY, True),
        (("", False), NOBODY, False),
        (("", False), USER, False),
        (("", False), STAFF, True),
        (("everyone", False), NOBODY, True),
        (("staff", True), USER, False),
        (("staff", False), STAFF, True),
        (("nobody", True), STAFF, False),
    ],
)
@pytest.mark.parametrize(
    "query",
    [
        "{ __schema { queryType { name } } }",
        '{ __type(name: "Query") { name } }',
        "{ ...A } fragment A on Query { hello ... { x: __schema { queryType { name } } } }",
    ],
)
def test_introspection_has_its_policy(
    ask: Ask, settings, policy, actor: Actor, allowed: bool, query: str
):
    settings.GRAPHQL_INTROSPECTION, settings.DEBUG = policy

    answer = ask(query, actor=actor)

    assert answer.status == 200
    if allowed:
        assert "errors" not in answer.body
    else:
        assert (answer.codes, answer.body["data"]) == ([("FORBIDDEN", "INTROSPECTION_OFF")], None)


def test_the_type_name_is_no_introspection(ask: Ask):
    assert ask("{ __typename scene { __typename } }").body == {
        "data": {"__typename": "Query", "scene": {"__typename": "Scene"}}
    }
