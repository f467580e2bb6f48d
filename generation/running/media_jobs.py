"""How is a picture, a sound or a text made? Ask the provider step by step, check what comes, store it.

Everything that a step needs stands in the job: the call to send next, the provider's own id, the bytes that
were paid for. So a worker may die anywhere, and none waits while a provider works.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings

from generation.engines.local import make_locally
from generation.ports import Done, Later, Work
from generation.providers.base import (
    CREATE,
    STAGE_PART,
    Call,
    Media,
    Next,
    Order,
    Task,
    Text,
    host_of,
)
from generation.providers.failures import Busy, ProviderFailure, Resting, UnknownAfterSend
from generation.queries.catalog import Maker, find_maker
from generation.running.cancelling import cancel_run
from generation.running.checkpoints import reached
from generation.running.health import note_failure, note_success, rest_seconds
from generation.running.leasing import LeaseLost
from generation.running.mocking import answer_mocked, is_mocked
from generation.running.moderating import require_moderated
from generation.running.sending import send
from generation.running.staging import stage, staged
from generation.running.storing import model_of, stored_result
from generation.running.voicing import with_pitch
from storycore.mongo.reading import Row

# A next call that is due so soon is made at once, by the same holder.
AT_ONCE_SECONDS = 0.05
STEPS_AT_ONCE = 20


class MediaJobs:
    """Jobs of one task (image, speech, music, effect, text)."""

    queue = "media"

    def __init__(self, task: Task) -> None:
        self.task = task

    def advance(self, work: Work) -> Done | Later:
        """Take the next steps of the order, as far as they can be taken now."""
        maker = find_maker(self.task, work.job["provider"])
        kept = _kept_answer(work.job)
        if kept is not None:
            return self._stored(work, *kept)
        require_moderated(work)
        if maker.provider is None:
            return self._made_here(work)
        for _step in range(STEPS_AT_ONCE):
            answer = self._asked(work, maker)
            if isinstance(answer, Later):
                return answer
            if isinstance(answer, Text):
                return _text_done(work.job, answer)
            if isinstance(answer, Media):
                return self._received(work, answer)
        return Later(AT_ONCE_SECONDS)

    def _asked(self, work: Work, maker: Maker) -> Media | Text | Later | None:
        """Send the call that is next; None when another one follows at once."""
        provider = maker.provider
        if provider is None:
            raise TypeError("What is made on this machine is not asked for.")
        order = self.order(work)
        state: dict[str, Any] = work.job.get("work") or {}
        call = Call.from_json(state["call"]) if state.get("call") else provider.request(order)
        host = host_of(call.url)
        if (rest := rest_seconds(maker.name, host)) > 0:
            raise Resting(retry_after_seconds=rest)
        stage_name = state.get("stage") or CREATE
        _require_known_outcome(state, call)
        _say_asking(work, maker, _step_of(stage_name))
        if call.paid or not state.get("call"):
            # Saved before the call: whoever takes over knows that it may have been made.
            work.save(
                {"work": {**state, "call": call.to_json(), "stage": stage_name, "sent": call.paid}}
            )
        reached("calling")
        try:
            reply = (
                answer_mocked(call, work.job["retry_count"])
                if is_mocked(call)
                else send(provider, call, wanted=work.is_held)
            )
            reached("answered")
            answer = provider.read(reply, stage_name, order)
        except ProviderFailure as problem:
            note_failure(maker.name, host, problem)
            if not isinstance(problem, UnknownAfterSend):
                # It is known that this call made nothing: another attempt may send it again.
                work.save({"work": None if problem.starts_over else {**state, "sent": False}})
            raise
        note_success(maker.name, host)
        if not isinstance(answer, Next):
            return answer
        return _went_on(work, answer, stage_name)

    def _received(self, work: Work, media: Media) -> Done:
        """Keep what was paid for, before anything can go wrong with it."""
        before: dict[str, Any] = work.job.get("work") or {}
        usage = {**(before.get("usage") or {}), **media.usage}
        kept: dict[str, Any] = {
            "staged": stage(work.job["_id"], media.body),
            "declared_type": media.declared_type,
            "usage": usage,
            "details": {**(before.get("details") or {}), **media.details},
        }
        work.save({"work": kept, "usage": usage or None})
        reached("staged")
        file = staged(kept["staged"])
        if file is None:
            raise Busy("what it sent was lost before it was stored")
        return self._stored(work, file, kept)

    def _stored(self, work: Work, file: BinaryIO, kept: Mapping[str, Any]) -> Done:
        work.say("storing", "Checking and storing the result.", 80)
        reached("storing")
        with with_pitch(work.job, self.task, file) as sound:
            done = stored_result(work.job, self.task, sound, kept)
        reached("stored")
        return done

    def _made_here(self, work: Work) -> Done:
        """Made on this machine: free, so it is simply made again after a crash."""
        work.say("making", "Making it on this machine.", 5)
        reached("calling")
        order = self.order(work)
        with tempfile.TemporaryDirectory(prefix="making-") as folder:
            made = make_locally(
                order, Path(folder), lambda percent, text: work.say("making", text, percent)
            )
            if isinstance(made, Text):
                return _text_done(work.job, made)
            kept = {"details": dict(made.details), "usage": dict(made.usage)}
            with made.path.open("rb") as file:
                done = self._stored(work, file, kept)
        if made.result is None:
            return done
        return replace(done, changes={**done.changes, "result": dict(made.result)})

    def order(self, work: Work) -> Order:
        """What the job asks for, in the words of providers."""
        return order_of(work.job, self.task)


def order_of(job: Row, task: Task) -> Order:
    """What the job asks for, in the words of providers. The key stays the same for every attempt."""
    parameters = {
        **(job.get("parameters") or {}),
        "seed": job.get("seed"),
        "model": job.get("model"),
    }
    return Order(
        task=task,
        prompt=job.get("prompt") or "",
        parameters={name: value for name, value in parameters.items() if value is not None},
        idempotency_key=f"{job['_id']}-{job.get('provider')}",
        kind=job["kind"],
    )


def _went_on(work: Work, answer: Next, stage_name: str) -> Later | None:
    before: dict[str, Any] = work.job.get("work") or {}
    state = {
        "call": answer.call.to_json(),
        "stage": answer.stage,
        "provider_ref": answer.provider_ref or before.get("provider_ref"),
        "sent": False,
        "usage": {**(before.get("usage") or {}), **answer.usage},
        "details": {**(before.get("details") or {}), **answer.details},
    }
    is_late = answer.delay_seconds > AT_ONCE_SECONDS
    if stage_name == CREATE or not is_late:
        # At once: a restart then looks instead of paying, and a cancellation reaches the provider.
        _remember(work, state, answer.provider_ref)
    if not is_late:
        return None
    return Later(answer.delay_seconds, {"work": state}, answer.message, answer.progress)


def _remember(work: Work, state: dict[str, Any], reference: str | None) -> None:
    try:
        work.save({"work": state})
    except LeaseLost:
        # It began while the job was being cancelled, so nobody else can know of it.
        if reference is not None:
            cancel_run(work.job["_id"], reference)
        raise


def _step_of(stage_name: str) -> str:
    return "calling" if stage_name == CREATE else stage_name.partition(STAGE_PART)[0]


def _say_asking(work: Work, maker: Maker, step: str) -> None:
    """Who is asked, with which model. Another look at the same work is no news, and fills no log."""
    if step != work.job.get("step"):
        model = work.job.get("model") or maker.model
        work.say(step, f"Asking {maker.name}{f' ({model})' if model else ''}.", 10)


def _require_known_outcome(state: Mapping[str, Any], call: Call) -> None:
    """Refuse to send a paid call again when nobody knows whether it was made.

    Raises UnknownAfterSend, unless the provider tells repetitions by their key, or the settings say that
    paying twice is better than asking a person.
    """
    if not state.get("sent") or call.idempotent or settings.GENERATION_RESEND_UNKNOWN:
        return
    raise UnknownAfterSend("a worker was lost while it asked")


def _kept_answer(job: Row) -> tuple[BinaryIO, Mapping[str, Any]] | None:
    state = job.get("work") or {}
    if state.get("staged") is None:
        return None
    file = staged(state["staged"])
    return None if file is None else (file, state)


def _text_done(job: Row, answer: Text) -> Done:
    changes: dict[str, Any] = {
        "result": cast("dict[str, Any]", {"text": answer.text, "details": dict(answer.details)}),
        "usage": dict(answer.usage) or None,
        "model": model_of(job, "text", {"model": answer.model}),
    }
    return Done(changes, "The text is ready.")
