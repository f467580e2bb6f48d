from __future__ import annotations

from typing import Any

import pytest

from storycore.access import Actor
from tests.conftest import Api, CommandCounter
from tests.factories import a_scenario

PAGE = """query($first: Int, $after: String, $last: Int, $before: String) {
  scenariosConnection(first: $first, after: $after, last: $last, before: $before) {
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { title } } } }"""


@pytest.fixture
def read(api: Api, owner: Actor) -> Any:
    for number in range(5):
        a_scenario(owner, title=f"T{number}")

    def page(**arguments: Any) -> Any:
        answer = api(PAGE, arguments, owner)
        assert "errors" not in answer, answer
        return answer["data"]["scenariosConnection"]

    return page


def titles(page: Any) -> list[str]:
    return [edge["node"]["title"] for edge in page["edges"]]


def test_pages_forwards_and_backwards_meet(read: Any) -> None:
    first = read(first=2)
    second = read(first=2, after=first["pageInfo"]["endCursor"])
    back = read(last=2, before=second["edges"][1]["cursor"])
    end = read(last=2)

    assert titles(first) == ["T4", "T3"]
    assert titles(second) == ["T2", "T1"]
    assert titles(back) == ["T3", "T2"]
    assert titles(end) == ["T1", "T0"]
    flags = [
        (page["pageInfo"]["hasPreviousPage"], page["pageInfo"]["hasNextPage"])
        for page in (first, second, back, end)
    ]
    assert flags == [(False, True), (True, True), (True, True), (True, False)]


def test_an_empty_page_has_no_cursors(read: Any) -> None:
    page = read(first=0)

    assert page["edges"] == []
    assert (page["pageInfo"]["startCursor"], page["pageInfo"]["endCursor"]) == (None, None)


def test_the_total_is_counted_only_when_asked_for(
    api: Api, owner: Actor, commands: CommandCounter
) -> None:
    a_scenario(owner)
    commands.names.clear()

    api("{ scenariosConnection { nodes { id } } }", actor=owner)
    without = list(commands.names)
    commands.names.clear()
    api("{ scenariosConnection { totalCount } }", actor=owner)

    assert without == ["find"]
    assert "aggregate" in commands.names


@pytest.mark.parametrize(
    "arguments", ["(first: 1, last: 1)", "(first: -1)", '(after: "nonsense")', '(before: "MTox")']
)
def test_wrong_arguments_are_the_callers_mistake(api: Api, arguments: str) -> None:
    answer = api(f"{{ scenariosConnection{arguments} {{ nodes {{ id }} }} }}")

    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
