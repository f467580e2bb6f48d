"""Cancelling, trying again, repeating and choosing: what is final never changes."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from assets.documents import Asset
from assets.queries.addresses import store_of
from generation.documents import Job
from generation.errors import JobFinished, JobNotFailed, PromptRefused, ProviderUnknown, QueueFull
from generation.running import checkpoints
from generation.running.cancelling import cancel_at_provider
from generation.running.ending import announce, cancel
from generation.running.stepping import advance_next
from generation.running.sweeping import forget_unused_bytes, sweep_jobs
from generation.services.jobs import (
    cancel_job,
    change_priority,
    choose_take,
    delete_finished_jobs,
    rerun_job,
    retry_job,
)
from generation.services.orders import NewMedia, order_media
from generation.services.scene_media import generate_scene_media
from storycore.access import Actor
from storycore.errors import Forbidden, InvalidInput, NotFound
from storycore.mongo.connection import database
from storycore.mongo.reading import count_where
from storycore.mongo.writing import stored
from tests.factories import a_scenario, a_scene
from tests.fakes.provider_server import ProviderServer
from tests.generation.conftest import MOCKED, Run, configured, the_job


def ordered(actor: Actor, prompt: str = "a bell", **options: Any) -> Any:
    return order_media(actor, NewMedia("image", prompt, **options))


def test_a_waiting_job_is_cancelled_for_good(owner: Actor, mocked: None, run_jobs: Run) -> None:
    key = ordered(owner)

    cancel_job(owner, key)

    run_jobs()
    assert (the_job(key)["status"], the_job(key)["attempts"]) == ("cancelled", 0)
    assert count_where(Asset, {}) == 0
    with pytest.raises(JobFinished):
        cancel_job(owner, key)


def test_a_job_that_is_cancelled_while_it_is_made_makes_no_asset(
    owner: Actor, run_jobs: Run, own_network: ProviderServer, settings: Any
) -> None:
    settings.PROVIDERS = configured("http", own_network, timeout_seconds=10.0)
    key = ordered(owner, "a bell as bytes fault:slow")
    worker = threading.Thread(target=advance_next, args=(["media"],))
    worker.start()
    while not own_network.ledger.requests:
        pass

    cancel_job(owner, key)
    worker.join()

    assert the_job(key)["status"] == "cancelled"
    assert count_where(Asset, {}) == 0
    assert database()["staged.files"].count_documents({}) == 0


def test_cancelling_reaches_a_provider_that_can(
    owner: Actor, run_jobs: Run, own_network: ProviderServer, settings: Any
) -> None:
    settings.PROVIDERS = configured("replicate", own_network, api_key="r8_x", poll_seconds=60.0)
    key = ordered(owner)
    run_jobs()
    cancel_job(owner, key)

    cancel_at_provider(key)

    assert len(own_network.ledger.cancels) == 1
    assert "told to stop" in the_job(key)["lines"][-1]["text"]


def test_a_run_that_began_while_its_job_was_cancelled_is_stopped_too(
    owner: Actor, run_jobs: Run, own_network: ProviderServer, settings: Any
) -> None:
    settings.PROVIDERS = configured("replicate", own_network, api_key="r8_test")
    key = ordered(owner)

    def cancel_meanwhile(moment: str) -> None:
        if moment == "answered":
            cancel_job(owner, key)

    checkpoints.LISTENERS.append(cancel_meanwhile)
    try:
        run_jobs()
    finally:
        checkpoints.LISTENERS.remove(cancel_meanwhile)

    assert the_job(key)["status"] == "cancelled"
    assert own_network.ledger.cancels == list(own_network.ledger.runs)
    assert len(own_network.ledger.runs) == 1
    assert the_job(key)["lines"][-1]["text"].startswith("The provider was told to stop")


def test_a_failed_job_is_ordered_again_as_a_new_one(
    owner: Actor, mocked: None, run_jobs: Run
) -> None:
    scene = a_scene(owner, a_scenario(owner))
    key = ordered(owner, "mock:fail a bell", scene=scene)
    run_jobs()

    again = retry_job(owner, key)

    assert again != key
    assert the_job(key)["status"] == "failed"
    assert (the_job(again)["status"], the_job(again)["scene"]) == ("queued", scene)
    with pytest.raises(JobNotFailed):
        retry_job(owner, again)


def test_bytes_that_were_paid_for_are_only_stored_when_the_store_is_back(
    owner: Actor, run_jobs: Run, own_network: ProviderServer, settings: Any, tmp_path: Any
) -> None:
    settings.PROVIDERS = configured("http", own_network, costs=True)
    settings.GENERATION_MAX_RETRIES = 1
    blocked = tmp_path / "files"
    blocked.mkdir()
    (blocked / "image").write_bytes(b"")
    settings.ASSET_STORES = {"local": {"root": blocked}}
    store_of.cache_clear()
    key = ordered(owner, "a bell as bytes")

    run_jobs()
    failed = the_job(key)
    assert (failed["status"], failed["retry_count"]) == ("failed", 1)
    assert own_network.charges("a bell as bytes") == 1
    (blocked / "image").unlink()
    again = retry_job(owner, key)
    run_jobs()

    assert the_job(again)["status"] == "completed"
    assert own_network.charges("a bell as bytes") == 1
    store_of.cache_clear()


def test_a_take_is_chosen_for_a_scene(owner: Actor, mocked: None, run_jobs: Run) -> None:
    scene = a_scene(owner, a_scenario(owner))
    first = ordered(owner, scene=scene, seed=5)
    run_jobs()
    take = rerun_job(owner, first)
    run_jobs()

    assert database()["scenes"].find_one({"_id": scene})["image"] == the_job(first)["asset"]  # type: ignore[index]
    assert (the_job(take)["take_of"], the_job(take)["seed"]) == (first, 5)
    choose_take(owner, take, scene, None)
    assert database()["scenes"].find_one({"_id": scene})["image"] == the_job(take)["asset"]  # type: ignore[index]


def test_a_finished_picture_comes_into_its_scene(owner: Actor, mocked: None, run_jobs: Run) -> None:
    scene = a_scene(owner, a_scenario(owner))
    key = ordered(owner, scene=scene)

    run_jobs()

    assert database()["scenes"].find_one({"_id": scene})["image"] == the_job(key)["asset"]  # type: ignore[index]
    assert the_job(key)["announced"] is True


def test_an_end_that_nobody_was_told_of_is_told_by_the_sweep(
    owner: Actor, mocked: None, run_jobs: Run
) -> None:
    scene = a_scene(owner, a_scenario(owner))
    key = ordered(owner, scene=scene)
    run_jobs()
    # As if the worker had died between the end and the telling.
    stored(Job).update_one(
        {"_id": key},
        [{"$set": {"announced": False, "finished_at": {"$subtract": ["$$NOW", 60_000]}}}],
    )
    database()["scenes"].update_one({"_id": scene}, {"$set": {"image": None}})

    done = sweep_jobs(lambda _queue: 0)

    assert done.announced == 1
    assert database()["scenes"].find_one({"_id": scene})["image"] == the_job(key)["asset"]  # type: ignore[index]


def test_the_sweep_wakes_only_for_what_no_message_waits(owner: Actor, mocked: None) -> None:
    for _ in range(3):
        ordered(owner)

    assert sweep_jobs(lambda _queue: 3).woken == 0


def test_telling_twice_is_the_same_as_once(owner: Actor, mocked: None, run_jobs: Run) -> None:
    key = ordered(owner)
    run_jobs()
    before = the_job(key)

    announce(key)

    assert the_job(key) == before


def test_a_cancelled_parent_takes_its_children_along(owner: Actor, mocked: None) -> None:
    parent, other = ordered(owner), ordered(owner)
    child = ordered(owner, parent=parent)

    cancel({"_id": parent})

    assert [the_job(one)["status"] for one in (parent, child, other)] == [
        "cancelled",
        "cancelled",
        "queued",
    ]


@pytest.mark.parametrize("act", [cancel_job, retry_job, rerun_job])
def test_a_job_is_its_owners_own(owner: Actor, stranger: Actor, mocked: None, act: Any) -> None:
    key = ordered(owner)
    before = the_job(key)

    with pytest.raises(NotFound):
        act(stranger, key)

    assert the_job(key) == before


def test_the_same_order_is_one_job(owner: Actor, stranger: Actor, mocked: None) -> None:
    first, second = (ordered(owner, idempotency_key="k1") for _ in range(2))

    assert first == second
    assert ordered(stranger, idempotency_key="k1") != first


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"prompt": "   "}, "prompt"),
        ({"prompt": "x" * 10_001}, "prompt"),
        ({"parameters": {"width": 63}}, "width"),
        ({"parameters": {"height": 2_049}}, "height"),
        ({"parameters": {"speed": 9.0}}, "speed"),
        ({"parameters": {"style": "x" * 81}}, "style"),
        ({"seed": -1}, "seed"),
        ({"priority": 11}, "priority"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(
    owner: Actor, mocked: None, options: dict[str, Any], field: str
) -> None:
    given = {"prompt": "a bell", **options}

    with pytest.raises(InvalidInput) as refusal:
        ordered(owner, **given)

    assert refusal.value.field == field
    assert count_where(Job, {}) == 0


def test_an_unknown_provider_is_refused_with_the_known_ones(owner: Actor, mocked: None) -> None:
    with pytest.raises(ProviderUnknown, match="mock"):
        ordered(owner, provider="dall-e")


def test_a_strangers_scene_gets_nothing(owner: Actor, stranger: Actor, mocked: None) -> None:
    scene = a_scene(owner, a_scenario(owner, is_published=True))

    with pytest.raises(Forbidden):
        ordered(stranger, scene=scene)


@pytest.mark.parametrize("prompt", ["a Gun", "A GÜN", "a g\u200bun", "the  gun!"])
def test_forbidden_words_are_found_in_their_disguises(
    owner: Actor, mocked: None, settings: Any, prompt: str
) -> None:
    settings.PROMPT_DENY_LIST = ["gun", "two words"]

    with pytest.raises(PromptRefused):
        ordered(owner, prompt)


@pytest.mark.parametrize("prompt", ["a gunner", "shogun", "two  other words"])
def test_words_within_words_are_let_pass(
    owner: Actor, mocked: None, settings: Any, prompt: str
) -> None:
    settings.PROMPT_DENY_LIST = ["gun", "two words"]

    assert ordered(owner, prompt)


def test_too_many_open_jobs_are_refused(owner: Actor, mocked: None, settings: Any) -> None:
    settings.GENERATION_OPEN_JOBS_MAX = 2
    ordered(owner)
    ordered(owner)

    with pytest.raises(QueueFull):
        ordered(owner)


def test_old_jobs_and_forgotten_bytes_go(owner: Actor, mocked: None, run_jobs: Run) -> None:
    key = ordered(owner)
    run_jobs()
    asset = the_job(key)["asset"]

    assert delete_finished_jobs(1) == 0
    assert delete_finished_jobs(-1, dry_run=True) == 1
    assert delete_finished_jobs(-1) == 1

    assert count_where(Job, {}) == 0
    assert count_where(Asset, {"_id": asset}) == 1
    assert forget_unused_bytes() == 0


def test_priority_is_changed_within_its_range(owner: Actor, mocked: None) -> None:
    key = ordered(owner)

    change_priority(owner, key, 1)

    assert the_job(key)["priority"] == 1
    with pytest.raises(InvalidInput):
        change_priority(owner, key, 0)


def test_a_whole_scenario_gets_what_it_lacks(owner: Actor, mocked: None, run_jobs: Run) -> None:
    scenario = a_scenario(owner)
    scenes = [a_scene(owner, scenario, order=n) for n in range(3)]
    first = ordered(owner, scene=scenes[0])
    run_jobs()

    requests = generate_scene_media(owner, scenario=scenario, fields=("image", "sound"))
    run_jobs()

    assert len(requests) == 5
    for row in database()["scenes"].find({"scenario": scenario}):
        assert row["image"]
        assert row["sound"]
    assert database()["scenes"].find_one({"_id": scenes[0]})["image"] == the_job(first)["asset"]  # type: ignore[index]
    assert generate_scene_media(owner, scenario=scenario) == []


def test_what_is_being_made_already_is_not_ordered_again(
    owner: Actor, mocked: None, run_jobs: Run
) -> None:
    scenario = a_scenario(owner)
    a_scene(owner, scenario)
    first = generate_scene_media(owner, scenario=scenario)

    again = generate_scene_media(owner, scenario=scenario, fields=("image", "image", "sound"))
    anew = generate_scene_media(owner, scenario=scenario, fields=("image",), only_missing=False)

    assert [one.job for one in again] == [one.job for one in first]
    assert {one.message for one in again} == {"It is being made already."}
    assert anew[0].job not in {one.job for one in first}


def test_a_seed_that_was_drawn_is_kept_and_another_take_may_have_another(
    owner: Actor, run_jobs: Run, settings: Any
) -> None:
    settings.PROVIDERS = {"image": {"local": {"BACKEND": "local", "OPTIONS": {}}}}
    first = ordered(owner)
    run_jobs()
    same, other = rerun_job(owner, first), rerun_job(owner, first, seed=9)
    run_jobs()

    seeds = [the_job(key)["seed"] for key in (first, same, other)]
    assert isinstance(seeds[0], int)
    assert seeds == [seeds[0], seeds[0], 9]
    files = {
        database()["assets"].find_one({"_id": the_job(key)["asset"]})["metadata"]["sha256"]  # type: ignore[index]
        for key in (first, other)
    }
    assert len(files) == 2
    with pytest.raises(InvalidInput):
        rerun_job(owner, first, seed=-1)


def test_an_asset_says_which_model_made_it_also_when_nobody_named_one(
    owner: Actor, run_jobs: Run, own_network: ProviderServer, settings: Any
) -> None:
    settings.PROVIDERS = configured(
        "huggingface", own_network, api_key="hf_test", image_model="some/model"
    )
    key = ordered(owner)

    run_jobs()

    asset = database()["assets"].find_one({"_id": the_job(key)["asset"]})
    assert asset is not None
    assert (the_job(key)["model"], asset["metadata"]["model"]) == ("some/model", "some/model")
    assert "Asking huggingface (some/model)." in [line["text"] for line in the_job(key)["lines"]]


def test_mock_mode_stands_in_for_whoever_is_named(
    owner: Actor, run_jobs: Run, settings: Any
) -> None:
    settings.STORYCORE_MOCK = True
    new = NewMedia("image", "a bell", provider="replicate", model="recraft-ai/recraft-v3")
    key = order_media(owner, new)

    run_jobs()

    assert (the_job(key)["status"], the_job(key)["provider"]) == ("completed", "mock")


def test_the_fallback_is_the_settings_choice(owner: Actor, settings: Any, content: None) -> None:
    settings.PROVIDERS = {"image": {**MOCKED, "local": {"BACKEND": "local", "OPTIONS": {}}}}
    both = the_job(ordered(owner))["providers"]
    settings.GENERATION_FALLBACK = False

    assert both == ["mock", "local"]
    assert the_job(ordered(owner))["providers"] == ["mock"]
