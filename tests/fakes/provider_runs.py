"""How does Replicate answer, and what becomes of a run at any provider whose work goes on after the call?"""

from __future__ import annotations

from typing import Any

from tests.fakes.provider_faults import (
    PRIVATE_ADDRESS,
    RUNS,
    Response,
    as_json,
    error_body,
    status_fault,
)
from tests.fakes.provider_ledger import Charge, Ledger, Run
from tests.fakes.provider_routing import Answered, Request, file_url, made, route


@route("POST", r"/replicate/v1/(?:models/(.+)/)?predictions", "huggingface")
def hf_replicate(ledger: Ledger, request: Request) -> Response:
    run = replicate_run(
        ledger, request, "huggingface", request.groups[0] or request.body["version"]
    )
    run.polls = ledger.polls_needed
    return as_json(201, prediction(ledger, request, run))


@route("POST", r"/v1/(?:models/(.+)/|(deployments/.+)/)?predictions", "replicate")
def replicate_create(ledger: Ledger, request: Request) -> Response:
    model = request.groups[0] or request.groups[1] or request.body["version"]
    run = replicate_run(ledger, request, "replicate", model)
    if request.headers.get("prefer", "").startswith("wait"):
        run.polls = ledger.polls_needed
    return as_json(201, prediction(ledger, request, run))


@route("GET", r"/v1/predictions/([\w-]+)", "replicate")
def replicate_get(ledger: Ledger, request: Request) -> Response:
    run = polled(ledger, request.groups[0], "replicate")
    return as_json(200, prediction(ledger, request, run))


@route("POST", r"/v1/predictions/([\w-]+)/cancel", "replicate")
def replicate_cancel(ledger: Ledger, request: Request) -> Response:
    run = cancelled(ledger, request.groups[0])
    return as_json(
        200 if run else 404, prediction(ledger, request, run) if run else {"detail": "No run."}
    )


def replicate_run(ledger: Ledger, request: Request, provider: str, model: str) -> Run:
    inputs = request.body["input"]
    prompt = inputs.get("prompt") or inputs["text"]
    return started(
        ledger, made(ledger, request, provider, replicate_task(model, inputs), model, prompt)
    )


def replicate_task(model: str, inputs: dict[str, Any]) -> str:
    if "text" in inputs:
        return "speech"
    known = {"llama": "text", "music": "music", "audio": "effect"}
    return next((task for part, task in known.items() if part in model), "image")


def prediction(ledger: Ledger, request: Request, run: Run) -> dict[str, Any]:
    charge = run.charge
    status, error = run_state(ledger, run, "replicate")
    done = status == "succeeded"
    url = PRIVATE_ADDRESS if error == "private-url" else file_url(request, charge)
    # A text is delivered by the prediction itself.
    charge.delivered += done and charge.task == "text"
    output: Any = ["An answer ", "to: ", charge.prompt] if charge.task == "text" else url
    return {
        "id": charge.id,
        "model": charge.model,
        "version": "hidden",
        "status": status,
        "input": request.body.get("input", {}),
        "output": (output if charge.task in ("text", "speech") else [output]) if done else None,
        "logs": f" {min(99, run.polls * 40)}%|####      | {run.polls}/{ledger.polls_needed}\n",
        "error": error if status == "failed" else None,
        "metrics": {"predict_time": 1.5} if done else {},
        "urls": {
            "get": f"{request.base}/v1/predictions/{charge.id}",
            "cancel": f"{request.base}/v1/predictions/{charge.id}/cancel",
        },
    }


def run_state(ledger: Ledger, run: Run, provider: str) -> tuple[str, str | None]:
    """A run's status in Replicate's words, and why it failed or where its result is said to lie."""
    if run.cancelled:
        return "canceled", None
    if run.polls < ledger.polls_needed:
        return ("processing" if run.polls else "starting"), None
    fault = ledger.fault_for(run.charge.prompt, "poll")
    if fault in RUNS and fault != "private-url":
        words: dict[str, tuple[str, str | None]] = {
            "run-failed": ("failed", "CUDA out of memory"),
            "run-refused": ("failed", "NSFW content detected. Try a different prompt."),
            "run-canceled": ("canceled", None),
            "run-aborted": ("aborted", None),
        }
        return words[fault]
    if fault and fault != "private-url":
        raise Answered(status_fault(fault, provider))
    return "succeeded", fault


def started(ledger: Ledger, charge: Charge) -> Run:
    with ledger.lock:
        return ledger.runs.setdefault(charge.id, Run(charge))


def polled(ledger: Ledger, run_id: str, provider: str) -> Run:
    with ledger.lock:
        if run_id not in ledger.runs:
            raise Answered(as_json(404, error_body(provider, 404, "not_found", "No such run.")))
        run = ledger.runs[run_id]
        run.polls += 1
        return run


def cancelled(ledger: Ledger, run_id: str) -> Run | None:
    with ledger.lock:
        run = ledger.runs.get(run_id)
        if run is not None and not run.cancelled:
            run.cancelled = True
            ledger.cancels.append(run_id)
        return run
