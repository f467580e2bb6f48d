"""`manage.py jobs` and `manage.py providers`, as whoever runs the server calls them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bson import ObjectId
from django.core.management import CommandError, call_command

from generation.queries.health import health_of
from generation.services.orders import NewMedia, order_media
from storycore.access import Actor
from tests.fakes.provider_server import run_provider_server
from tests.generation.conftest import Run, the_job

Capture = pytest.CaptureFixture[str]


def test_jobs_are_listed_and_shown(
    owner: Actor, mocked: None, run_jobs: Run, capsys: Capture
) -> None:
    done = order_media(owner, NewMedia("image", "a bell"))
    failed = order_media(owner, NewMedia("image", "mock:fail a bell"))
    run_jobs()

    call_command("jobs", "list", "--status", "failed")
    listed = capsys.readouterr().out
    call_command("jobs", "show", str(done))
    shown = capsys.readouterr().out

    assert str(failed) in listed
    assert "PROVIDER_WRONG_INPUT" in listed
    assert str(done) not in listed
    assert "prompt: a bell" in shown
    assert "The asset is ready." in shown


def test_jobs_are_tried_again_cancelled_and_cleaned_up(
    owner: Actor, mocked: None, run_jobs: Run, capsys: Capture
) -> None:
    failed = order_media(owner, NewMedia("image", "mock:fail a bell"))
    run_jobs()
    waiting = order_media(owner, NewMedia("image", "a bell"))

    call_command("jobs", "retry", str(failed))
    again = ObjectId(capsys.readouterr().out.split()[-1])
    call_command("jobs", "cancel", str(waiting))
    call_command("jobs", "cleanup", "--days", "-1", "--dry-run")

    assert the_job(again)["status"] == "queued"
    assert the_job(waiting)["status"] == "cancelled"
    assert "2 jobs would be deleted" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "x"),
        ("show", str(ObjectId())),
        ("retry", str(ObjectId())),
        ("list", "--status", "odd"),
    ],
)
def test_what_cannot_be_done_is_said(content: None, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call_command("jobs", *arguments)


def test_providers_are_shown(content: None, capsys: Capture) -> None:
    call_command("providers", "check")

    out = capsys.readouterr().out
    assert out.count("local") == 6
    assert "espeak-ng" in out


def test_providers_are_asked_on_demand(content: None, settings: Any, capsys: Capture) -> None:
    with run_provider_server() as server:
        keys = {"replicate": "r8_0123456789", "elevenlabs": "sk_0123456789"}
        settings.PROVIDERS = {
            "image": {
                name: {"BACKEND": name, "OPTIONS": {"base_url": server.url, "api_key": key}}
                for name, key in {"replicate": keys["replicate"], "fal": "a:b"}.items()
            },
            "speech": {
                "local": {"BACKEND": "local", "OPTIONS": {}},
                "elevenlabs": {
                    "BACKEND": "elevenlabs",
                    "OPTIONS": {"base_url": server.url, "api_key": keys["elevenlabs"]},
                },
            },
        }
        call_command("providers", "check", "--ask")
        out = capsys.readouterr().out
        settings.PROVIDERS["image"]["replicate"]["OPTIONS"]["api_key"] = "not a key"
        with pytest.raises(SystemExit):
            call_command("providers", "check", "--ask")
        refused = capsys.readouterr().out

    assert re.search(r"^replicate +healthy: it answers \(\d", out, re.MULTILINE)
    assert re.search(r"^elevenlabs +healthy: it answers \(\d", out, re.MULTILINE)
    assert re.search(r"^fal +not asked: ", out, re.MULTILINE)
    assert re.search(r"^local +healthy: made on this machine$", out, re.MULTILINE)
    assert re.search(
        r"^replicate +unhealthy: The provider does not accept the key", refused, re.MULTILINE
    )
    assert health_of(["replicate"])["replicate"].status == "unhealthy"
    assert [seen.method for seen in server.ledger.requests] == ["GET"] * 4
    assert not server.ledger.charges


def test_wrong_settings_of_providers_are_told(
    content: None, settings: Any, capsys: Capture
) -> None:
    settings.PROVIDERS = {"image": {"x": {"BACKEND": "replicate", "OPTIONS": {}}}}

    with pytest.raises(SystemExit):
        call_command("providers", "check")

    assert "option 'api_key' is missing" in capsys.readouterr().err
