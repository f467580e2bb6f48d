"""The stock admin over stories: what it shows, what it costs, and that every write is a service's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from bson import ObjectId
from django.test import Client

from assets import documents as asset_documents
from assets import models as asset_models
from scenarios import documents, models
from storycore.access import Actor
from storycore.accounts.models import User
from storycore.mongo.connection import database
from tests.conftest import CommandCounter
from tests.factories import a_choice, a_scenario, a_scene, a_story, an_actor, an_asset
from tests.scenarios.invariants import broken_invariants

pytestmark = pytest.mark.django_db(databases=["default", "content"])


@pytest.fixture
def boss(content: None) -> Client:
    actor = an_actor("boss@example.com", is_admin=True)
    client = Client(raise_request_exception=True)
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


@pytest.fixture
def author(content: None) -> Actor:
    return an_actor("author@example.com")


def form(page: Any) -> dict[str, Any]:
    """The fields of a change page as a browser would send them back."""
    sent: dict[str, Any] = {}
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for one in forms:
        for bound in one:
            value = bound.value()
            if value is not None and value is not False:
                sent[bound.html_name] = "on" if value is True else value
    return sent


def row(name: str, key: ObjectId) -> dict[str, Any]:
    found = database()[name].find_one({"_id": key})
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("document", "model"),
    [
        (documents.Scenario, models.Scenario),
        (documents.Scene, models.Scene),
        (documents.Choice, models.Choice),
        (asset_documents.Asset, asset_models.Asset),
    ],
)
def test_the_mirrors_have_the_fields_of_the_documents(document: Any, model: Any) -> None:
    mirrored = {field.column for field in model._meta.get_fields() if hasattr(field, "column")}

    assert mirrored - {"_id"} == set(document._fields) - {"id"}
    assert model._meta.db_table == document._meta["collection"]
    assert not model._meta.managed


def test_an_edit_changes_only_what_the_form_changed(boss: Client, author: Actor) -> None:
    scenario = a_scenario(author, description="Long ago.")
    moment = datetime(2020, 1, 2, 3, 4, 5, 678_000, UTC)
    database()["scenarios"].update_one(
        {"_id": scenario}, {"$set": {"created_at": moment}, "$unset": {"languages": ""}}
    )
    before = row("scenarios", scenario)
    url = f"/admin/scenarios/scenario/{scenario}/change/"

    answer = boss.post(url, form(boss.get(url)) | {"title": "Renamed"})

    after = row("scenarios", scenario)
    assert answer.status_code == 302
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"title", "revision", "updated_at", "updated_by", "last_edit"}
    assert (after["title"], after["created_at"]) == ("Renamed", moment)
    assert "languages" not in after


def test_saving_without_a_change_writes_nothing(boss: Client, author: Actor) -> None:
    scene = a_scene(
        author, a_scenario(author), position={"x": 1.0, "y": 2.0}, image=an_asset(author)
    )
    before = row("scenes", scene)
    url = f"/admin/scenarios/scene/{scene}/change/"

    answer = boss.post(url, form(boss.get(url)))

    assert answer.status_code == 302
    assert row("scenes", scene) == before


def test_a_scene_is_edited_with_its_choices_or_not_at_all(boss: Client, author: Actor) -> None:
    scenario = a_scenario(author)
    here, there = a_scene(author, scenario), a_scene(author, scenario)
    elsewhere = a_scene(author, a_scenario(author))
    choice = a_choice(author, here, there)
    url = f"/admin/scenarios/scene/{here}/change/"
    sent = form(boss.get(url))

    good = boss.post(url, sent | {"title": "Both", "choices-0-text": "Changed"})
    assert good.status_code == 302
    assert row("scenes", here)["title"] == "Both"
    assert row("choices", choice)["text"] == "Changed"

    sent = form(boss.get(url))
    bad = boss.post(
        url, sent | {"title": "Half", "choices-0-to_scene": str(elsewhere)}, follow=True
    )
    assert "Not saved." in bad.content.decode()
    assert row("scenes", here)["title"] == "Both"
    assert row("choices", choice)["to_scene"] == there
    assert broken_invariants() == []


def test_choices_are_added_and_removed_beside_their_scene(boss: Client, author: Actor) -> None:
    scenario = a_scenario(author)
    here, there = a_scene(author, scenario), a_scene(author, scenario)
    a_choice(author, here, there, text="Old")
    url = f"/admin/scenarios/scene/{here}/change/"
    sent = form(boss.get(url)) | {
        "choices-TOTAL_FORMS": "2",
        "choices-0-DELETE": "on",
        "choices-1-from_scene": str(here),
        "choices-1-text": "New",
        "choices-1-to_scene": str(there),
        "choices-1-order": "3",
    }

    answer = boss.post(url, sent)

    assert answer.status_code == 302
    assert [(one["text"], one["order"]) for one in database()["choices"].find()] == [("New", 3)]


def test_a_scenario_is_added_for_the_admin_and_deleted_whole(boss: Client) -> None:
    made = boss.post("/admin/scenarios/scenario/add/", {"title": "Fresh", "description": ""})
    [scenario] = database()["scenarios"].find()
    assert made.status_code == 302
    assert scenario["author"] == str(User.objects.get(email="boss@example.com").pk)

    a_scene(Actor("0", is_admin=True), scenario["_id"])
    url = f"/admin/scenarios/scenario/{scenario['_id']}/delete/"
    assert "Are you sure" in boss.get(url).content.decode()
    assert boss.post(url, {"post": "yes"}).status_code == 302
    assert database()["scenarios"].count_documents({}) == 0
    assert database()["scenes"].count_documents({}) == 0


def test_several_are_deleted_by_the_action(boss: Client, author: Actor) -> None:
    keys = [a_story(author, scenes=2) for _ in range(3)]

    boss.post(
        "/admin/scenarios/scenario/",
        {
            "action": "delete_selected",
            "_selected_action": [str(key) for key in keys[:2]],
            "post": "yes",
        },
    )

    assert [one["_id"] for one in database()["scenarios"].find()] == [keys[2]]
    assert broken_invariants() == []


def test_what_a_service_refuses_is_shown_and_not_written(boss: Client, author: Actor) -> None:
    scene = a_scene(author, a_scenario(author))
    sound = an_asset(author, "sound")
    before = row("scenes", scene)
    url = f"/admin/scenarios/scene/{scene}/change/"

    answer = boss.post(url, form(boss.get(url)) | {"image": str(sound)}, follow=True)

    assert "Not saved. image: This asset is of type sound" in answer.content.decode()
    assert row("scenes", scene) == before


@pytest.mark.parametrize("name", ["scenario", "scene", "choice"])
def test_a_list_page_costs_the_same_for_few_and_many(
    boss: Client, author: Actor, commands: CommandCounter, name: str
) -> None:
    def cost() -> int:
        commands.names.clear()
        answer = boss.get(f"/admin/scenarios/{name}/")
        assert answer.status_code == 200
        return len(commands.names)

    for _ in range(2):
        a_story(author, scenes=2)
    few = cost()
    for _ in range(20):
        a_story(author, scenes=2)

    assert cost() == few
    assert few <= 6


def test_lists_search_and_filter(boss: Client, author: Actor) -> None:
    a_scenario(author, title="Lighthouse", is_published=True)
    a_scenario(author, title="Harbour")

    found = boss.get("/admin/scenarios/scenario/?q=light").content.decode()
    published = boss.get("/admin/scenarios/scenario/?is_published__exact=1").content.decode()

    assert "Lighthouse" in found
    assert "Harbour" not in found
    assert "Lighthouse" in published
    assert "Harbour" not in published
    assert "Author" in found


def test_strangers_and_authors_have_no_admin(content: None, author: Actor) -> None:
    client = Client()
    assert client.get("/admin/scenarios/scenario/").status_code == 302
    client.force_login(User.objects.get(pk=author.user_id))
    assert client.get("/admin/scenarios/scenario/").status_code == 302
