"""The command makes what is missing, names what is surplus, and drops nothing."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from storycore.mongo.connection import database


def ensured() -> list[str]:
    out = io.StringIO()
    call_command("ensure_indexes", stdout=out, no_color=True)
    return out.getvalue().splitlines()


@pytest.mark.usefixtures("content_indexes")
def test_makes_missing_indexes_once_and_names_surplus_ones() -> None:
    *_, last = ensured()
    assert last.endswith(" collections, 0 indexes made")
    scenes = database()["scenes"]
    missing = next(name for name in scenes.index_information() if name != "_id_")
    scenes.drop_index(missing)
    scenes.create_index("nobody_asked", name="surplus_one")
    try:
        first, second, last = ensured()
        assert (first, second) == (
            f"scenes: made {missing}",
            "scenes: surplus surplus_one (nobody declares it)",
        )
        assert last.endswith(" collections, 1 indexes made")
        assert {missing, "surplus_one"} <= set(scenes.index_information())
    finally:
        scenes.drop_index("surplus_one")
