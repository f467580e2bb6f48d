"""The commands for stories: what they print, and the exit status that a script goes by."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from bson import ObjectId
from django.core.management import CommandError, call_command

from scenarios.services.demo import seed_demo
from storycore.access import Actor
from storycore.mongo.connection import database
from tests.factories import a_choice, a_scenario, a_scene

TWEE = ":: StoryTitle\nThe Well\n\n:: Start\nYou stand.\n[[Down->Bottom]]\n\n:: Bottom\nDark.\n"

Capture = pytest.CaptureFixture[str]


def a_stuck_story(owner: Actor) -> ObjectId:
    key = a_scenario(owner)
    a_choice(owner, a_scene(owner, key), a_scene(owner, key, title="Nowhere"))
    return key


def test_import_and_export_go_through_files(owner: Actor, tmp_path: Path, capsys: Capture) -> None:
    source = tmp_path / "well.twee"
    source.write_text(TWEE)

    call_command("import_story", str(source), "--owner", "owner@example.com")

    out = capsys.readouterr().out
    assert "twee: 2 scenes, 1 choices, 0 variables" in out
    key = out.split()[-1]
    stored = database()["scenarios"].find_one({"_id": ObjectId(key)})
    assert stored is not None
    assert stored["author"] == owner.user_id
    target = tmp_path / "again.twee"
    call_command("export_story", key, "twee", str(target))
    assert "[[Down->Bottom]]" in target.read_text()


def test_a_dry_run_reports_as_json(owner: Actor, tmp_path: Path, capsys: Capture) -> None:
    source = tmp_path / "well.twee"
    source.write_text(TWEE)

    call_command("import_story", str(source), "--owner", "OWNER@example.com", "--dry-run", "--json")

    found = json.loads(capsys.readouterr().out)
    assert (found["scenario"], found["report"]["passages"]) == (None, 2)
    assert database()["scenarios"].count_documents({}) == 0


def test_ink_files_of_a_folder_are_joined(owner: Actor, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "main.ink").write_text("INCLUDE parts/hall.ink\n-> hall\n")
    (tmp_path / "parts" / "hall.ink").write_text("=== hall\nHall.\n-> END\n")
    (tmp_path / "other.ink").write_text("Another story.\n")

    call_command("import_story", str(tmp_path / "main.ink"), "--owner", "owner@example.com")

    assert "ink: 1 scenes, 0 choices, 0 variables" in capsys.readouterr().out
    assert database()["scenes"].distinct("text") == ["Hall."]


@pytest.mark.parametrize(
    ("included", "message"),
    [
        ("INCLUDE main.ink", "include each other without end: main.ink → a.ink → main.ink"),
        ("INCLUDE gone.ink", "a.ink, line 1: there is no file 'gone.ink'."),
        ("INCLUDE ../outside.ink", "a.ink, line 1: there is no file '../outside.ink'."),
    ],
)
def test_ink_files_that_cannot_be_joined_are_refused(
    owner: Actor, tmp_path: Path, included: str, message: str
) -> None:
    folder = tmp_path / "story"
    folder.mkdir()
    (tmp_path / "outside.ink").write_text("Not to be read.\n")
    (folder / "main.ink").write_text("INCLUDE a.ink\nHi.\n")
    (folder / "a.ink").write_text(f"{included}\n")

    with pytest.raises(CommandError, match=re.escape(message)):
        call_command("import_story", str(folder / "main.ink"), "--owner", "owner@example.com")

    assert database()["scenarios"].count_documents({}) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["import_story", "PATH", "--owner", "nobody@example.com"], "There is no user"),
        (["import_story", "PATH.none", "--owner", "owner@example.com"], "cannot be read"),
        (
            ["import_story", "PATH", "--owner", "owner@example.com", "--format", "yarn"],
            "yarn|Yarn|node",
        ),
        (["export_story", str(ObjectId()), "twee", "PATH.out"], "no such scenario"),
        (["simulate_scenario", str(ObjectId())], "no such scenario"),
        (["simulate_scenario", "nonsense"], "id"),
    ],
)
def test_what_cannot_be_done_is_said(
    owner: Actor, tmp_path: Path, arguments: list[str], message: str
) -> None:
    path = tmp_path / "well.twee"
    path.write_text(TWEE)

    with pytest.raises(CommandError, match=f"(?i){message}"):
        call_command(*(one.replace("PATH", str(path)) for one in arguments))


def test_a_simulation_ends_with_one_when_readers_get_stuck(owner: Actor, capsys: Capture) -> None:
    key = a_stuck_story(owner)

    with pytest.raises(SystemExit) as status:
        call_command("simulate_scenario", str(key), "--runs", "50")

    assert status.value.code == 1
    assert "stuck in" in capsys.readouterr().out


def test_the_demo_story_reaches_both_endings_and_is_clean(owner: Actor, capsys: Capture) -> None:
    key = seed_demo(owner)

    call_command("lint_scenario", str(key))
    call_command("simulate_scenario", str(key), "--json", "--runs", "300")

    out = capsys.readouterr().out
    found = json.loads(out[out.index("{") :])
    assert len(found["endings"]) >= 2
    assert all(one["shortest_path"] for one in found["endings"])
    assert (found["stuck_count"], found["unreached_scenes"]) == (0, [])
