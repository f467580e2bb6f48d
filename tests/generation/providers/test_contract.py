"""What holds for every provider of the table, and for every one that is added to it."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generation.providers import PROVIDERS
from generation.providers.base import (
    CREATE,
    DOWNLOAD,
    POLL,
    RESULT,
    TASKS,
    Media,
    Next,
    Order,
    Provider,
    Reply,
    Task,
    Text,
    host_of,
    may_carry_key,
)
from generation.providers.failures import (
    BadKey,
    BadOutput,
    Busy,
    ContentRefused,
    Gone,
    NotStarted,
    OutOfCredit,
    ProviderFailure,
    ResultGone,
    RunFailed,
    StoppedThere,
    TooManyAtOnce,
    WrongInput,
)
from generation.providers.options import provider_kind
from tests.fakes.provider_server import ProviderServer
from tests.generation.providers.driving import MAX_CALLS, made, opened, sent, stored

ALIVE = tuple(name for name in PROVIDERS if name != "playht")
REMOTE = tuple(name for name in ALIVE if name != "mock")
WITH_RUNS = ("fal", "replicate", "comfyui")
PARAMETERS: dict[str, Any] = {
    "negative_prompt": "fog", "width": 640, "height": 480, "seed": 7, "style": "ink", "voice": "nova",
    "language": "en", "speed": 1.1, "pitch": 1.2, "duration_seconds": 5, "system": "Be brief.",
    "max_tokens": 99, "temperature": 0.5, "format": "mp3",
}  # fmt: skip
PAIRS = [
    (name, task) for name in ALIVE for task in opened(name, "http://127.0.0.1:1").offers().tasks
]


def first_task(provider: Provider) -> Task:
    return provider.offers().tasks[0]


@pytest.mark.parametrize("name", ALIVE)
def test_what_it_offers_is_complete(name: str) -> None:
    offers = opened(name, "http://127.0.0.1:1").offers()

    assert offers.tasks
    assert set(offers.tasks) <= set(TASKS)
    assert (
        set(offers.models) == set(offers.cost_units) == set(offers.parameters) == set(offers.tasks)
    )
    assert all(models and all(models) for models in offers.models.values())
    assert set(offers.cost_units.values()) <= {
        "picture", "character", "second", "token", "run", "nothing",
    }  # fmt: skip
    assert set(offers.max_prompt_characters) <= set(offers.tasks)
    assert {one for names in offers.parameters.values() for one in names} <= set(PARAMETERS)


@pytest.mark.parametrize("name", ALIVE)
def test_every_option_says_what_it_means_and_has_its_own_default(name: str) -> None:
    for item in fields(provider_kind(name)):
        assert item.metadata["means"].endswith("."), item.name
        assert item.repr is not item.metadata["secret"], item.name
        assert (
            item.default is not MISSING
            or item.default_factory is not MISSING
            or item.name
            in (
                "api_key",
                "base_url",
            )
        )


@pytest.mark.parametrize("name", ALIVE)
def test_it_cannot_be_changed(name: str) -> None:
    provider = opened(name, "http://127.0.0.1:1")

    with pytest.raises(AttributeError):
        provider.name = "another"  # type: ignore[misc]


@pytest.mark.parametrize(("name", "task"), PAIRS)
def test_an_order_becomes_a_result_that_is_paid_once(
    name: str, task: Task, provider_server: ProviderServer
) -> None:
    provider = opened(name, provider_server.url)
    known = provider.offers().parameters[task]
    asked = {parameter: PARAMETERS[parameter] for parameter in known if parameter != "style"}
    order = Order(task, "a castle", asked, "job-1")

    journey = made(provider, order)

    if task == "text":
        assert isinstance(journey.result, Text)
        assert "a castle" in journey.result.text
    else:
        assert isinstance(journey.result, Media)
        assert journey.result.body
        # A picture inside JSON has no type of its own.
        told = journey.result.declared_type or "image/?"
        assert told.startswith("image/" if task == "image" else "audio/")
    if name != "mock":
        assert [(charge.task, charge.delivered) for charge in provider_server.ledger.charges] == [
            (task, 1)
        ]


@pytest.mark.parametrize(("name", "task"), PAIRS)
def test_the_same_order_gives_the_same_call(name: str, task: Task) -> None:
    provider = opened(name, "http://127.0.0.1:1")
    order = Order(task, "a castle", {}, "job-1")

    assert provider.request(order) == provider.request(order) == stored(provider.request(order))


@pytest.mark.parametrize("name", ALIVE)
def test_calls_hold_no_key_and_have_limits(name: str, provider_server: ProviderServer) -> None:
    provider = opened(name, provider_server.url)

    for call in made(provider, Order(first_task(provider), "a castle", {}, "job-1")).calls:
        shown = json.dumps(call.to_json())
        assert not any(secret in shown for secret in provider.secrets)
        assert 0 < call.timeout_seconds <= 600
        assert 0 < call.max_bytes <= 2**31


@pytest.mark.parametrize("name", REMOTE)
def test_the_key_goes_to_the_providers_host_and_nowhere_else(
    name: str, provider_server: ProviderServer
) -> None:
    provider = opened(name, provider_server.url)
    call = provider.request(Order(first_task(provider), "a castle", {}, "job-1"))

    assert host_of(call.url) in provider.hosts
    assert may_carry_key(provider, call)
    assert bool(provider.authorization()) == bool(provider.secrets)


@pytest.mark.parametrize("name", [name for name in REMOTE if name != "comfyui"])
def test_only_free_and_keyed_calls_are_safe_to_repeat(name: str) -> None:
    provider = opened(name, "http://127.0.0.1:1")
    call = provider.request(Order(first_task(provider), "a castle", {}, "job-1"))
    unit = provider.offers().cost_units[first_task(provider)]

    assert call.paid == (unit != "nothing")
    assert call.idempotent == provider.offers().idempotent


@pytest.mark.parametrize("name", ALIVE)
def test_what_is_no_order_is_refused_before_it_costs(name: str) -> None:
    provider = opened(name, "http://127.0.0.1:1")
    task = first_task(provider)
    unknown = next((one for one in TASKS if one not in provider.offers().tasks), None)

    # The mock stands in for every model there is.
    models = () if name == "mock" else ("another", 5)
    for order in (Order(task, " "), *(Order(task, "x", {"model": model}) for model in models)):
        with pytest.raises(WrongInput):
            provider.request(order)
    if unknown:
        with pytest.raises(WrongInput):
            provider.request(Order(unknown, "a castle"))


@pytest.mark.parametrize("name", [name for name in ALIVE if name not in ("coqui", "mock", "http")])
def test_an_order_may_name_another_model_of_the_settings(name: str) -> None:
    provider = opened(name, "http://127.0.0.1:1", other_models=["owner/another"])
    task = first_task(provider)

    call = provider.request(Order(task, "a castle", {"model": "owner/another"}))

    assert "owner/another" in call.url + json.dumps(call.to_json()["json"])


STATUS_FAULTS: list[tuple[str, type[ProviderFailure], float | None]] = [
    ("400", WrongInput, None), ("401", BadKey, None), ("402", OutOfCredit, None), ("403", BadKey, None),
    ("404", Gone, None), ("410", Gone, None), ("413", WrongInput, None), ("422", WrongInput, None),
    ("408", Busy, None), ("429", Busy, 2.0), ("429-bare", Busy, None), ("429-window", Busy, 56.0),
    ("500", Busy, None), ("502", Busy, None), ("503", Busy, None), ("504", Busy, None),
    ("html-500", Busy, None), ("html-503", Busy, None), ("quota", OutOfCredit, None),
]  # fmt: skip


@pytest.mark.parametrize("name", REMOTE)
def test_every_status_ends_in_its_class_and_costs_nothing(
    name: str, provider_server: ProviderServer
) -> None:
    provider = opened(name, provider_server.url)
    met: dict[str, tuple[type[ProviderFailure], float | None]] = {}

    for fault, *_ in STATUS_FAULTS:
        with pytest.raises(ProviderFailure) as failed:
            made(provider, Order(first_task(provider), f"a castle fault:{fault}", {}, fault))
        met[fault] = (type(failed.value), failed.value.retry_after_seconds)
        assert "sk-live-0123456789abcdef" not in failed.value.message

    assert met == {fault: (kind, wait) for fault, kind, wait in STATUS_FAULTS}
    assert provider_server.ledger.charges == []


@pytest.mark.parametrize(
    ("name", "fault", "kind"),
    [
        ("openai_compatible", "refused", ContentRefused),
        ("elevenlabs", "refused", ContentRefused),
        ("replicate", "refused", ContentRefused),
        ("elevenlabs", "429-crowd", TooManyAtOnce),
    ],
)
def test_faults_that_have_a_code(
    name: str, fault: str, kind: type[ProviderFailure], provider_server: ProviderServer
) -> None:
    provider = opened(name, provider_server.url)

    with pytest.raises(ProviderFailure) as failed:
        made(provider, Order(first_task(provider), f"a castle fault:{fault}"))

    assert type(failed.value) is kind


@pytest.mark.parametrize("name", REMOTE)
@pytest.mark.parametrize("fault", ["wrong-type", "html-200", "json-200", "empty"])
def test_what_is_no_media_is_refused(
    name: str, fault: str, provider_server: ProviderServer
) -> None:
    provider = opened(name, provider_server.url)

    with pytest.raises((BadOutput, RunFailed)):
        made(provider, Order(first_task(provider), f"a castle fault:{fault}"))

    assert len(provider_server.ledger.charges) == 1


@pytest.mark.parametrize("name", [name for name in REMOTE if name != "huggingface"])
def test_a_redirect_is_not_a_result(name: str, provider_server: ProviderServer) -> None:
    provider = opened(name, provider_server.url)

    with pytest.raises(BadOutput):
        made(provider, Order(first_task(provider), "a castle fault:redirect"))


@pytest.mark.parametrize("name", WITH_RUNS)
@pytest.mark.parametrize(
    ("fault", "kinds"),
    [
        ("404@deliver", {ResultGone}),
        ("403@deliver", {ResultGone}),
        ("503@deliver", {Busy}),
        ("503@poll", {Busy}),
        ("run-failed", {RunFailed}),
        ("run-refused", {ContentRefused}),
        ("run-canceled", {StoppedThere, RunFailed}),
        ("run-aborted", {NotStarted, RunFailed}),
    ],
)
def test_runs_that_end_badly(
    name: str, fault: str, kinds: set[type[ProviderFailure]], provider_server: ProviderServer
) -> None:
    provider = opened(name, provider_server.url)

    with pytest.raises(ProviderFailure) as failed:
        made(provider, Order("image", f"a castle fault:{fault}"))

    assert type(failed.value) in kinds
    assert len(provider_server.ledger.charges) == 1


@pytest.mark.parametrize("name", WITH_RUNS)
def test_a_run_can_be_stopped(name: str, provider_server: ProviderServer) -> None:
    provider = opened(name, provider_server.url)
    order = Order("image", "a castle")
    begun = provider.read(sent(provider, provider.request(order), {}), CREATE, order)
    assert isinstance(begun, Next)
    assert begun.provider_ref is not None
    stop = provider.cancel(begun.provider_ref)
    assert stop is not None

    assert sent(provider, stored(stop), {}).status < 300

    assert provider.offers().cancels
    assert provider_server.ledger.cancels == [provider_server.ledger.charges[0].id]
    with pytest.raises((StoppedThere, RunFailed)):
        provider.read(sent(provider, begun.call, {}), begun.stage, order)


@pytest.mark.parametrize("name", [name for name in ALIVE if name not in (*WITH_RUNS, "mock")])
def test_what_cannot_be_stopped_says_so(name: str) -> None:
    provider = opened(name, "http://127.0.0.1:1")

    assert (provider.offers().cancels, provider.cancel("x")) == (False, None)


def test_a_result_at_a_private_address_is_marked_as_untrusted(
    provider_server: ProviderServer,
) -> None:
    provider = opened("replicate", provider_server.url)
    order = Order("image", "a castle fault:private-url")
    call, stage = provider.request(order), CREATE
    for _ in range(MAX_CALLS):
        answer = provider.read(sent(provider, call, {}), stage, order)
        assert isinstance(answer, Next)
        call, stage = answer.call, answer.stage
        if stage == DOWNLOAD:
            break

    assert call.url.startswith("http://169.254.169.254/")
    assert call.untrusted
    assert not may_carry_key(provider, call)
    assert call.allowed_hosts == ("replicate.delivery", ".replicate.delivery")


NAMES = st.sampled_from(
    ["id", "status", "output", "error", "images", "url", "data", "b64_json", "choices", "message", "content",
     "text", "prompt_id", "outputs", "response_url", "queue_position", "logs", "metrics", "usage", "seed",
     "step", "steps", "messages", "node_errors", "errors", "finish_reason", "refusal", "audio", "p1"]
)  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-5, 10**12)
    | st.floats(allow_nan=False)
    | st.text(max_size=12)
    | st.sampled_from(
        ["succeeded", "failed", "COMPLETED", "IN_QUEUE", "success", "p1", "https://x.org/requests/a",
         "http://[::1", "data:image/png;base64,", "data:,x", "execution_error"]
    )
)  # fmt: skip
ANSWERS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=25,
)


@pytest.mark.parametrize("name", REMOTE)
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    body=ANSWERS,
    status=st.sampled_from([200, 201, 202, 400, 404, 500]),
    stage=st.sampled_from([CREATE, POLL, RESULT, DOWNLOAD]),
    kind=st.sampled_from(["application/json", "image/png", ""]),
    task=st.sampled_from(TASKS),
)
def test_no_answer_breaks_a_reader(
    name: str, body: Any, status: int, stage: str, kind: str, task: Task
) -> None:
    provider = opened(name, "http://127.0.0.1:1")
    reply = Reply(
        status, {"content-type": kind}, json.dumps(body).encode(), "http://127.0.0.1:1/history/p1"
    )

    try:
        answer = provider.read(reply, stage, Order(task, "a castle"))
    except ProviderFailure:
        return

    assert isinstance(answer, Media | Text | Next)
    if isinstance(answer, Next):
        assert answer.call.untrusted or host_of(answer.call.url) in provider.hosts
