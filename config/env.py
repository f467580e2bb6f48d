"""What does the environment say? The only reader of os.environ; a wrong value is named, never guessed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

_env = environ.Env()


def read_file(path: Path) -> None:
    """Take the variables of a .env file that the environment itself does not set; an absent file is fine."""
    if path.is_file():
        environ.Env.read_env(str(path), overwrite=False)


def text(name: str, default: str | None = None) -> str:
    """The variable as text; without a default it must be set.

    Raises ImproperlyConfigured.
    """
    value: str = _env.str(name, default=default if default is not None else environ.Env.NOTSET)
    return value.strip()


def is_set(name: str) -> bool:
    """Whether the variable has a value; the value itself is not looked at."""
    return bool(_env.str(name, default="").strip())


def flag(name: str, *, default: bool) -> bool:
    """1, true, yes, on and 0, false, no, off in any case."""
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"0": False, "false": False, "no": False, "off": False, "": default}
    raw = _env.str(name, default="")
    value = words.get(raw.strip().lower())
    if value is None:
        raise ImproperlyConfigured(f"{name} must be one of true, false, 1, 0, yes, no, on, off.")
    return value


def integer(name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
    """A whole number within its range."""
    raw = _env.str(name, default="").strip()
    if not raw:
        return default
    try:
        value = int(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number.") from None
    if value < least or (most is not None and value > most):
        ceiling = "" if most is None else f" and at most {most}"
        raise ImproperlyConfigured(f"{name} must be at least {least}{ceiling}.")
    return value


def number(name: str, default: float, *, least: float = 0.0, most: float | None = None) -> float:
    """A decimal number of at least `least` and at most `most`."""
    raw = _env.str(name, default="").strip()
    if not raw:
        return default
    try:
        value = float(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a number.") from None
    if not value >= least:
        raise ImproperlyConfigured(f"{name} must be at least {least}.")
    if most is not None and value > most:
        raise ImproperlyConfigured(f"{name} must be at most {most}.")
    return value


def items(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Comma-separated words; blanks are dropped."""
    raw = _env.str(name, default="")
    return [item.strip() for item in raw.split(",") if item.strip()] or list(default)


def json_object(name: str) -> dict[str, Any]:
    """A JSON object; empty when the variable is."""
    raw = _env.str(name, default="").strip()
    try:
        value = json.loads(raw or "{}")
    except ValueError:
        # The value may hold keys, so it is not repeated.
        raise ImproperlyConfigured(f"{name} must be a JSON object.") from None
    if not isinstance(value, dict):
        raise ImproperlyConfigured(f"{name} must be a JSON object.")
    return value


def choice(name: str, default: str, options: tuple[str, ...]) -> str:
    """One of a few words; anything else is refused with the list of them."""
    value = text(name, default) or default
    if value not in options:
        raise ImproperlyConfigured(f"{name} must be one of: {', '.join(options)}.")
    return value


def database(name: str, default: str) -> dict[str, object]:
    """A Django database from a URL such as postgres://user:secret@host/name."""
    settings: dict[str, object] = _env.db(name, default=default)
    return settings
