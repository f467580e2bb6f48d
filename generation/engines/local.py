"""What is made on this machine without any key, and who makes it?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from generation.engines.picture import make_picture
from generation.engines.sounds import make_effect, make_music
from generation.engines.speech import VOICES, make_speech
from generation.engines.text import make_text
from generation.providers.base import JSON, TASKS, Offers, Order, Task, Text

Progress = Callable[[int, str], None]


@dataclass(frozen=True)
class Made:
    """A file that was made here; `details` say how, and that it is a stand-in for a model's work."""

    path: Path
    details: Mapping[str, JSON] = field(default_factory=dict)
    usage: Mapping[str, JSON] = field(default_factory=dict)


PARAMETERS: Mapping[Task, tuple[str, ...]] = {
    "image": ("width", "height", "seed", "style"),
    "speech": ("voice", "language", "speed"),
    "music": ("duration_seconds", "seed", "style"),
    "effect": ("duration_seconds", "seed"),
    "text": ("language", "seed", "max_tokens"),
}
MODELS: Mapping[Task, str] = {
    "image": "drawn", "speech": "espeak-ng", "music": "synthesised", "effect": "synthesised",
    "text": "templates",
}  # fmt: skip
LOCAL_OFFERS = Offers(
    tasks=TASKS,
    models={task: (model,) for task, model in MODELS.items()},
    cost_units=dict.fromkeys(TASKS, "nothing"),
    parameters=PARAMETERS,
    voices=tuple(VOICES),
)


def make_locally(order: Order, folder: Path, progress: Progress) -> Made | Text:
    """Make what is ordered: a file of the folder, or a text.

    Raises WrongInput for what cannot be made, Busy for what took too long.
    """
    progress(20, f"Making it on this machine ({MODELS[order.task]}).")
    if order.task == "text":
        text, details = make_text(
            order.prompt,
            language=_text(order, "language"),
            seed=_whole(order, "seed"),
            max_tokens=_whole(order, "max_tokens"),
        )
        return Text(text, {"words": len(text.split())}, MODELS["text"], _plain(details))
    path, details = _MAKERS[order.task](order, folder)
    return Made(path, _plain(details) | {"model": MODELS[order.task]})


def _picture(order: Order, folder: Path) -> tuple[Path, dict[str, object]]:
    width, height = _whole(order, "width"), _whole(order, "height")
    size = (width or 768, height or 512) if width or height else None
    return make_picture(
        order.prompt, folder, size=size, seed=_whole(order, "seed"), style=_text(order, "style")
    )


def _speech(order: Order, folder: Path) -> tuple[Path, dict[str, object]]:
    return make_speech(
        order.prompt,
        folder,
        language=_text(order, "language"),
        voice=_text(order, "voice"),
        speed=_number(order, "speed"),
    )


def _music(order: Order, folder: Path) -> tuple[Path, dict[str, object]]:
    return make_music(
        order.prompt,
        folder,
        seconds=_number(order, "duration_seconds"),
        seed=_whole(order, "seed"),
        style=_text(order, "style"),
    )


def _effect(order: Order, folder: Path) -> tuple[Path, dict[str, object]]:
    return make_effect(
        order.prompt,
        folder,
        seconds=_number(order, "duration_seconds"),
        seed=_whole(order, "seed"),
    )


_MAKERS: Mapping[Task, Callable[[Order, Path], tuple[Path, dict[str, object]]]] = {
    "image": _picture,
    "speech": _speech,
    "music": _music,
    "effect": _effect,
}


def _text(order: Order, name: str) -> str | None:
    value = order.parameters.get(name)
    return value if isinstance(value, str) else None


def _number(order: Order, name: str) -> float | None:
    value = order.parameters.get(name)
    return float(value) if isinstance(value, int | float) else None


def _whole(order: Order, name: str) -> int | None:
    value = order.parameters.get(name)
    return int(value) if isinstance(value, int | float) else None


def _plain(details: dict[str, object]) -> dict[str, JSON]:
    return cast("dict[str, Any]", details)
