"""Which jobs have changed, and who is told? Their owner and admins."""

from __future__ import annotations

from collections.abc import Iterable

from generation.documents import Job
from storycore.access import Actor, is_owner
from storycore.mongo.reading import Row
from storycore.mongo.relating import RowBy
from storycore.mongo.sources import Channel, RowSource

any_job_by_id = RowBy(Job)
"""Jobs by id for the source of changes, which asks for each event who may see it."""


def may_see_job(actor: Actor, row: Row) -> bool:
    """The Python form of the filter of generation.queries.jobs."""
    return is_owner(actor, row.get("owner"))


def _groups(row: Row) -> Iterable[Channel]:
    """The jobs of an owner, of a scenario, of a project."""
    for name in ("owner", "scenario", "project"):
        if row.get(name) is not None:
            yield name, str(row[name])


JOB_CHANGES = RowSource(rows=any_job_by_id, may_read=may_see_job, groups=_groups)
"""Changed jobs; its channels are their ids, and (name, id) of an owner, a scenario or a project."""
