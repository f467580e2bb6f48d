from __future__ import annotations

from storycore.mongo.connection import database
from storycore.mongo.indexes import ensure_indexes


def test_missing_indexes_are_made_and_surplus_ones_named(content_indexes: None) -> None:
    database()["scenes"].drop_index("scenario_order")
    database()["scenes"].create_index("nobody_asked", name="nobody_asked")

    reports = {report.collection: report for report in ensure_indexes()}
    again = {report.collection: report for report in ensure_indexes()}
    database()["scenes"].drop_index("nobody_asked")

    assert reports["scenes"].created == ["scenario_order"]
    assert reports["scenes"].surplus == again["scenes"].surplus == ["nobody_asked"]
    assert [report.created for report in again.values()] == [[] for _ in again]
    assert reports["scenarios"].surplus == []
