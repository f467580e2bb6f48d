"""How does fal answer? By a queue. Imported last: one of its addresses is any path at all."""

from __future__ import annotations

from typing import Any

from tests.fakes.provider_calls import fal_result
from tests.fakes.provider_faults import Response, as_json, error_body
from tests.fakes.provider_ledger import Charge, Ledger
from tests.fakes.provider_routing import Request, made, route
from tests.fakes.provider_runs import cancelled, polled, run_state, started


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


# After every longer path below /fal-ai.
@route("POST", r"/((?:[\w.-]+/)+[\w.-]+)", "fal")
def fal_create(ledger: Ledger, request: Request) -> Response:
    task = "speech" if "text" in request.body else "image"
    prompt = request.body["text" if task == "speech" else "prompt"]
    charge = made(ledger, request, "fal", task, request.groups[0], prompt)
    started(ledger, charge)
    return as_json(200, {"status": "IN_QUEUE", "queue_position": 3, **fal_urls(request, charge)})
