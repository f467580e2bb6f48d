"""How does ComfyUI answer? A queue, a history, pictures to view, and a WebSocket that tells how far it is."""

from __future__ import annotations

from typing import Any

from tests.fakes.provider_faults import Response, as_json, error_body
from tests.fakes.provider_ledger import Ledger, Run
from tests.fakes.provider_routing import Answered, Request, made, media, route
from tests.fakes.provider_runs import cancelled, polled, run_state, started


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
    run = started(ledger, charge)
    run.graph, run.client = graph, request.body["client_id"]
    return as_json(200, {"prompt_id": charge.id, "number": len(ledger.runs), "node_errors": {}})


@route("GET", r"/queue", "comfyui")
def comfy_queue(ledger: Ledger, _request: Request) -> Response:
    """One is worked on and the others wait, each whole: [number, id, graph, extra data, outputs]."""
    with ledger.lock:
        entries = [
            [number, name, run.graph, {"client_id": run.client}, ["save"]]
            for number, (name, run) in enumerate(ledger.runs.items(), 1)
            if run.graph and not run.cancelled and run.polls < ledger.polls_needed
        ]
    told = {"queue_running": entries[:1], "queue_pending": entries[1:]}
    return as_json(200, {name: list(reversed(part)) for name, part in told.items()})


@route("GET", r"/ws", "comfyui")
def comfy_socket(ledger: Ledger, request: Request) -> Response:
    """What the server says to a client that comes back while its prompt is worked on."""
    client = request.query.get("clientId", "")
    if ledger.deaf_sockets:
        raise Answered(Response(404, b"", {}))
    with ledger.lock:
        run = next((one for one in ledger.runs.values() if one.client == client), None)
    exec_info = {"exec_info": {"queue_remaining": 1 if run else 0}}
    status = {"type": "status", "data": {"status": exec_info, "sid": client}}
    if run is None or run.polls >= ledger.polls_needed:
        return Response(101, messages=[status])
    return Response(101, messages=[status, *comfy_said(ledger, run)])


def comfy_said(ledger: Ledger, run: Run) -> list[Any]:
    name, node = run.charge.id, "sampler"
    steps = run.graph[node]["inputs"]["steps"] if node in run.graph else 20
    step = steps * run.polls // ledger.polls_needed
    earlier = [one for one in run.graph if one not in (node, "decode", "save")]
    nodes = {
        **{one: {"value": 1.0, "max": 1.0, "state": "finished"} for one in earlier},
        node: {"value": step, "max": steps, "state": "running"},
    }
    shown = {
        one: {
            **state, "node_id": one, "prompt_id": name, "display_node_id": one,
            "parent_node_id": None, "real_node_id": one,
        }
        for one, state in nodes.items()
    }  # fmt: skip
    return [
        {"type": "executing", "data": {"node": node}},
        # A preview: its kind, its format, a picture.
        b"\0\0\0\1\0\0\0\1\xff\xd8\xff",
        {"type": "progress_state", "data": {"prompt_id": name, "nodes": shown}},
        {
            "type": "progress",
            "data": {"value": step, "max": steps, "prompt_id": name, "node": node},
        },
    ]


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
