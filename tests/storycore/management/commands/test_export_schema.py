"""export_schema: the written file is the schema, and --check sees every difference."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from graphql import build_schema

from config.schema import schema


def test_the_written_file_is_the_schema_of_the_code(tmp_path: Path) -> None:
    out = StringIO()

    call_command("export_schema", out=tmp_path / "schema.graphql", stdout=out)

    written = build_schema((tmp_path / "schema.graphql").read_text(encoding="utf-8"))
    assert set(written.type_map) == set(schema.graphql_schema.type_map)
    assert out.getvalue() == "Wrote schema.graphql.\n"


def test_check_passes_on_an_equal_file_and_leaves_it_alone(tmp_path: Path) -> None:
    path = tmp_path / "schema.graphql"
    call_command("export_schema", out=path, stdout=StringIO())
    before = path.read_bytes()
    out = StringIO()

    call_command("export_schema", out=path, check=True, stdout=out)

    assert path.read_bytes() == before
    assert out.getvalue() == "schema.graphql is what the code answers.\n"


@pytest.mark.parametrize("committed", ["type Query {\n  gone: Int\n}\n", None])
def test_check_shows_the_difference_and_writes_nothing(
    tmp_path: Path, committed: str | None
) -> None:
    path = tmp_path / "schema.graphql"
    if committed is not None:
        path.write_text(committed, encoding="utf-8")
    errors = StringIO()

    with pytest.raises(CommandError, match=r"schema\.graphql differs from the code"):
        call_command("export_schema", out=path, check=True, stderr=errors)

    assert ("-  gone: Int" in errors.getvalue()) == (committed is not None)
    assert path.is_file() == (committed is not None)
    if committed is not None:
        assert path.read_text(encoding="utf-8") == committed
