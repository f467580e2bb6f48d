"""What did interrupted work leave behind? Deletions are finished, forgotten files removed, losses reported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings

from assets.documents import Asset
from assets.queries.addresses import FILE_PLACES, store_of
from assets.services.deletion import files_of, finish_deletion
from assets.storage.base import AssetStore, FoundFile
from storycore.errors import Unavailable
from storycore.mongo.documents import now
from storycore.mongo.writing import stored

# Longer than any upload takes: a younger file may belong to a record that is just being written.
GRACE = timedelta(days=1)
_BATCH = 200


@dataclass
class SweepReport:
    """What a sweep found; in a dry run nothing of it was done.

    `finished` deletions, `postponed` ones whose file the store did not remove, keys of `forgotten` files,
    ids of assets that are `missing` their file (their records stay: a backup may bring the file back), and
    how many `unfinished` writes were thrown away.
    """

    finished: list[str] = field(default_factory=list)
    postponed: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unfinished: int = 0


def sweep_assets(*, dry_run: bool = False, grace: timedelta = GRACE) -> SweepReport:
    """Finish marked deletions and remove files that no record knows and that are older than `grace`.

    Every step may be repeated and interrupted. Raises StorageUnavailable when a store cannot be listed.
    """
    report = SweepReport()
    _finish_deletions(report, dry_run=dry_run)
    before = now() - grace
    for name in settings.ASSET_STORES:
        store = store_of(name)
        _remove_forgotten(store, before, report, dry_run=dry_run)
        if not dry_run:
            report.unfinished += store.discard_unfinished(before)
    _find_missing(report)
    return report


def _finish_deletions(report: SweepReport, *, dry_run: bool) -> None:
    for row in stored(Asset).find({"deleting": True}, {"_id": 1}):
        key = str(row["_id"])
        if dry_run:
            report.finished.append(key)
            continue
        try:
            finish_deletion(row["_id"])
        except Unavailable:
            report.postponed.append(key)
        else:
            report.finished.append(key)


def _remove_forgotten(
    store: AssetStore, before: datetime, report: SweepReport, *, dry_run: bool
) -> None:
    cursor: str | None = None
    while True:
        page = store.list(cursor=cursor, limit=_BATCH)
        old = [found for found in page.files if found.modified_at < before]
        known = _known_keys(found.file.key for found in old)
        for found in old:
            if found.file.key not in known:
                _forget(store, found, report, dry_run=dry_run)
        cursor = page.cursor
        if cursor is None:
            return


def _forget(store: AssetStore, found: FoundFile, report: SweepReport, *, dry_run: bool) -> None:
    report.forgotten.append(found.file.key)
    if not dry_run:
        store.delete(found.file)


def _known_keys(keys: Iterable[str]) -> set[str]:
    wanted = list(keys)
    if not wanted:
        return set()
    places = [{place: {"$in": wanted}} for place in FILE_PLACES]
    return {file.key for row in stored(Asset).find({"$or": places}) for file in files_of(row)}


def _find_missing(report: SweepReport) -> None:
    for row in stored(Asset).find({"deleting": {"$ne": True}, "file": {"$ne": None}}, {"file": 1}):
        for file in files_of(row):
            if not store_of(file.backend).exists(file):
                report.missing.append(str(row["_id"]))
