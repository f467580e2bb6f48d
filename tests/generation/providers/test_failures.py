from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.providers.base import DOWNLOAD, Reply
from generation.providers.error_bodies import MAX_CHARACTERS, Said
from generation.providers.failures import (
    BadKey,
    BadOutput,
    Busy,
    ContentRefused,
    Gone,
    NotStarted,
    OutOfCredit,
    ProviderFailure,
    Resting,
    ResultGone,
    RunFailed,
    StoppedThere,
    TooManyAtOnce,
    UnknownAfterSend,
    WrongInput,
    failure_of,
    run_failure,
)
from storycore.errors import StoryCoreError
from tests.generation.providers.conftest import Recorded

KINDS = (
    WrongInput, ContentRefused, BadKey, OutOfCredit, Gone, Busy, TooManyAtOnce, Resting, NotStarted,
    UnknownAfterSend, BadOutput, ResultGone, RunFailed, StoppedThere,
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "code", "retryable", "tries_next", "marks_unhealthy"),
    [
        (WrongInput, "PROVIDER_WRONG_INPUT", False, False, False),
        (ContentRefused, "PROVIDER_CONTENT_REFUSED", False, False, False),
        (BadKey, "PROVIDER_BAD_KEY", False, True, True),
        (OutOfCredit, "PROVIDER_OUT_OF_CREDIT", False, True, True),
        (Gone, "PROVIDER_GONE", False, True, True),
        (Busy, "PROVIDER_BUSY", True, True, False),
        (TooManyAtOnce, "PROVIDER_TOO_MANY_AT_ONCE", True, True, False),
        (Resting, "PROVIDER_RESTING", True, True, False),
        (NotStarted, "PROVIDER_NOT_STARTED", True, True, False),
        (UnknownAfterSend, "PROVIDER_UNKNOWN_AFTER_SEND", False, False, False),
        (BadOutput, "BAD_PROVIDER_OUTPUT", False, True, False),
        (ResultGone, "PROVIDER_RESULT_GONE", False, True, False),
        (RunFailed, "PROVIDER_RUN_FAILED", False, True, False),
        (StoppedThere, "PROVIDER_STOPPED", False, False, False),
    ],
)
def test_what_follows_from_each_kind(
    kind: type[ProviderFailure],
    code: str,
    *,
    retryable: bool,
    tries_next: bool,
    marks_unhealthy: bool,
) -> None:
    assert (kind.code, kind.retryable, kind.tries_next, kind.marks_unhealthy) == (
        code,
        retryable,
        tries_next,
        marks_unhealthy,
    )
    assert issubclass(kind, StoryCoreError)


def test_only_what_never_began_starts_over() -> None:
    assert [kind for kind in KINDS if kind.starts_over] == [NotStarted]


def test_every_kind_has_its_own_code() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, WrongInput), (401, BadKey), (402, OutOfCredit), (403, BadKey), (404, Gone), (405, Gone),
        (406, WrongInput), (408, Busy), (409, WrongInput), (410, Gone), (413, WrongInput),
        (415, WrongInput), (418, WrongInput), (422, WrongInput), (425, Busy), (429, Busy), (500, Busy),
        (501, Gone), (502, Busy), (503, Busy), (504, Busy), (520, Busy), (529, Busy),
        (200, BadOutput), (204, BadOutput), (301, BadOutput), (302, BadOutput), (307, BadOutput),
    ],
)  # fmt: skip
def test_the_class_of_each_status(status: int, kind: type[ProviderFailure]) -> None:
    failure = failure_of(Reply(status, {}, b""))

    assert type(failure) is kind
    assert failure.http_status == status
    assert failure.said == f"HTTP {status}"


@pytest.mark.parametrize(
    ("answer", "status", "kind", "code"),
    [
        ("elevenlabs_no_quota.json", 401, OutOfCredit, "quota_exceeded"),
        ("elevenlabs_wrong_key.json", 401, BadKey, "invalid_api_key"),
        ("elevenlabs_wrong_key.json", 400, BadKey, "invalid_api_key"),
        ("elevenlabs_no_voice.json", 401, WrongInput, "voice_not_found"),
        ("elevenlabs_no_voice.json", 404, WrongInput, "voice_not_found"),
        ("elevenlabs_too_long.json", 400, WrongInput, "max_character_limit_exceeded"),
        ("elevenlabs_crowded.json", 429, TooManyAtOnce, "too_many_concurrent_requests"),
        ("elevenlabs_busy.json", 429, Busy, "system_busy"),
        ("openai_no_quota.json", 429, OutOfCredit, "insufficient_quota"),
        ("openai_wrong_key.json", 401, BadKey, "invalid_api_key"),
        ("openai_refused.json", 400, ContentRefused, "moderation_blocked"),
        ("huggingface_no_credits.json", 402, OutOfCredit, None),
        ("huggingface_dead_host.json", 410, Gone, None),
        ("huggingface_loading.json", 503, Busy, None),
        ("huggingface_not_served.txt", 404, Gone, None),
        ("fal_no_balance.json", 403, OutOfCredit, None),
        ("fal_wrong_input.json", 422, WrongInput, "less_than_equal"),
        ("replicate_throttled.json", 429, Busy, None),
        ("comfyui_bad_graph.json", 400, WrongInput, "invalid_prompt"),
        ("gateway.html", 502, Busy, None),
        ("gateway.html", 200, BadOutput, None),
    ],
)
def test_the_class_of_each_known_answer(
    recorded: Recorded, answer: str, status: int, kind: type[ProviderFailure], code: str | None
) -> None:
    failure = failure_of(recorded(answer, status))

    assert type(failure) is kind
    assert failure.provider_code == code


