"""What a row source tells: one read for all changes, by id and by group, filtered by what a change touched."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from assets.documents import Asset
from assets.queries.assets import any_asset_by_id, may_see_asset
from storycore.access import NOBODY, Actor
from storycore.mongo.changes import Change, Kind
from storycore.mongo.sources import Event, RowChange, RowSource
from tests.factories import an_asset

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def a_change(key: Any, kind: Kind = "updated", *names: str) -> Change:
    return Change("assets", key, kind, MOMENT, names=frozenset(names))


BY_ID = RowSource(rows=any_asset_by_id, may_read=may_see_asset)
BY_OWNER = RowSource(
    rows=any_asset_by_id,
    may_read=may_see_asset,
    groups=lambda row: (("owner", row["uploaded_by"]),),
    counts=lambda change: change.kind == "created" or "name" in change.names,
    fields=("uploaded_by", "name"),
)


def test_only_what_is_waited_for_is_read(owner: Actor, commands: Any) -> None:
    first, second = an_asset(owner), an_asset(owner)
    changes = [a_change(first), a_change(second), a_change(first, "updated", "name")]

    events = BY_ID.events(changes, {second})

    assert [event.channels for event in events] == [(second,)]
    assert events[0].value.row["name"].startswith("image")
    assert commands.names.count("find") == 1
    assert BY_ID.watched == {"assets": ()}


def test_groups_are_channels_and_changes_are_filtered(owner: Actor) -> None:
    first, second = an_asset(owner, name="One"), an_asset(owner, name="Two")
    changes = [
        a_change(first, "created"),
        a_change(first, "updated", "name"),
        a_change(second, "updated", "metadata"),
    ]

    (event,) = BY_OWNER.events(changes, {("owner", owner.user_id)})

    assert event == Event(
        channels=(first, ("owner", owner.user_id)),
        value=RowChange(
            first, "created", MOMENT, {"_id": first, "uploaded_by": owner.user_id, "name": "One"}
        ),
        state=first,
    )


def test_what_is_gone_is_not_told(owner: Actor) -> None:
    gone = an_asset(owner)
    Asset.objects(id=gone).delete()

    assert BY_ID.events([a_change(gone, "deleted")], {gone}) == []


@pytest.mark.parametrize("is_public", [True, False])
def test_who_may_see_an_event(
    owner: Actor, stranger: Actor, admin: Actor, *, is_public: bool
) -> None:
    row = {"uploaded_by": owner.user_id, "is_public": is_public}
    event = Event((1,), RowChange(1, "updated", MOMENT, row))

    seen = [BY_ID.may_see(actor, event) for actor in (owner, admin, stranger, NOBODY)]
    assert seen == [True, True, is_public, is_public]
