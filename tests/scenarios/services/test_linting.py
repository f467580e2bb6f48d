from __future__ import annotations

import io
import json

import pytest
from bson import ObjectId
from django.core.management import CommandError, call_command

from scenarios.services.demo import seed_demo
from scenarios.services.linting import lint_scenario
from storycore.access import Actor
from storycore.errors import NotFound
from tests.conftest import Api, CommandCounter
from tests.factories import a_choice, a_scenario, a_scene, a_story

LINT = """query($id: ID!) { lintScenario(id: $id) { ok counts { error warning info }
  findings { code severity message sceneId choiceId } } }"""


def test_the_demo_story_is_clean(owner: Actor) -> None:
    scenario = seed_demo(owner)
    assert scenario is not None

    report = lint_scenario(owner, scenario)

    assert report.findings == []
    assert report.ok


def test_findings_name_scenes_and_choices(api: Api, owner: Actor) -> None:
    scenario = a_scenario(owner)
    here, there = a_scene(owner, scenario), a_scene(owner, scenario)
    choice = a_choice(owner, here, there, condition="nowhere and")

    report = api(LINT, {"id": str(scenario)}, owner)["data"]["lintScenario"]

    found = {(one["code"], one["sceneId"], one["choiceId"]) for one in report["findings"]}
    assert report["ok"] is False
    assert ("CONDITION_ERROR", str(here), str(choice)) in found
    assert ("DEAD_END", str(there), None) in found
    assert report["counts"]["error"] == 1
    assert report["counts"]["warning"] >= 1


def test_a_story_costs_three_commands_whatever_its_size(
    owner: Actor, commands: CommandCounter
) -> None:
    scenario = a_story(owner, scenes=150, choices=2)
    commands.names.clear()

    lint_scenario(owner, scenario)

    assert len(commands.names) == 3


def test_private_stories_of_others_are_not_there(api: Api, owner: Actor, stranger: Actor) -> None:
    scenario = a_story(owner)

    with pytest.raises(NotFound):
        lint_scenario(stranger, scenario)
    answer = api(LINT, {"id": str(scenario)}, stranger)
    absent = api(LINT, {"id": str(ObjectId())}, stranger)
    assert [one["extensions"]["code"] for one in answer["errors"]] == ["NOT_FOUND"]
    assert answer["errors"] == absent["errors"]
    wrong = api(LINT, {"id": "nonsense"}, owner)
    assert wrong["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_the_command_says_it_in_lines_in_json_and_by_its_status(owner: Actor) -> None:
    broken = a_scenario(owner)
    here, there = a_scene(owner, broken), a_scene(owner, broken)
    a_choice(owner, here, there, condition="(")
    lines, data = io.StringIO(), io.StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("lint_scenario", str(broken), stdout=lines)
    with pytest.raises(SystemExit):
        call_command("lint_scenario", str(broken), "--json", stdout=data)

    assert ended.value.code == 1
    assert "CONDITION_ERROR" in lines.getvalue()
    assert json.loads(data.getvalue())["counts"]["error"] == 1
    with pytest.raises(CommandError):
        call_command("lint_scenario", str(ObjectId()))
