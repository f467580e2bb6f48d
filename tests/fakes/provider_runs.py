"""How do the providers answer whose work goes on after the call: Replicate, fal, ComfyUI?"""

from __future__ import annotations

from typing import Any

from tests.fakes.provider_calls import fal_result
from tests.fakes.provider_faults import (
    PRIVATE_ADDRESS,
    RUNS,
    Response,
    as_json,
    error_body,
    status_fault,
)
from tests.fakes.provider_ledger import Charge, Ledger, Run
from tests.fakes.provider_routing import Answered, Request, file_url, made, media, route


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


@route("GET", r"/((?:[\w.-]+/)+)requests/([\w-]+)/status", "fal")
def fal_status(ledger: Ledger, request: Request) -> Response:
    run = polled(ledger, request.groups[1], "fal")
    status, error = run_state(ledger, run, "fal")
    word = {"starting": "IN_QUEUE", "processing": "IN_PROGRESS"}.get(status, "COMPLETED")
    told: dict[str, Any] = {"status": word, **fal_urls(request, run.charge)}
    if word == "COMPLETED" and status != "succeeded":
        told["error"] = error or status
    return as_json(200 if word == "COMPLETED" else 202, told)


@route("GET", r"/((?:[\w.-]+/)+)requests/([\w-]+)", "fal")
def fal_response(ledger: Ledger, request: Request) -> Response:
    run = ledger.runs.get(request.groups[1])
    if run is None or run.polls < ledger.polls_needed:
        return as_json(400, error_body("fal", 400, "bad_request", "Request is still in progress"))
    return as_json(200, fal_result(request, run.charge))


@route("PUT", r"/((?:[\w.-]+/)+)requests/([\w-]+)/cancel", "fal")
def fal_cancel(ledger: Ledger, request: Request) -> Response:
    run = cancelled(ledger, request.groups[1])
    return as_json(
        202 if run else 404, {"status": "CANCELLATION_REQUESTED" if run else "NOT_FOUND"}
    )


def fal_urls(request: Request, charge: Charge) -> dict[str, Any]:
    # The sub-path of a model is no part of its requests' addresses.
    app = "/".join(charge.model.split("/")[:2])
    here = f"{request.base}/{app}/requests/{charge.id}"
    urls = {"response_url": here, "status_url": f"{here}/status", "cancel_url": f"{here}/cancel"}
    return {"request_id": charge.id, **urls}


@route("POST", r"/prompt", "comfyui")
def comfy_prompt(ledger: Ledger, request: Request) -> Response:
    graph = request.body["prompt"]
    checkpoint = next(
        (node["inputs"]["ckpt_name"] for node in graph.values() if "ckpt_name" in node["inputs"]),
        "",
    )
    if "missing" in checkpoint:
        fault = {
            "type": "value_not_in_list",
            "message": "Value not in list",
            "details": f"ckpt_name: '{checkpoint}' not in ['other.safetensors']",
        }
        error = error_body(
            "comfyui", 400, "prompt_outputs_failed_validation", "Prompt outputs failed"
        )
        return as_json(400, {**error, "node_errors": {"4": {"errors": [fault]}}})
    prompt = next(node["inputs"]["text"] for node in graph.values() if node["inputs"].get("text"))
    charge = made(ledger, request, "comfyui", "image", checkpoint, prompt)
    started(ledger, charge)
    return as_json(200, {"prompt_id": charge.id, "number": len(ledger.runs), "node_errors": {}})


@route("GET", r"/history/([\w-]+)", "comfyui")
def comfy_history(ledger: Ledger, request: Request) -> Response:
    run = polled(ledger, request.groups[0], "comfyui")
    status, error = run_state(ledger, run, "comfyui")
    if status in ("starting", "processing"):
        return as_json(200, {})
    name = {"filename": f"{run.charge.id}_00001_.png", "subfolder": "", "type": "output"}
    messages: list[Any] = [["execution_start", {"prompt_id": run.charge.id}]]
    if status == "canceled":
        messages.append(["execution_interrupted", {"prompt_id": run.charge.id}])
    elif status != "succeeded":
        messages.append(["execution_error", {"exception_message": error or status}])
    done = status == "succeeded"
    entry = {
        "outputs": {"save": {"images": [name]}} if done else {},
        "status": {
            "status_str": "success" if done else "error",
            "completed": done,
            "messages": messages,
        },
    }
    return as_json(200, {run.charge.id: entry})


@route("GET", r"/view", "comfyui")
def comfy_view(ledger: Ledger, request: Request) -> Response:
    wanted = request.query["filename"].removesuffix("_00001_.png")
    return media(ledger, request, ledger.runs[wanted].charge, "comfyui")


@route("POST", r"/(interrupt)|/api/jobs/([\w-]+)/cancel", "comfyui")
def comfy_cancel(ledger: Ledger, request: Request) -> Response:
    wanted = request.groups[1] or request.body.get("prompt_id", "")
    return as_json(200, {"cancelled": cancelled(ledger, wanted) is not None})


# After every longer path below /fal-ai.
@route("POST", r"/((?:[\w.-]+/)+[\w.-]+)", "fal")
def fal_create(ledger: Ledger, request: Request) -> Response:
    task = "speech" if "text" in request.body else "image"
    prompt = request.body["text" if task == "speech" else "prompt"]
    charge = made(ledger, request, "fal", task, request.groups[0], prompt)
    started(ledger, charge)
    return as_json(200, {"status": "IN_QUEUE", "queue_position": 3, **fal_urls(request, charge)})
