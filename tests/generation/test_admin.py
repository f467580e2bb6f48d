"""Jobs in the stock admin, and stand-ins by a header."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from generation import documents, models
from generation.services.orders import NewMedia, order_media
from storycore.access import Actor
from storycore.accounts.models import User
from storycore.mongo.connection import database
from tests.factories import an_access_token
from tests.generation.conftest import Run, the_job

pytestmark = pytest.mark.django_db(databases=["default", "content"])

IMAGE = (
    'mutation { generateImageWithAI(prompt: "a bell", wait: false) { success job { provider } } }'
)


@pytest.fixture
def boss(admin: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=admin.user_id))
    return client


def test_the_mirror_has_the_fields_of_the_document() -> None:
    mirrored = {field.column for field in models.Job._meta.get_fields() if hasattr(field, "column")}

    assert mirrored - {"_id"} == set(documents.Job._fields) - {"id"}


def test_jobs_are_looked_at_cancelled_and_ordered_again(
    boss: Client, owner: Actor, mocked: None, run_jobs: Run
) -> None:
    failed = order_media(owner, NewMedia("image", "mock:fail a bell"))
    run_jobs()
    waiting = order_media(owner, NewMedia("image", "a bell"))
    path = "/admin/generation/job/"

    listed = boss.get(path)
    shown = boss.get(f"{path}{failed}/change/")
    for action, key in (("cancel_jobs", waiting), ("retry_jobs", failed)):
        boss.post(path, {"action": action, "_selected_action": [str(key)]})

    assert listed.status_code == shown.status_code == 200
    assert b"PROVIDER_WRONG_INPUT" in shown.content
    assert the_job(waiting)["status"] == "cancelled"
    assert database()["jobs"].count_documents({"status": "queued"}) == 1
    assert boss.get(f"{path}add/").status_code == 403


@pytest.mark.parametrize(("debug", "provider"), [(True, "mock"), (False, "local")])
def test_a_header_asks_for_stand_ins_while_developing(
    owner: Actor, run_jobs: Run, settings: Any, *, debug: bool, provider: str
) -> None:
    settings.DEBUG = debug
    answer = Client().post(
        "/graphql/",
        json.dumps({"query": IMAGE}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {an_access_token(owner)}", "X-StoryCore-Mock": "1"},
    )

    assert answer.json()["data"]["generateImageWithAI"]["job"]["provider"] == provider
    if debug:
        run_jobs()
        assert database()["jobs"].distinct("provider") == ["mock"]
