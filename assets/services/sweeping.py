"""What did interrupted work leave behind? Deletions are finished, forgotten files removed, losses reported."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings

from assets.documents import Asset
from assets.queries.addresses import store_of
from assets.queries.files import FILE_FIELDS, Spot, files_of, named_spots, spot_of
from assets.services.deletion import finish_deletion
from assets.storage.base import OUR_NAME, PAGE_FILES, AssetStore, FoundFile
from storycore.errors import Unavailable
from storycore.mongo.documents import now
from storycore.mongo.writing import stored

# Longer than any upload takes: a younger file may belong to a record that is just being written.
GRACE = timedelta(days=1)


@dataclass
class SweepReport:
    """What a sweep found; in a dry run nothing of it was done.

    `finished` deletions, `postponed` ones whose file the store did not remove, keys of `forgotten` files,
    ids of assets that are `missing` a file (their records stay: a backup may bring the file back), how many
    `unfinished` writes were thrown away, and names of stores that were `unreachable`.
    """

    finished: list[str] = field(default_factory=list)
    postponed: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unfinished: int = 0
    unreachable: list[str] = field(default_factory=list)


def sweep_assets(*, dry_run: bool = False, grace: timedelta = GRACE) -> SweepReport:
    """Finish marked deletions and remove files that no record knows and that are older than `grace`.

    Every step may be repeated and interrupted; a store that does not answer is passed over and named.
    """
    report = SweepReport()
    _finish_deletions(report, dry_run=dry_run)
    before = now() - grace
    seen: set[Spot] = set()
    for name in settings.ASSET_STORES:
        store = store_of(name)
        try:
            _remove_forgotten(store, before, report, seen, dry_run=dry_run)
            report.unfinished += store.discard_unfinished(before, dry_run=dry_run)
        except Unavailable:
            report.unreachable.append(name)
    _find_missing(report, seen)
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
    store: AssetStore, before: datetime, report: SweepReport, seen: set[Spot], *, dry_run: bool
) -> None:
    cursor: str | None = None
    while True:
        page = store.list(cursor=cursor, limit=PAGE_FILES)
        seen.update(spot_of(found.file) for found in page.files)
        old = [found for found in page.files if _is_old_and_ours(found, before)]
        named = named_spots([found.file for found in old])
        for found in old:
            if spot_of(found.file) not in named:
                report.forgotten.append(found.file.key)
                if not dry_run:
                    store.delete(found.file)
        cursor = page.cursor
        if cursor is None:
            return


def _is_old_and_ours(found: FoundFile, before: datetime) -> bool:
    return found.modified_at < before and OUR_NAME.fullmatch(found.file.key) is not None


def _find_missing(report: SweepReport, seen: set[Spot]) -> None:
    """Only files that no listing showed are asked for one by one: the store may charge for each question."""
    unknown = set(report.unreachable)
    for row in stored(Asset).find({"deleting": {"$ne": True}}, dict.fromkeys(FILE_FIELDS, 1)):
        wanted = [
            file
            for file in files_of(row)
            if spot_of(file) not in seen and file.backend not in unknown
        ]
        if not all(store_of(file.backend).exists(file) for file in wanted):
            report.missing.append(str(row["_id"]))
