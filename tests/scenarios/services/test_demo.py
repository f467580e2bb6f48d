from __future__ import annotations

from scenarios.services.demo import seed_demo
from storycore.access import Actor
from storycore.mongo.connection import database
from tests.conftest import Api
from tests.scenarios.invariants import broken_invariants


def test_the_demo_story_is_complete_and_made_once(api: Api, owner: Actor) -> None:
    titles: list[str] = []

    scenario = seed_demo(owner, titles.append)
    again = seed_demo(owner)

    assert scenario is not None
    assert again is None
    assert len(titles) == 12
    assert broken_invariants() == []
    assert database()["choices"].count_documents({"condition_error": {"$ne": None}}) == 0
    answer = api(
        """query($id: ID!) { scenario(id: $id) {
             stats { scenes choices endings missingImages missingSounds }
             startScene { title image { width height thumbnailUrl } sound { duration } }
           } }""",
        {"id": str(scenario)},
    )
    found = answer["data"]["scenario"]
    assert found["stats"] == {
        "scenes": 12,
        "choices": 23,
        "endings": 2,
        "missingImages": 0,
        "missingSounds": 0,
    }
    picture = found["startScene"]["image"]
    assert (picture["width"], picture["height"]) == (960, 540)
    assert picture["thumbnailUrl"].endswith("-320.webp")
    assert found["startScene"]["sound"] == {"duration": 6.0}
