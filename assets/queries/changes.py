"""Which assets have changed, and who is told? Public ones everybody, private ones their owner and admins."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from assets.queries.assets import any_asset_by_id, may_see_asset
from storycore.access import Actor
from storycore.mongo.changes import Change
from storycore.mongo.reading import collection_of
from storycore.mongo.sources import Channel, Event, RowChange, RowSource

EVERY = "every asset"
"""The channel of those who wait for no asset in particular."""

# What another asset or a holder notes on a record; a change of these alone is none that anybody is told of.
_BOOKKEEPING = frozenset({"revision", "taken_up"})


def _counts(change: Change) -> bool:
    return change.kind != "updated" or not change.names <= _BOOKKEEPING


_ROWS = RowSource(
    rows=any_asset_by_id, may_read=may_see_asset, groups=lambda _row: (EVERY,), counts=_counts
)


class AssetChanges:
    """The source of changed assets; its channels are their ids and EVERY.

    A removal is told by its mark, which names the owner: the record may be gone before anybody could read it.
    """

    @property
    def watched(self) -> Mapping[str, Collection[str]]:
        """The assets, with what a mark says."""
        return {collection_of(any_asset_by_id.document): ("deleting", "marked")}

    def events(self, changes: Sequence[Change], wanted: Collection[Channel]) -> Sequence[Event]:
        """One event for each asset, as it is now; one command for all."""
        marked = {change.key: change for change in changes if change.values.get("deleting")}
        others = [change for change in changes if change.key not in marked]
        told = [_removal(change) for change in marked.values()]
        there = self._there(others, wanted)
        return [*there, *told]

    def may_see(self, actor: Actor, event: Event) -> bool:
        """By the record as it is after the change, or as it was when it was marked."""
        return may_see_asset(actor, event.value.row)

    @staticmethod
    def _there(changes: Sequence[Change], wanted: Collection[Channel]) -> list[Event]:
        """Without those that were marked meanwhile: their removal is told next."""
        return [
            event for event in _ROWS.events(changes, wanted) if not event.value.row.get("deleting")
        ]


def _removal(change: Change) -> Event:
    value = RowChange(change.key, "deleted", change.at, change.values.get("marked") or {})
    return Event((change.key, EVERY), value, is_last=True)


ASSET_CHANGES = AssetChanges()
