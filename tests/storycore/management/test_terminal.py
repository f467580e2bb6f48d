"""Steps are told with a mark and their time, also on terminals that show no ticks."""

from __future__ import annotations

import io
import re

import pytest

from storycore.management.terminal import Steps, mark, table


def written(encoding: str) -> tuple[Steps, io.BytesIO]:
    raw = io.BytesIO()
    return Steps(io.TextIOWrapper(raw, encoding=encoding, write_through=True)), raw


@pytest.mark.parametrize(("encoding", "tick", "cross"), [("utf-8", "✓", "✗"), ("ascii", "+", "x")])
def test_a_step_ends_with_a_mark_and_its_time(encoding: str, tick: str, cross: str) -> None:
    steps, raw = written(encoding)

    with steps.step("MongoDB") as step:
        step.detail = "port 28000"
    with pytest.raises(RuntimeError), steps.step("Web"):
        raise RuntimeError

    done, failed = raw.getvalue().decode(encoding).splitlines()
    assert re.fullmatch(rf"{re.escape(tick)} MongoDB +0\.0\d s  port 28000", done)
    assert re.fullmatch(rf"{cross} Web +0\.0\d s", failed)


def test_a_step_may_have_begun_earlier() -> None:
    steps, raw = written("utf-8")

    with steps.step("Redis", steps.started - 3):
        pass

    assert re.fullmatch(r"✓ Redis +3\.\d\d s", raw.getvalue().decode().strip())


def test_an_output_without_an_encoding_gets_ticks() -> None:
    assert mark("done", io.StringIO()) == "✓"


def test_a_table_is_aligned() -> None:
    assert table([("Admin", "a"), ("MongoDB", "b")]) == "  Admin    a\n  MongoDB  b"
    assert table([]) == ""
