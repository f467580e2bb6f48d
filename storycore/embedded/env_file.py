"""Does the .env hold a secret of its own? Made once, readable by its owner only."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

_HEADER = (
    "# Made by `manage.py up`. Settings: docs/settings.md. Keep this file out of version control.\n"
)
_SECRET_LINE = re.compile(r"(?m)^[ \t]*(?:export[ \t]+)?SECRET_KEY[ \t]*=[ \t]*(.*?)[ \t]*$")


def ensure_secret(path: Path) -> bool:
    """Give the file a random SECRET_KEY unless it has one; True when it was changed or made."""
    text = path.read_text(encoding="utf-8") if path.exists() else _HEADER
    line = f"SECRET_KEY={secrets.token_urlsafe(50)}"
    found = _SECRET_LINE.search(text)
    if found is None:
        text = text + ("" if text.endswith("\n") else "\n") + line + "\n"
    elif found.group(1).strip("\"'"):
        return False
    else:
        text = text[: found.start()] + line + text[found.end() :]
    _write_private(path, text)
    return True


def _write_private(path: Path, text: str) -> None:
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    # Private from its first byte on, not by a chmod that comes later.
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)
