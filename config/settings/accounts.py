"""The relational database of people and logins: SQLite for one machine, PostgreSQL by DATABASE_URL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from config import env

# Readers never wait for the writer, and a writer takes its lock at BEGIN instead of failing half-way.
_SQLITE_OPTIONS = {
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    "transaction_mode": "IMMEDIATE",
    "timeout": 10,
}
_CONNECTION_SECONDS = 60


def accounts_database(file: Path) -> dict[str, Any]:
    """The database that DATABASE_URL names, else a SQLite file."""
    settings: dict[str, Any] = dict(env.database("DATABASE_URL", f"sqlite:///{file}"))
    settings.setdefault("CONN_MAX_AGE", _CONNECTION_SECONDS)
    if settings["ENGINE"].endswith("sqlite3"):
        settings["OPTIONS"] = {**_SQLITE_OPTIONS, **settings.get("OPTIONS", {})}
    return settings
