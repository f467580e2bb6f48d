"""Which providers make what, in which order, and with which options?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from config import env

LOCAL = ("local",)
# The services of the studio: each makes one thing, and is the first choice for it once it is named.
SERVICES = {
    "text": env.text("SCRIPT_SERVICE_URL", ""),
    "speech": env.text("AUDIO_SERVICE_URL", ""),
    "image": env.text("IMAGE_SERVICE_URL", ""),
    "video": env.text("VIDEO_SERVICE_URL", ""),
}
_PICTURES = {"batch_path": "/generate-batch"}
_RENDERING = {
    "path": "/render",
    "tasks": ["video"],
    "timeout_seconds": 300,
    "max_bytes": 500_000_000,
}


def configured_providers() -> dict[str, dict[str, dict[str, Any]]]:
    """By task and name: {"BACKEND", "OPTIONS"}, the first choice first.

    A list names providers as `huggingface,local`; `ollama=openai_compatible` gives a backend a name of its
    own, so that one backend can stand there twice with different options.
    """
    tasks = {
        "image": env.items("IMAGE_PROVIDERS", _usual("image")),
        "speech": env.items("SPEECH_PROVIDERS", _usual("speech")),
        "music": env.items("MUSIC_PROVIDERS", LOCAL),
        "effect": env.items("EFFECT_PROVIDERS", LOCAL),
        "text": env.items("TEXT_PROVIDERS", _usual("text")),
        "video": env.items("VIDEO_PROVIDERS", _usual("video")),
    }
    options = _options()
    return {
        task: dict(_entry(task, item, options) for item in items) for task, items in tasks.items()
    }


def _usual(task: str) -> tuple[str, ...]:
    """Who makes it unless the settings say otherwise: the service of this task, or this machine."""
    return ("http",) if SERVICES[task] else LOCAL


def _entry(task: str, item: str, options: dict[str, dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    name, _, backend = (part.strip() for part in item.partition("="))
    given = options.get(name, options.get(backend, {}))
    if name == "http":
        own = SERVICES.get(task)
        usual: Mapping[str, Any] = _RENDERING if task == "video" else {}
        if task == "image" and own:
            usual = _PICTURES
        given = {**usual, **given, **({"base_url": own} if own else {})}
    return name, {
        "BACKEND": backend or name,
        "OPTIONS": {} if (backend or name) == "local" else given,
    }


def _options() -> dict[str, dict[str, Any]]:
    """Keys and addresses from variables of their own, everything else from PROVIDER_OPTIONS."""
    known: dict[str, dict[str, str]] = {
        "huggingface": {"api_key": env.text("HF_TOKEN", "")},
        "openai_compatible": {
            "api_key": env.text("OPENAI_API_KEY", ""),
            "base_url": env.text("OPENAI_BASE_URL", ""),
        },
        "replicate": {"api_key": env.text("REPLICATE_API_TOKEN", "")},
        "elevenlabs": {"api_key": env.text("ELEVENLABS_API_KEY", "")},
        "fal": {"api_key": env.text("FAL_KEY", "")},
        "comfyui": {"base_url": env.text("COMFYUI_URL", "")},
        "coqui": {"base_url": env.text("COQUI_URL", "")},
        "http": {"base_url": env.text("GENERATION_SERVICE_URL", "")},
    }
    options: dict[str, dict[str, Any]] = {
        name: {key: value for key, value in given.items() if value} for name, given in known.items()
    }
    for name, given in env.json_object("PROVIDER_OPTIONS").items():
        options[name] = {**options.get(name, {}), **given}
    return options
