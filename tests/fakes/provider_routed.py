"""How do WaveSpeed and Z.ai answer behind Hugging Face's router, where their runs are looked at?"""

from __future__ import annotations

from typing import Any

from tests.fakes.provider_faults import Response, as_json
from tests.fakes.provider_ledger import Ledger, Run
from tests.fakes.provider_routing import Request, file_url, made, route
from tests.fakes.provider_runs import polled, run_state, started


@route("POST", r"/wavespeed/api/v3/((?!predictions/).+)", "huggingface")
def wavespeed_create(ledger: Ledger, request: Request) -> Response:
    prompt = request.body["prompt"]
    run = started(ledger, made(ledger, request, "huggingface", "image", request.groups[0], prompt))
    return as_json(200, wavespeed_run(ledger, request, run))


@route("GET", r"/wavespeed/api/v3/predictions/([\w-]+)/result", "huggingface")
def wavespeed_result(ledger: Ledger, request: Request) -> Response:
    run = polled(ledger, request.groups[0], "huggingface")
    return as_json(200, wavespeed_run(ledger, request, run))


def wavespeed_run(ledger: Ledger, request: Request, run: Run) -> dict[str, Any]:
    status, error = run_state(ledger, run, "huggingface")
    word = {"starting": "created", "succeeded": "completed"}.get(status, status)
    get = f"https://api.wavespeed.ai/api/v3/predictions/{run.charge.id}/result"
    done = word == "completed"
    data = {
        "id": run.charge.id,
        "model": run.charge.model,
        "outputs": [file_url(request, run.charge)] if done else [],
        "urls": {"get": get},
        "has_nsfw_contents": [False],
        "status": word if done or word in ("created", "processing") else "failed",
        "error": error or "",
    }
    return {"code": 200, "message": "success", "data": data}


@route("POST", r"/zai-org/api/paas/v4/async/images/generations", "huggingface")
def zai_create(ledger: Ledger, request: Request) -> Response:
    body = request.body
    run = started(
        ledger, made(ledger, request, "huggingface", "image", body["model"], body["prompt"])
    )
    return as_json(200, zai_run(ledger, request, run))


@route("GET", r"/zai-org/api/paas/v4/async-result/([\w-]+)", "huggingface")
def zai_result(ledger: Ledger, request: Request) -> Response:
    run = polled(ledger, request.groups[0], "huggingface")
    return as_json(200, zai_run(ledger, request, run))


def zai_run(ledger: Ledger, request: Request, run: Run) -> dict[str, Any]:
    if request.headers.get("x-source-channel") != "hugging_face":
        raise KeyError("x-source-channel")
    status, error = run_state(ledger, run, "huggingface")
    word = {"succeeded": "SUCCESS", "starting": "PROCESSING", "processing": "PROCESSING"}
    told: dict[str, Any] = {
        "id": run.charge.id,
        "model": run.charge.model,
        "request_id": f"r-{run.charge.id}",
        "task_status": word.get(status, "FAIL"),
    }
    if status == "succeeded":
        told["image_result"] = [{"url": file_url(request, run.charge)}]
    if error:
        told["error"] = {"message": error}
    return told
