"""Every filter of the asset list narrows it, and shows nobody what is not theirs to see."""

from __future__ import annotations

from typing import Any

import pytest

from storycore.access import Actor
from tests.conftest import Api
from tests.factories import a_scenario, a_scene, an_asset

LIST = """query($type: String, $search: String, $mine: Boolean, $owner: ID, $tag: String, $folder: String,
  $aiGenerated: Boolean, $unused: Boolean) {
  assets(type: $type, search: $search, mine: $mine, owner: $owner, tag: $tag, folder: $folder,
    aiGenerated: $aiGenerated, unused: $unused) { name } }"""


@pytest.fixture
def library(owner: Actor, stranger: Actor) -> None:
    """Five assets of the owner and two of somebody else, one of each private."""
    an_asset(owner, name="oak door", tags=["door", "wood"], folder="chapter-1/rooms")
    an_asset(owner, name="iron door", tags=["door"], folder="chapter-1")
    an_asset(owner, name="drawn sea", metadata={"size": 1, "aiGenerated": True})
    an_asset(owner, "sound", name="wind")
    an_asset(owner, name="secret plan", is_public=False)
    an_asset(stranger, name="their hat")
    an_asset(stranger, name="their secret", is_public=False)


def names(api: Api, actor: Actor | None, **filters: Any) -> set[str]:
    answer = api(LIST, filters, actor)
    assert "errors" not in answer, answer
    return {one["name"] for one in answer["data"]["assets"]}


def test_each_filter(api: Api, owner: Actor, stranger: Actor, library: None) -> None:
    own = {"oak door", "iron door", "drawn sea", "wind", "secret plan"}

    assert names(api, owner) == own | {"their hat"}
    assert names(api, owner, mine=True) == own
    assert names(api, owner, owner=stranger.user_id) == {"their hat"}
    assert names(api, owner, type="sound") == {"wind"}
    assert names(api, owner, search="DOOR") == {"oak door", "iron door"}
    assert names(api, owner, search="wood") == {"oak door"}
    assert names(api, owner, tag="door") == {"oak door", "iron door"}
    assert names(api, owner, folder="chapter-1") == {"oak door", "iron door"}
    assert names(api, owner, folder="chapter-1/rooms") == {"oak door"}
    assert names(api, owner, folder=" /chapter-1//rooms/ ") == {"oak door"}
    assert names(api, owner, folder="chapter") == set()
    assert names(api, owner, aiGenerated=True) == {"drawn sea"}
    assert names(api, owner, aiGenerated=False, mine=True) == own - {"drawn sea"}
    assert names(api, owner, search="door", folder="chapter-1/rooms", type="image") == {"oak door"}


def test_unused_looks_at_ones_own(api: Api, owner: Actor, stranger: Actor, library: None) -> None:
    used = an_asset(owner, name="used")
    a_scene(stranger, a_scenario(stranger), image=used)

    assert "used" not in names(api, owner, unused=True)
    assert names(api, owner, unused=False) == {"used"}


@pytest.mark.parametrize("actor", [None, "stranger"])
def test_private_assets_are_in_no_list_of_others(
    api: Api, stranger: Actor, library: None, actor: str | None
) -> None:
    asker = stranger if actor else None

    assert "secret plan" not in names(api, asker)
    assert "secret plan" not in names(api, asker, search="secret")


@pytest.mark.parametrize("filters", [{"mine": True}, {"unused": True}])
def test_what_is_ones_own_needs_a_login(api: Api, library: None, filters: dict[str, Any]) -> None:
    answer = api(LIST, filters)

    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        ({"type": "hologram"}, "type"),
        ({"search": "x" * 201}, "search"),
        ({"folder": "x" * 201}, "folder"),
        ({"tag": "x" * 201}, "tag"),
    ],
)
def test_a_filter_that_means_nothing_is_refused(
    api: Api, library: None, filters: dict[str, Any], field: str
) -> None:
    answer = api(LIST, filters)

    error = answer["errors"][0]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("BAD_USER_INPUT", field)


@pytest.mark.parametrize("text", [".*", "(", "[a-", "$ne", "\\", "a\x00b"])
def test_a_search_is_text_and_no_pattern(api: Api, library: None, text: str) -> None:
    assert names(api, None, search=text) == set()
    assert names(api, None, folder=text) == set()


def test_nobody_sees_what_is_public(api: Api, library: None) -> None:
    assert names(api, None) == {"oak door", "iron door", "drawn sea", "wind", "their hat"}
