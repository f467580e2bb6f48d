"""What is a service of the studio sent? For the stages of a project exactly what the studio itself is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generation.providers.base import Order
from generation.providers.ordering import present

FIELDS: Mapping[str, tuple[str, ...]] = {
    "script": ("title", "description", "use_case", "language", "style"),
    "narration": ("script_text", "voice_id", "audio_speed", "audio_pitch", "language"),
    "picture": ("prompt", "style"),
    "video": ("resolution", "fps", "template", "background_music", "audio_path", "audio_url", "images"),
}  # fmt: skip
"""The fields of each stage, by the kind of its job."""

_PROMPTS: Mapping[str, str] = {"speech": "script_text"}
_RENAMED: Mapping[str, str] = {"voice": "voice_id", "speed": "audio_speed", "pitch": "audio_pitch"}


def body_of(order: Order) -> dict[str, Any]:
    """The JSON that is posted for one order: for a stage its fields, else `task`, the prompt and everything."""
    body = {_RENAMED.get(name, name): value for name, value in order.parameters.items()}
    body[_PROMPTS.get(order.task, "prompt")] = order.prompt
    fields = FIELDS.get(order.kind)
    if fields is None:
        return present(**{**body, "task": order.task})
    return present(**{name: body.get(name) for name in fields})


def batch_body_of(orders: Sequence[Order]) -> dict[str, Any]:
    """The JSON that is posted for all pictures of a project at once."""
    style = next((one.parameters.get("style") for one in orders), None)
    images = [{"prompt": one.prompt, "url": None} for one in orders]
    return {"images": images, **present(style=style)}
