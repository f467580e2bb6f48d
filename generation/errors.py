"""Which facts of jobs and providers can go wrong, and under which stable code does a client see each?"""

from __future__ import annotations

from storycore.errors import Conflict, InvalidInput, Unavailable


class JobFinished(Conflict):
    """The job has come to its end; what is final never changes."""

    code = "JOB_FINISHED"


class JobNotFailed(Conflict):
    """Only a job that failed or was cancelled can be tried again."""

    code = "JOB_NOT_FAILED"


class ProviderUnknown(InvalidInput):
    """No provider of this name is configured for this task."""

    code = "PROVIDER_UNKNOWN"


class PromptRefused(InvalidInput):
    """The prompt goes against the rules of this server."""

    code = "PROMPT_REFUSED"


class QueueFull(Unavailable):
    """So many jobs of this user wait already that one more would not be done in a sensible time."""

    code = "QUEUE_FULL"
