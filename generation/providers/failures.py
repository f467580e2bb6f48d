"""How can a call to a provider fail, and what follows from it?

One class per row of the error table. `retryable` says whether the same order may be sent again after
a while, `starts_over` whether that is from the first call on instead of the one that failed,
`tries_next` whether another provider may do better, `marks_unhealthy` whether the provider will refuse
everybody else as well until somebody changes something.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import ClassVar

from generation.providers.base import CREATE, DOWNLOAD, Reply
from generation.providers.error_bodies import Said, said_by
from generation.providers.waiting import wait_seconds
from storycore.errors import StoryCoreError


class ProviderFailure(StoryCoreError):
    """A provider did not make what was ordered; the message holds its own words, without secrets.

    `http_status` and `provider_code` are the provider's, None where there was no answer.
    `retry_after_seconds` is how long it asked to wait, None where it did not say.
    """

    code: ClassVar[str] = "PROVIDER_FAILED"
    status: ClassVar[int] = 502
    retryable: ClassVar[bool] = False
    starts_over: ClassVar[bool] = False
    tries_next: ClassVar[bool] = True
    marks_unhealthy: ClassVar[bool] = False
    lead: ClassVar[str] = "The provider failed"
    advice: ClassVar[str] = ""

    def __init__(
        self,
        said: str = "",
        *,
        http_status: int | None = None,
        provider_code: str | None = None,
        retry_after_seconds: float | None = None,
    ) -> None:
        message = ": ".join(part for part in (self.lead, said) if part).rstrip(" .")
        super().__init__(
            f"{message}. {self.advice}".strip(),
            field=None,
            providerStatus=http_status,
            providerCode=provider_code,
        )
        self.said = said
        self.http_status = http_status
        self.provider_code = provider_code
        self.retry_after_seconds = retry_after_seconds


class WrongInput(ProviderFailure):
    """The provider cannot do what the order asks for; sending it again changes nothing."""

    code = "PROVIDER_WRONG_INPUT"
    status = 422
    tries_next = False
    lead = "The provider does not accept this order"


class ContentRefused(WrongInput):
    """The provider's rules about content forbid the prompt or the result."""

    code = "PROVIDER_CONTENT_REFUSED"
    lead = "The provider refuses this content"
    advice = "Change the prompt."


class BadKey(ProviderFailure):
    """The provider does not accept the key, or the key may not do this."""

    code = "PROVIDER_BAD_KEY"
    marks_unhealthy = True
    lead = "The provider does not accept the key"
    advice = "Check the key in the settings."


class OutOfCredit(ProviderFailure):
    """The account at the provider has no credit left."""

    code = "PROVIDER_OUT_OF_CREDIT"
    marks_unhealthy = True
    lead = "The account at the provider is out of credit"


class Gone(ProviderFailure):
    """The model, or the whole address, is not served there (any more)."""

    code = "PROVIDER_GONE"
    marks_unhealthy = True
    lead = "The provider does not serve this model or address"
    advice = "Change the model setting."


class Busy(ProviderFailure):
    """The provider or the way to it does not work now; trying again later is right."""

    code = "PROVIDER_BUSY"
    status = 503
    retryable = True
    lead = "The provider is busy or cannot be reached"


class TooManyAtOnce(Busy):
    """Our own other calls take all places of the account: wait for one to end, do not back off."""

    code = "PROVIDER_TOO_MANY_AT_ONCE"
    lead = "The account at the provider has too many calls under way"


class Resting(Busy):
    """It failed so often that nobody asks it for a while; another provider need not wait for it."""

    code = "PROVIDER_RESTING"
    lead = "The provider failed too often and rests"


class NotStarted(Busy):
    """The provider took the order and gave it up before it began: nothing was made, nothing is charged."""

    code = "PROVIDER_NOT_STARTED"
    starts_over = True
    lead = "The provider did not begin the work"


class UnknownAfterSend(ProviderFailure):
    """A paid order was sent and no answer came: it may have been made, and paid for."""

    code = "PROVIDER_UNKNOWN_AFTER_SEND"
    tries_next = False
    lead = "The provider got the order and did not answer"
    advice = "Whether it was made and paid for has to be looked up before it is sent again."


class BadOutput(ProviderFailure):
    """The provider answered something that is not what it promised: a page, nothing, other bytes."""

    code = "BAD_PROVIDER_OUTPUT"
    lead = "The provider's answer cannot be used"


