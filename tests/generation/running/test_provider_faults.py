"""Every fault of a provider ends in the class, code, retries and charges that the contract asks for."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import pytest
from bson import ObjectId

from assets.documents import Asset
from generation.providers.failures import Busy
from generation.queries.health import health_of
from generation.running.health import note_failure, rest_seconds
from generation.services.orders import NewMedia, order_media
from storycore.access import Actor
from storycore.mongo.connection import database
from storycore.mongo.reading import count_where
from tests.fakes.provider_server import ProviderServer
from tests.generation.conftest import Run, configured, the_job

TOO_LARGE_BYTES = 1_000_000


@dataclass(frozen=True)
class Case:
    """A fault with what follows: the end of the job, its code, its retries, and what was charged."""

    fault: str
    status: str = "failed"
    code: str | None = None
    retries: int = 0
    charges: int = 0


# The provider of these cases honours idempotency keys: whatever happens, one order is charged once.
CASES = (
    Case("400", code="PROVIDER_WRONG_INPUT"),
    Case("401", code="PROVIDER_BAD_KEY"),
    Case("402", code="PROVIDER_OUT_OF_CREDIT"),
    Case("403", code="PROVIDER_BAD_KEY"),
    Case("404", code="PROVIDER_GONE"),
    Case("410", code="PROVIDER_GONE"),
    Case("413", code="PROVIDER_WRONG_INPUT"),
    Case("422", code="PROVIDER_WRONG_INPUT"),
    Case("refused", code="PROVIDER_CONTENT_REFUSED"),
    Case("429-bare", code="PROVIDER_BUSY", retries=3),
    Case("500", code="PROVIDER_BUSY", retries=3),
    Case("html-503", code="PROVIDER_BUSY", retries=3),
    Case("503*1", status="completed", retries=1, charges=1),
    Case("408*2", status="completed", retries=2, charges=1),
    Case("timeout*1", status="completed", retries=1, charges=1),
    Case("reset*1", status="completed", retries=1, charges=1),
    Case("slow*1", status="completed", retries=1, charges=1),
    Case("truncated*1", status="completed", retries=1, charges=1),
    Case("reset-midway*1", status="completed", retries=1, charges=1),
    Case("wrong-type", code="BAD_PROVIDER_OUTPUT", charges=1),
    Case("html-200", code="BAD_PROVIDER_OUTPUT", charges=1),
    Case("empty", code="BAD_PROVIDER_OUTPUT", charges=1),
    Case("garbage", code="BAD_PROVIDER_OUTPUT", charges=1),
    Case("huge", code="BAD_PROVIDER_OUTPUT", charges=1),
    Case("bomb", code="BAD_PROVIDER_OUTPUT", charges=1),
    Case("svg", code="BAD_PROVIDER_OUTPUT", charges=1),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fault)
def test_a_fault_ends_as_the_contract_says(
    owner: Actor, run_jobs: Run, own_network: ProviderServer, settings: Any, case: Case
) -> None:
    settings.PROVIDERS = configured("http", own_network, costs=True, max_bytes=TOO_LARGE_BYTES)
    prompt = f"a bell as bytes fault:{case.fault}"
    key = order_media(owner, NewMedia("image", prompt))

    run_jobs()

    job = the_job(key)
    assert (job["status"], job.get("error_code"), job["retry_count"]) == (
        case.status,
        case.code,
        case.retries,
    )
    assert own_network.charges(prompt) == case.charges
    made = 1 if case.status == "completed" else 0
    assert count_where(Asset, {"uploaded_by": owner.user_id}) == made
    assert "sk-live" not in str(job)


def test_what_a_provider_asks_to_wait_is_waited_without_a_worker(
    owner: Actor, run_jobs: Run, own_network: ProviderServer, settings: Any
) -> None:
    settings.PROVIDERS = configured("http", own_network)
    key = order_media(owner, NewMedia("image", "a bell as bytes fault:429*1"))
    begun = time.monotonic()

    run_jobs()

    waiting = the_job(key)
    assert time.monotonic() - begun < 1.5
    assert (waiting["status"], waiting["retry_count"]) == ("queued", 1)
    assert (waiting["next_attempt_at"] - waiting["updated_at"]).total_seconds() >= 2.0
    while the_job(key)["status"] == "queued" and time.monotonic() - begun < 10:
        run_jobs()
        time.sleep(0.1)
    assert the_job(key)["status"] == "completed"
    assert time.monotonic() - begun >= 2.0


def test_a_paid_call_without_an_answer_is_not_sent_again(
    owner: Actor, run_jobs: Run, own_network: ProviderServer, settings: Any
) -> None:
    """Hugging Face knows no idempotency keys: nobody can tell whether the second call pays twice."""
    settings.PROVIDERS = configured(
        "huggingface", own_network, api_key="hf_test", image_model="m/x"
    )
    key = order_media(owner, NewMedia("image", "a bell fault:reset"))

    run_jobs()

    job = the_job(key)
    assert (job["status"], job["error_code"]) == ("failed", "PROVIDER_UNKNOWN_AFTER_SEND")
    assert own_network.charges("a bell fault:reset") == 1


def test_a_worker_that_died_in_a_paid_call_does_not_pay_again(
    owner: Actor, run_jobs: Run, own_network: ProviderServer, settings: Any
) -> None:
    settings.PROVIDERS = configured(
        "huggingface", own_network, api_key="hf_test", image_model="m/x"
    )
    key = order_media(owner, NewMedia("image", "a bell"))
    # What a worker leaves behind that was killed between the call and its answer.
    call = {"method": "POST", "url": f"{own_network.url}/hf-inference/models/m/x", "paid": True}
    database()["jobs"].update_one(
        {"_id": key}, {"$set": {"work": {"call": call, "stage": "create", "sent": True}}}
    )

    run_jobs()

    assert (the_job(key)["status"], the_job(key)["error_code"]) == (
        "failed",
        "PROVIDER_UNKNOWN_AFTER_SEND",
    )
    assert own_network.ledger.requests == []


@pytest.mark.parametrize("fault", ["redirect", "redirect-loop"])
def test_a_call_with_a_key_follows_no_redirect(
    owner: Actor, run_jobs: Run, own_network: ProviderServer, settings: Any, fault: str
) -> None:
    settings.PROVIDERS = configured("http", own_network)
    key = order_media(owner, NewMedia("image", f"a bell fault:{fault}"))

    run_jobs()

    assert (the_job(key)["status"], the_job(key)["error_code"]) == (
        "failed",
        "PROVIDER_RESULT_GONE",
    )


def test_a_refused_tls_connection_is_tried_again(
    owner: Actor, run_jobs: Run, own_network: ProviderServer, settings: Any
) -> None:
    # The server speaks no TLS, so the handshake fails before anything is sent.
    address = own_network.url.replace("http://", "https://")
    settings.PROVIDERS = configured("http", own_network, base_url=address, costs=True)
    key = order_media(owner, NewMedia("image", "a bell"))

    run_jobs()

    job = the_job(key)
    assert (job["status"], job["error_code"], job["retry_count"]) == ("failed", "PROVIDER_BUSY", 3)
    assert "TLS" in job["error_message"]


def test_a_run_that_takes_long_holds_no_worker(
    owner: Actor, run_jobs: Run, own_network: ProviderServer, settings: Any
) -> None:
    settings.PROVIDERS = configured(
        "replicate",
        own_network,
        api_key="r8_test",
        poll_seconds=0.2,
        result_hosts=[own_network.url.removeprefix("http://")],
    )
    key = order_media(owner, NewMedia("image", "a bell"))

    assert run_jobs() == 1
    waiting = the_job(key)
    assert waiting["status"] == "processing"
    assert waiting["work"]["provider_ref"] in own_network.ledger.runs
    end = time.monotonic() + 10
    while the_job(key)["status"] == "processing" and time.monotonic() < end:
        run_jobs()
        time.sleep(0.05)

    job = the_job(key)
    assert (job["status"], job["attempts"]) == ("completed", 1)
    assert own_network.charges("a bell") == 1
    # Looking again is no news: the log stays short however long it takes.
    asked = [line["text"] for line in job["lines"] if line["text"].startswith("Asking")]
    assert len(asked) <= 3


def test_the_next_provider_takes_over_when_money_is_out(
    owner: Actor, run_jobs: Run, own_network: ProviderServer, settings: Any
) -> None:
    paid = configured("http", own_network)["image"]
    settings.PROVIDERS = {
        "image": {**paid, "mock": {"BACKEND": "mock", "OPTIONS": {"step_seconds": 0.0}}}
    }
    key = order_media(owner, NewMedia("image", "a bell fault:402"))

    run_jobs()

    job = the_job(key)
    assert (job["status"], job["provider"]) == ("completed", "mock")
    assert any("Going on with mock" in line["text"] for line in job["lines"])


def test_a_provider_that_was_asked_for_by_name_is_not_replaced(
    owner: Actor, run_jobs: Run, own_network: ProviderServer, settings: Any
) -> None:
    paid = configured("http", own_network)["image"]
    settings.PROVIDERS = {"image": {**paid, "mock": {"BACKEND": "mock", "OPTIONS": {}}}}
    key = order_media(owner, NewMedia("image", "a bell fault:402", provider="http"))

    run_jobs()

    assert (the_job(key)["status"], the_job(key)["provider"]) == ("failed", "http")


def test_a_provider_that_fails_on_end_is_left_alone(
    owner: Actor, run_jobs: Run, own_network: ProviderServer, settings: Any
) -> None:
    settings.PROVIDERS = configured("http", own_network)
    settings.PROVIDER_CIRCUIT_FAILURES = 2
    settings.GENERATION_MAX_RETRIES = 1
    first: ObjectId = order_media(owner, NewMedia("image", "a bell fault:500"))
    run_jobs()
    asked = len(own_network.ledger.requests)

    second = order_media(owner, NewMedia("image", "a horn as bytes"))
    run_jobs()

    assert the_job(first)["status"] == "failed"
    assert len(own_network.ledger.requests) == asked
    assert the_job(second)["next_attempt_at"] is not None
    assert (the_job(second)["error_code"], the_job(second)["retry_count"]) == (
        "PROVIDER_RESTING",
        0,
    )


def test_while_a_provider_rests_the_next_one_does_it_at_once(
    owner: Actor, run_jobs: Run, own_network: ProviderServer, settings: Any
) -> None:
    resting = configured("http", own_network)["image"]
    settings.PROVIDERS = {
        "image": {**resting, "mock": {"BACKEND": "mock", "OPTIONS": {"step_seconds": 0.0}}}
    }
    settings.PROVIDER_CIRCUIT_FAILURES = 1
    for _failure in range(2):
        note_failure("http", own_network.url.removeprefix("http://"), Busy("down"))
    key = order_media(owner, NewMedia("image", "a bell as bytes"))

    run_jobs()

    assert (the_job(key)["status"], the_job(key)["provider"]) == ("completed", "mock")
    assert own_network.ledger.requests == []


def test_a_host_of_results_that_fails_leaves_the_provider_itself_alone(
    owner: Actor, run_jobs: Run, own_network: ProviderServer, settings: Any
) -> None:
    note_failure("http", "results.example.org", Busy("down"))
    settings.PROVIDER_CIRCUIT_FAILURES = 1
    note_failure("http", "results.example.org", Busy("down"))
    settings.PROVIDERS = configured("http", own_network)

    key = order_media(owner, NewMedia("image", "a bell as bytes"))
    run_jobs()

    assert rest_seconds("http", "results.example.org") > 0
    assert the_job(key)["status"] == "completed"
    assert health_of(["http"])["http"].status == "resting"
