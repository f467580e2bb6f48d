"""How can a call to a provider fail, and what follows from it?

One class per row of the error table. `retryable` says whether the same order may be sent again after
a while, `tries_next` whether another provider may do better, `marks_unhealthy` whether the provider
will refuse everybody else as well until somebody changes something.
"""

from __future__ import annotations

from typing import ClassVar

from storycore.errors import StoryCoreError


class ProviderFailure(StoryCoreError):
    """A provider did not make what was ordered; the message holds its own words, without secrets.

    `http_status` and `provider_code` are the provider's, None where there was no answer.
    `retry_after_seconds` is how long it asked to wait, None where it did not say.
    """

    code: ClassVar[str] = "PROVIDER_FAILED"
    status: ClassVar[int] = 502
    retryable: ClassVar[bool] = False
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
