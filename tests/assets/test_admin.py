"""Assets and people in the stock admin."""

from __future__ import annotations

import pytest
from bson import ObjectId
from django.test import Client

from storycore.access import Actor
from storycore.accounts.models import RefreshToken, User
from storycore.accounts.tokens import issue_pair
from storycore.mongo.connection import database
from tests.conftest import CommandCounter
from tests.factories import a_scenario, a_scene, an_actor, an_asset

pytestmark = pytest.mark.django_db(databases=["default", "content"])


@pytest.fixture
def boss(content: None) -> Client:
    actor = an_actor("boss@example.com", is_admin=True)
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


@pytest.fixture
def author(content: None) -> Actor:
    return an_actor("author@example.com")


def test_the_list_shows_pictures_and_costs_the_same_for_few_and_many(
    boss: Client, author: Actor, commands: CommandCounter
) -> None:
    an_asset(author)
    commands.names.clear()
    page = boss.get("/admin/assets/asset/")
    few = len(commands.names)
    for _ in range(30):
        an_asset(author)
    commands.names.clear()
    boss.get("/admin/assets/asset/")

    assert '<img src="/media/image/' in page.content.decode()
    assert len(commands.names) == few <= 4


def test_an_asset_is_renamed_and_a_used_one_is_not_deleted(boss: Client, author: Actor) -> None:
    asset = an_asset(author, file=None)
    a_scene(author, a_scenario(author), image=asset)
    url = f"/admin/assets/asset/{asset}"

    renamed = boss.post(f"{url}/change/", {"name": "New", "is_public": "on", "tags": "null"})
    refused = boss.post(f"{url}/delete/", {"post": "yes"}, follow=True)

    assert renamed.status_code == 302
    assert "Not saved. This asset is used in 1 place" in refused.content.decode()
    assert database()["assets"].distinct("name") == ["New"]


def test_assets_come_in_by_upload_only(boss: Client) -> None:
    assert boss.get("/admin/assets/asset/add/").status_code == 403
    assert boss.get(f"/admin/assets/asset/{ObjectId()}/change/").status_code == 302


def test_disabling_a_person_ends_their_logins(boss: Client, author: Actor) -> None:
    user = User.objects.get(pk=author.user_id)
    issue_pair(user)
    url = f"/admin/accounts/user/{user.pk}/change/"

    answer = boss.post(url, {"email": user.email, "name": "Renamed"})

    user.refresh_from_db()
    assert answer.status_code == 302
    assert (user.name, user.is_active) == ("Renamed", False)
    assert not RefreshToken.objects.filter(user=user, revoked_at=None).exists()


def test_a_person_is_added_with_a_password(boss: Client) -> None:
    answer = boss.post(
        "/admin/accounts/user/add/",
        {
            "email": "new@example.com",
            "name": "New",
            "usable_password": "true",
            "password1": "a long pass phrase",
            "password2": "a long pass phrase",
        },
    )

    assert answer.status_code == 302
    assert User.objects.get(email="new@example.com").check_password("a long pass phrase")
    assert "new@example.com" in boss.get("/admin/accounts/user/?q=new").content.decode()
