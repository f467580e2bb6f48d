"""How much is there, and how busy are the workers? The figures of a dashboard."""

from __future__ import annotations

from assets.queries.assets import storage_used
from generation.queries.jobs import job_stats
from projects.videos.documents import VideoProject
from projects.videos.queries.projects import visible
from storycore.access import Actor, require_login
from storycore.mongo.reading import Row, aggregated


def studio_stats(actor: Actor) -> Row:
    """Of the actor's own, for an admin of everybody's; today is the UTC day. Four commands.

    A shot is a picture that a project plans or has. Raises Unauthenticated.
    """
    require_login(actor)
    pictures = {"$size": {"$ifNull": ["$images", []]}}
    total = {"_id": None, "projects": {"$sum": 1}, "shots": {"$sum": pictures}}
    rows = aggregated(VideoProject, [{"$match": visible(actor)}, {"$group": total}])
    counted = rows[0] if rows else {"projects": 0, "shots": 0}
    jobs, files = job_stats(actor), storage_used(actor)
    return {
        "total_projects": counted["projects"],
        "total_shots": counted["shots"],
        "total_assets": files["count"],
        "storage_used_mb": round(files["bytes"] / 1e6, 3),
        "active_jobs": jobs["queued"] + jobs["processing"],
        "queued_jobs": jobs["queued"],
        "processing_jobs": jobs["processing"],
        "completed_jobs_today": jobs["completed_today"],
        "failed_jobs_today": jobs["failed_today"],
        "cancelled_jobs_today": jobs["cancelled_today"],
    }