class ResultGone(BadOutput):
    """The result was made and cannot be fetched (any more)."""

    code = "PROVIDER_RESULT_GONE"
    lead = "The provider's result cannot be fetched"


class RunFailed(ProviderFailure):
    """The provider took the order, worked on it and reported a failure."""

    code = "PROVIDER_RUN_FAILED"
    lead = "The provider's run failed"


class StoppedThere(ProviderFailure):
    """The run was stopped at the provider: by us, by somebody else, or at its deadline."""

    code = "PROVIDER_STOPPED"
    tries_next = False
    lead = "The run was stopped at the provider"


# What is said by code has a meaning whatever the status is: ElevenLabs answers 401 when an account has
# no credit left, OpenAI 429.
CREDIT_CODES = frozenset(
    {
        "quota_exceeded", "insufficient_quota", "insufficient_credit", "insufficient_credits",
        "billing_hard_limit_reached", "billing_not_active", "payment_required",
        # Z.ai numbers its errors; this one comes with 429.
        "1113",
    }
)  # fmt: skip
INPUT_CODES = frozenset({"max_character_limit_exceeded", "voice_not_found", "invalid_voice_id"})
KEY_CODES = frozenset({"invalid_api_key", "missing_permissions", "invalid_authentication"})
REFUSAL_CODES = frozenset(
    {
        "content_policy_violation", "moderation_blocked", "content_filter", "content_violation",
        "bad_prompt", "responsibleaipolicyviolation",
    }
)  # fmt: skip
CREDIT_WORDS = re.compile(
    r"exhausted balance|insufficient (?:credit|balance|funds|quota)|out of credit"
    r"|exceeded your (?:monthly |current )?(?:included credits|quota)",
    re.IGNORECASE,
)
REFUSAL_WORDS = re.compile(
    r"\bnsfw\b|content (?:policy|filter)|safety (?:system|filter|checker|guidelines)"
    r"|flagged as sensitive|sensitive content|moderation",
    re.IGNORECASE,
)
BY_STATUS: Mapping[int, type[ProviderFailure]] = {
    401: BadKey,
    402: OutOfCredit,
    403: BadKey,
    404: Gone,
    405: Gone,
    408: Busy,
    410: Gone,
    425: Busy,
    429: Busy,
    501: Gone,
}


def failure_of(
    reply: Reply, *, stage: str = CREATE, secrets: Collection[str] = ()
) -> ProviderFailure:
    """The failure that an error answer means, to be raised; its text holds no secret and is short.

    A download says nothing about keys and models: what is not there is ResultGone.
    """
    said = said_by(reply, secrets)
    kind = _download_kind(reply) if stage == DOWNLOAD else _kind(reply.status, said)
    return kind(
        said.text or f"HTTP {reply.status}",
        http_status=reply.status,
        provider_code=said.code,
        retry_after_seconds=wait_seconds(reply) if kind.retryable else None,
    )


def run_failure(said: Said) -> ProviderFailure:
    """The failure that the words of a run which ended badly mean."""
    refused = bool(REFUSAL_CODES & set(said.codes)) or bool(REFUSAL_WORDS.search(said.text))
    return (ContentRefused if refused else RunFailed)(said.text, provider_code=said.code)


def _kind(status: int, said: Said) -> type[ProviderFailure]:
    if status < 400:
        return BadOutput
    by_code = _kind_by_code(status, said)
    if by_code is not None:
        return by_code
    return BY_STATUS.get(status, Busy if status >= 500 else WrongInput)


def _kind_by_code(status: int, said: Said) -> type[ProviderFailure] | None:
    codes = set(said.codes)
    spoken = {400, 401, 402, 403, 422}
    if status >= 500:
        return None
    if codes & CREDIT_CODES or (status in spoken and CREDIT_WORDS.search(said.text)):
        return OutOfCredit
    if codes & REFUSAL_CODES or (status in {400, 422} and REFUSAL_WORDS.search(said.text)):
        return ContentRefused
    if codes & INPUT_CODES:
        return WrongInput
    if codes & KEY_CODES:
        return BadKey
    return TooManyAtOnce if "too_many_concurrent_requests" in codes else None


def _download_kind(reply: Reply) -> type[ProviderFailure]:
    passing = reply.status in {408, 425, 429} or reply.status >= 500
    return Busy if passing else ResultGone