def test_a_failing_server_is_busy_whatever_it_says(recorded: Recorded) -> None:
    assert type(failure_of(recorded("openai_refused.json", 500))) is Busy


def test_what_a_failure_tells(recorded: Recorded) -> None:
    failure = failure_of(recorded("elevenlabs_no_quota.json", 401))

    assert failure.message == (
        "The account at the provider is out of credit: This request exceeds your quota of 10000. "
        "You have 12 credits remaining, while 120 credits are required for this request."
    )
    assert failure.details == {"providerStatus": 401, "providerCode": "quota_exceeded"}


def test_a_failure_without_words_is_a_sentence() -> None:
    assert Gone().message == (
        "The provider does not serve this model or address. Change the model setting."
    )


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (429, {"retry-after": "7"}, 7.0),
        (503, {"retry-after": "7"}, 7.0),
        (429, {}, None),
        (400, {"retry-after": "7"}, None),
    ],
)
def test_the_wait_of_a_retryable_failure(
    status: int, headers: dict[str, str], expected: float | None
) -> None:
    assert failure_of(Reply(status, headers, b"{}")).retry_after_seconds == expected


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, ResultGone), (403, ResultGone), (404, ResultGone), (410, ResultGone), (302, ResultGone),
     (408, Busy), (429, Busy), (500, Busy), (503, Busy)],
)  # fmt: skip
def test_a_download_says_nothing_about_keys_and_models(
    status: int, kind: type[ProviderFailure]
) -> None:
    assert type(failure_of(Reply(status, {}, b"<Error>expired</Error>"), stage=DOWNLOAD)) is kind


def test_our_own_key_is_cut_out_whatever_it_looks_like() -> None:
    body = json.dumps({"error": "the key open sesame is wrong"}).encode()

    failure = failure_of(Reply(401, {}, body), secrets=["open sesame"])

    assert failure.message == (
        "The provider does not accept the key: the key [hidden] is wrong. Check the key in the settings."
    )


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (Said("CUDA out of memory"), RunFailed),
        (Said("NSFW content detected. Try a different prompt."), ContentRefused),
        (Said("The input or output was flagged as sensitive."), ContentRefused),
        (Said("No.", ("content_policy_violation",)), ContentRefused),
        (Said(""), RunFailed),
    ],
)
def test_how_a_run_failed(said: Said, kind: type[ProviderFailure]) -> None:
    failure = run_failure(said)

    assert type(failure) is kind
    assert failure.said == said.text


SECRET = "k3y-of-ours-0123456789"
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40) | st.just(SECRET),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["error", "detail", "message", "msg", "code", "type", "status", "loc", "errors", "x"]),
        inner,
        max_size=5,
    ),
    max_leaves=20,
)  # fmt: skip
BODIES = st.one_of(
    st.binary(max_size=600),
    JSON_VALUES.map(lambda value: json.dumps(value).encode()),
    st.text(max_size=600).map(lambda text: f"{text} {SECRET} {text}".encode("utf-8", "replace")),
    st.text(max_size=50).map(
        lambda text: f"<html><title>{text}{SECRET}</title>".encode("utf-8", "replace")
    ),
)
HEADERS = st.dictionaries(
    st.sampled_from(["retry-after", "ratelimit", "date", "content-type"]),
    st.text(max_size=30)
    | st.integers().map(str)
    | st.floats().map(str)
    | st.just("Wed, 21 Oct 2026 07:28:00 GMT"),
)


@settings(max_examples=300, deadline=None)
@given(
    status=st.integers(100, 599),
    headers=HEADERS,
    body=BODIES,
    stage=st.sampled_from(["create", "poll", DOWNLOAD]),
)
def test_any_answer_is_a_failure_with_a_short_clean_text(
    status: int, headers: dict[str, str], body: bytes, stage: str
) -> None:
    failure = failure_of(Reply(status, headers, body), stage=stage, secrets=[SECRET])

    assert isinstance(failure, ProviderFailure)
    assert 0 < len(failure.said) <= MAX_CHARACTERS
    assert SECRET not in failure.message
    assert SECRET not in (failure.provider_code or "")
    assert "\n" not in failure.message
    assert failure.retry_after_seconds is None or 0 <= failure.retry_after_seconds <= 86_400
    named = OutOfCredit | ContentRefused | WrongInput | BadKey
    passing = status in {408, 425, 429} and not isinstance(failure, named)
    broken = status >= 500 and (status != 501 or stage == DOWNLOAD)
    assert failure.retryable == (passing or broken)


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"error":' * 20_000, b"9" * 60_000])
def test_bodies_made_to_break_readers(body: bytes) -> None:
    assert type(failure_of(Reply(500, {}, body))) is Busy


def test_details_are_plain_values() -> None:
    details: dict[str, Any] = failure_of(Reply(500, {}, b"")).details

    assert details == {"providerStatus": 500, "providerCode": None}
