"""Reading a whole story costs the same number of commands however large it is."""

from __future__ import annotations

from typing import Any

import pytest

from storycore.access import Actor
from tests.conftest import Api, CommandCounter
from tests.factories import a_story

OPEN_STORY = """
query OpenStory($id: ID!) {
  scenario(id: $id) {
    id title revision isPublished
    scenes {
      id title text order isStartScene isEndScene position { x y }
      image { id name url type }
      sound { id name url type }
      choices { id text order condition effects { variable op value } toScene { id title } }
    }
  }
}
"""


@pytest.mark.parametrize("scenes", [2, 60])
def test_opening_a_story_costs_three_commands(
    api: Api, owner: Actor, commands: CommandCounter, scenes: int
) -> None:
    scenario = a_story(owner, scenes=scenes, choices=3)
    commands.names.clear()

    answer = api(OPEN_STORY, {"id": str(scenario)}, owner)

    sent = list(commands.names)
    assert "errors" not in answer
    found = answer["data"]["scenario"]["scenes"]
    assert len(found) == scenes
    assert all(scene["image"]["type"] == "image" for scene in found)
    assert all(len(scene["choices"]) == 3 for scene in found)
    titles = {scene["id"]: scene["title"] for scene in found}
    targets = [choice["toScene"] for scene in found for choice in scene["choices"]]
    assert all(titles[target["id"]] == target["title"] for target in targets)
    assert len(sent) == 3, sent


@pytest.mark.parametrize(
    "query",
    [
        "{ scenarios(limit: 50) { id title stats { scenes choices words } } }",
        "{ scenariosConnection(first: 20) { totalCount pageInfo { hasNextPage } edges { node { id } } } }",
        "{ assets(limit: 50) { id name url type } }",
        "{ assetsConnection(first: 50) { totalCount edges { cursor node { id name } } } }",
    ],
)
def test_a_list_page_costs_at_most_three_commands(
    api: Api, owner: Actor, commands: CommandCounter, query: str
) -> None:
    for _ in range(5):
        a_story(owner, scenes=3)
    commands.names.clear()

    answer = api(query, actor=owner)

    assert "errors" not in answer
    assert len(commands.names) <= 3, commands.names


def test_one_scene_costs_at_most_two_commands(
    api: Api, owner: Actor, commands: CommandCounter
) -> None:
    story = a_story(owner, scenes=4, choices=2, is_published=True)
    listed: Any = api(
        "query($id: ID!) { scenario(id: $id) { scenes { id } } }", {"id": str(story)}, owner
    )
    scene = listed["data"]["scenario"]["scenes"][0]["id"]
    commands.names.clear()

    answer = api(
        """query($id: ID!) { scene(id: $id) { id title text image { url } sound { url }
        choices { id text toScene { id title } } } }""",
        {"id": scene},
    )

    assert "errors" not in answer
    assert len(answer["data"]["scene"]["choices"]) == 2
    assert len(commands.names) <= 2, commands.names
