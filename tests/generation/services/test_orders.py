"""Orders become jobs, and jobs become assets of their owner."""

from __future__ import annotations

from assets.documents import Asset
from generation.services.orders import NewMedia, order_media
from storycore.access import Actor
from storycore.mongo.reading import find_one
from tests.generation.conftest import Run, the_job


def test_an_order_is_written_before_anything_happens(owner: Actor, mocked: None) -> None:
    job = the_job(order_media(owner, NewMedia("image", "a lighthouse at night")))

    assert (job["status"], job["provider"], job["attempts"]) == ("queued", "mock", 0)
    assert job["owner"] == owner.user_id


def test_a_picture_becomes_an_asset(owner: Actor, mocked: None, run_jobs: Run) -> None:
    key = order_media(owner, NewMedia("image", "a lighthouse at night", seed=7))

    run_jobs()

    job = the_job(key)
    assert (job["status"], job["progress"], job.get("error_code")) == ("completed", 100, None)
    asset = find_one(Asset, {"_id": job["asset"]}, None)
    assert asset is not None
    facts = asset["metadata"]
    assert (facts["aiGenerated"], facts["provider"], facts["prompt"]) == (
        True,
        "mock",
        "a lighthouse at night",
    )
    assert asset["uploaded_by"] == owner.user_id
