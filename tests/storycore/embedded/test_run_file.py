"""What one run wrote, the next run and other commands read; damage counts as nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from storycore.embedded.run_file import RUN_FILE, RunFile, read_run_file, write_run_file

RUN = RunFile(
    mongodb_uri="mongodb://127.0.0.1:28000/?directConnection=true",
    redis_url="redis://127.0.0.1:28001/0",
    mongodb_port=28_000,
    redis_port=28_001,
    port=8_000,
    supervisor=10,
    started_at="2026-11-20T12:00:00+00:00",
    demo_loaded=True,
    pids={"mongodb": 11, "web": 12},
)


def test_reads_what_was_written(tmp_path: Path) -> None:
    write_run_file(tmp_path, RUN)

    assert read_run_file(tmp_path) == RUN
    assert [path.name for path in tmp_path.iterdir()] == [RUN_FILE]
    assert RUN.url == "http://127.0.0.1:8000"


def test_after_an_ordered_end_only_the_processes_are_gone(tmp_path: Path) -> None:
    write_run_file(tmp_path, RUN.stopped())

    found = read_run_file(tmp_path)
    assert (found.supervisor, found.pids) == (0, {})
    assert (found.mongodb_port, found.demo_loaded, found.mongodb_uri) == (
        28_000,
        True,
        RUN.mongodb_uri,
    )


@pytest.mark.parametrize("text", [None, "", "{", "[]", "null", '{"port": 1, "unknown": 2}'])
def test_an_absent_or_damaged_file_is_an_empty_one(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / RUN_FILE).write_text(text)

    assert read_run_file(tmp_path) == RunFile()
