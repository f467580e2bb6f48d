"""What must be known before the settings load? Which data folder, and a secret of one's own.

Settings are read once, so `--data` and the first .env cannot wait for a command to run.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import MutableMapping, Sequence
from pathlib import Path

from storycore.embedded.env_file import ensure_secret

TAKES_DATA = ("up", "status", "doctor")


def before_settings(
    arguments: Sequence[str], variables: MutableMapping[str, str], env_file: Path
) -> None:
    """Let `--data DIR` name the folder, and let `up` make the .env.

    `variables` is the environment, changed in place. A SECRET_KEY in the environment, or
    a settings module other than the local one, needs no .env.
    """
    command = arguments[1] if len(arguments) > 1 else ""
    if command not in TAKES_DATA:
        return
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--data")
    given = parser.parse_known_args(list(arguments[2:]))[0].data
    if given:
        variables["STORYCORE_DATA"] = str(Path(given).resolve())
    is_local = variables.get("DJANGO_SETTINGS_MODULE") == "config.settings.local"
    if command == "up" and is_local and not variables.get("SECRET_KEY"):
        ensure_secret(env_file)
