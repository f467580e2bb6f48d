"""Which graph makes a picture in ComfyUI, and how do an order's values get into it?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generation.providers.base import JSON

PLACEHOLDERS = ("prompt", "negative_prompt", "seed", "width", "height", "model")
PLACEHOLDER = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")

# Text to picture with a checkpoint, as "Save (API format)" writes it.
TEXT_TO_IMAGE: Mapping[str, Any] = {
    "checkpoint": {
        "class_type": "CheckpointLoaderSimple",
        "inputs": {"ckpt_name": "{model}"},
    },
    "positive": {
        "class_type": "CLIPTextEncode",
        "inputs": {"text": "{prompt}", "clip": ["checkpoint", 1]},
    },
    "negative": {
        "class_type": "CLIPTextEncode",
        "inputs": {"text": "{negative_prompt}", "clip": ["checkpoint", 1]},
    },
    "latent": {
        "class_type": "EmptyLatentImage",
        "inputs": {"width": "{width}", "height": "{height}", "batch_size": 1},
    },
    "sampler": {
        "class_type": "KSampler",
        "inputs": {
            "seed": "{seed}",
            "steps": 20,
            "cfg": 7.0,
            "sampler_name": "euler",
            "scheduler": "normal",
            "denoise": 1.0,
            "model": ["checkpoint", 0],
            "positive": ["positive", 0],
            "negative": ["negative", 0],
            "latent_image": ["latent", 0],
        },
    },
    "decode": {
        "class_type": "VAEDecode",
        "inputs": {"samples": ["sampler", 0], "vae": ["checkpoint", 2]},
    },
    "save": {
        "class_type": "SaveImage",
        "inputs": {"filename_prefix": "storycore", "images": ["decode", 0]},
    },
}


def filled(template: Any, values: Mapping[str, JSON]) -> Any:
    """The template with every `{name}` of PLACEHOLDERS replaced.

    A text that is nothing but a placeholder becomes the value with its type; what a value holds is
    not looked at again.
    """
    if isinstance(template, Mapping):
        return {name: filled(part, values) for name, part in template.items()}
    if isinstance(template, list):
        return [filled(part, values) for part in template]
    if not isinstance(template, str):
        return template
    whole = PLACEHOLDER.fullmatch(template)
    if whole:
        return values[whole[1]]
    return PLACEHOLDER.sub(lambda found: str(values[found[1]]), template)


def placeholders_in(template: Any) -> frozenset[str]:
    """The names of the placeholders that a template has."""
    if isinstance(template, Mapping):
        return frozenset().union(*(placeholders_in(part) for part in template.values()))
    if isinstance(template, list):
        return frozenset().union(*(placeholders_in(part) for part in template))
    return frozenset(PLACEHOLDER.findall(template)) if isinstance(template, str) else frozenset()
