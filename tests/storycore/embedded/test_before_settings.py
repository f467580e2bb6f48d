"""`--data` and the first .env take effect before settings are read, and only where they should."""

from __future__ import annotations

from pathlib import Path

import pytest

from storycore.embedded.before_settings import before_settings

LOCAL = {"DJANGO_SETTINGS_MODULE": "config.settings.local"}


@pytest.mark.parametrize(
    "given", [["--data", "here"], ["--data=here"], ["--no-demo", "--data", "here", "--port", "1"]]
)
@pytest.mark.parametrize("command", ["up", "status", "doctor"])
def test_data_names_the_folder_from_where_it_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, given: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    variables = LOCAL | {"SECRET_KEY": "set", "STORYCORE_DATA": "elsewhere"}

    before_settings(["manage.py", command, *given], variables, tmp_path / ".env")

    assert variables["STORYCORE_DATA"] == str(tmp_path / "here")


@pytest.mark.parametrize(
    "arguments", [["manage.py"], ["manage.py", "shell", "--data", "x"], ["manage.py", "dumpdata"]]
)
def test_other_commands_are_left_alone(tmp_path: Path, arguments: list[str]) -> None:
    variables = dict(LOCAL)

    before_settings(arguments, variables, tmp_path / ".env")

    assert variables == LOCAL
    assert not (tmp_path / ".env").exists()


@pytest.mark.parametrize(
    ("command", "variables", "makes_it"),
    [
        ("up", LOCAL, True),
        ("up", LOCAL | {"SECRET_KEY": ""}, True),
        ("up", LOCAL | {"SECRET_KEY": "from the environment"}, False),
        ("up", {"DJANGO_SETTINGS_MODULE": "config.settings.production"}, False),
        ("status", LOCAL, False),
        ("doctor", LOCAL, False),
    ],
)
def test_only_a_local_start_without_a_secret_makes_the_env_file(
    tmp_path: Path, command: str, variables: dict[str, str], *, makes_it: bool
) -> None:
    before_settings(["manage.py", command], dict(variables), tmp_path / ".env")

    assert (tmp_path / ".env").exists() is makes_it
