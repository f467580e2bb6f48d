"""How do the providers answer that are done with one call?"""

from __future__ import annotations

import base64
from typing import Any

from tests.fakes.provider_faults import Response, as_json, error_body
from tests.fakes.provider_ledger import Charge, Ledger, media_of
from tests.fakes.provider_routing import Request, delivered, file_url, made, media, route

MANY_SPEECH_CHARACTERS = 4096


def chat(request: Request, model: str) -> dict[str, Any]:
    asked = request.body["messages"][-1]["content"]
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": model,
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": f"An answer to: {asked}"},
            }
        ],
        "usage": {"prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21},
    }


@route("GET", r"/files/([\w-]+)\.(?:png|mp3)", "files")
def download(ledger: Ledger, request: Request) -> Response:
    charge = next((one for one in ledger.charges if one.id == request.groups[0]), None)
    if charge is None:
        return as_json(404, {"error": "No such file."})
    return media(ledger, request, charge, charge.provider)


@route("POST", r"/hf-inference/models/(.+)", "huggingface")
def hf_inference(ledger: Ledger, request: Request) -> Response:
    model = request.groups[0]
    if "not-served" in model:
        return Response(404, b"Not Found", {"Content-Type": "text/plain"})
    task = "speech" if "tts" in model.lower() else "image"
    charge = made(ledger, request, "huggingface", task, model, request.body["inputs"])
    return media(ledger, request, charge, "huggingface")


@route("POST", r"/fal-ai/(.+)", "huggingface")
def hf_fal(ledger: Ledger, request: Request) -> Response:
    task = "speech" if "text" in request.body else "image"
    prompt = request.body["text" if task == "speech" else "prompt"]
    charge = made(ledger, request, "huggingface", task, request.groups[0], prompt)
    return as_json(200, fal_result(request, charge))


@route("POST", r"/v1/chat/completions", "huggingface")
def hf_chat(ledger: Ledger, request: Request) -> Response:
    return completed(ledger, request, "huggingface")


@route("POST", r"/v1/chat/completions", "openai")
def openai_chat(ledger: Ledger, request: Request) -> Response:
    return completed(ledger, request, "openai")


def completed(ledger: Ledger, request: Request, provider: str) -> Response:
    model = request.body["model"]
    charge = made(ledger, request, provider, "text", model, request.body["messages"][-1]["content"])
    return delivered(ledger, request, charge, as_json(200, chat(request, model)), provider)


@route("POST", r"/v1/audio/speech", "openai")
def openai_speech(ledger: Ledger, request: Request) -> Response:
    text = request.body["input"]
    if len(text) > MANY_SPEECH_CHARACTERS:
        return as_json(400, error_body("openai", 400, "string_too_long", "input is too long"))
    charge = made(ledger, request, "openai", "speech", request.body["model"], text)
    return media(
        ledger, request, charge, "openai", wav=request.body.get("response_format") == "wav"
    )


@route("POST", r"/v1/images/generations", "openai")
def openai_image(ledger: Ledger, request: Request) -> Response:
    charge = made(ledger, request, "openai", "image", request.body["model"], request.body["prompt"])
    if request.body.get("response_format") == "url":
        return as_json(200, {"created": 1, "data": [{"url": file_url(request, charge)}]})
    body, _ = media_of(charge)
    good = as_json(200, {"created": 1, "data": [{"b64_json": base64.b64encode(body).decode()}]})
    return delivered(ledger, request, charge, good, "openai")


@route("POST", r"/v1/(text-to-speech/[^/]+|sound-generation|music)", "elevenlabs")
def elevenlabs(ledger: Ledger, request: Request) -> Response:
    task = {"sound-generation": "effect", "music": "music"}.get(request.groups[0], "speech")
    prompt = request.body["prompt" if task == "music" else "text"]
    charge = made(ledger, request, "elevenlabs", task, request.body["model_id"], prompt)
    found = media(ledger, request, charge, "elevenlabs")
    found.headers |= {"character-cost": str(len(prompt)), "request-id": charge.id}
    return found


def fal_result(request: Request, charge: Charge) -> dict[str, Any]:
    url: dict[str, Any] = {"url": file_url(request, charge), "content_type": media_of(charge)[1]}
    if charge.task == "image":
        return {"images": [{**url, "width": 96, "height": 64}], "seed": 42, "prompt": charge.prompt}
    return {"audio": url}


@route("GET", r"/api/tts", "coqui")
@route("POST", r"/api/tts", "coqui")
def coqui(ledger: Ledger, request: Request) -> Response:
    told = {**request.query, **request.body}
    if not told.get("text", "").strip():
        return as_json(400, {"error": "Text parameter is required"})
    charge = made(ledger, request, "coqui", "speech", "server", told["text"])
    return media(ledger, request, charge, "coqui", wav=True)


@route("GET", r"/v1/account", "replicate")
@route("GET", r"/v1/user", "elevenlabs")
def account(_ledger: Ledger, _request: Request) -> Response:
    return as_json(200, {"username": "somebody"})


@route("POST", r"/generate", "http")
def http_service(ledger: Ledger, request: Request) -> Response:
    task, words = request.body["task"], request.body
    prompt = words.get("prompt") or words.get("script_text", "")
    charge = made(ledger, request, "http", task, "service", prompt)
    if task == "text":
        told = {"text": f"An answer to: {prompt}", "model": "service", "usage": {"words": 4}}
        return delivered(ledger, request, charge, as_json(200, told), "http")
    if "as bytes" in prompt:
        return media(ledger, request, charge, "http")
    address = file_url(request, charge)
    if "relative" in prompt:
        address = address.removeprefix(request.base)
    if "as list" in prompt:
        return as_json(200, {"images": [{"prompt": prompt, "url": address}]})
    return as_json(200, {"url": address})
