"""A reset deletes what runs leave behind, and nothing that somebody else put there."""

from __future__ import annotations

from pathlib import Path

from storycore.embedded.folder import DataFolder


def test_reset_deletes_only_what_runs_leave(tmp_path: Path) -> None:
    for name in (
        "mongodb/a.wt",
        "redis/appendonly.aof",
        "media/image/1.png",
        "logs/web.log",
        "photos/mine.png",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    for name in (
        "accounts.sqlite3",
        "accounts.sqlite3-wal",
        "run.json",
        "run.lock",
        "beat-schedule.db",
        "notes.txt",
    ):
        (tmp_path / name).write_text("x")

    gone = DataFolder(tmp_path).reset()

    assert gone == [
        "accounts.sqlite3", "accounts.sqlite3-wal", "beat-schedule.db", "media", "mongodb", "redis", "run.json",
    ]  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "logs",
        "notes.txt",
        "photos",
        "run.lock",
    ]
    assert DataFolder(tmp_path).reset() == []
