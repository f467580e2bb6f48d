"""What is made on this machine without any key, and who makes it?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from generation.engines.picture import make_picture
from generation.engines.script import make_script
from generation.engines.sounds import make_effect, make_music
from generation.engines.speech import VOICES, Manner, make_speech
from generation.engines.text import make_text
from generation.providers.base import ALL_TASKS, JSON, Offers, Order, Task, Text

Progress = Callable[[int, str], None]


@dataclass(frozen=True)
class Made:
    """A file that was made here; `details` say how, and that it is a stand-in for a model's work.

    `result` is what else is known and too long for the asset's record: the times of spoken sentences.
    """

    path: Path
    details: Mapping[str, JSON] = field(default_factory=dict)
    usage: Mapping[str, JSON] = field(default_factory=dict)
    result: Mapping[str, JSON] | None = None


PARAMETERS: Mapping[Task, tuple[str, ...]] = {
    "image": ("width", "height", "seed", "style"),
    "speech": ("voice", "language", "speed", "pitch", "format"),
    "music": ("duration_seconds", "seed", "style", "format"),
    "effect": ("duration_seconds", "seed", "format"),
    "text": ("language", "seed", "max_tokens", "title", "description", "use_case", "style"),
    "video": ("resolution", "fps", "template", "background_music"),
}
MODELS: Mapping[Task, str] = {
    "image": "drawn", "speech": "espeak-ng", "music": "synthesised", "effect": "synthesised",
    "text": "templates", "video": "ffmpeg",
}  # fmt: skip
LOCAL_OFFERS = Offers(
    tasks=ALL_TASKS,
    models={task: (model,) for task, model in MODELS.items()},
    cost_units=dict.fromkeys(ALL_TASKS, "nothing"),
    parameters=PARAMETERS,
    voices=tuple(VOICES),
)


def make_locally(order: Order, folder: Path, progress: Progress) -> Made | Text:
    """Make what is ordered: a file of the folder, or a text.

    Raises WrongInput for what cannot be made, Busy for what took too long.
    """
    progress(20, f"Making it on this machine ({MODELS[order.task]}).")
    if order.task == "text":
        text, details = _written(order)
        return Text(text, {"words": len(text.split())}, MODELS["text"], _plain(details))
    path, details = _MAKERS[order.task](order, folder)
    sentences = details.pop("sentences", None)
    result = None if sentences is None else _plain({"sentences": sentences})
    return Made(path, _plain(details) | {"model": MODELS[order.task]}, result=result)


def _written(order: Order) -> tuple[str, dict[str, object]]:
    """A script when the order says what for, else a few sentences."""
    use_case = _text(order, "use_case")
    if use_case is not None:
        return make_script(
            _text(order, "title") or order.prompt,
            _text(order, "description") or "",
            use_case=use_case,
            style=_text(order, "style"),
            language=_text(order, "language"),
            seed=_whole(order, "seed"),
        )
    return make_text(
        order.prompt,
        language=_text(order, "language"),
        seed=_whole(order, "seed"),
        max_tokens=_whole(order, "max_tokens"),
    )


def _picture(order: Order, folder: Path) -> tuple[Path, dict[str, object]]:
    width, height = _whole(order, "width"), _whole(order, "height")
    size = (width or 768, height or 512) if width or height else None
    return make_picture(
        order.prompt,
        folder,
        size=size,
        seed=_whole(order, "seed"),
        style=_text(order, "style"),
        # Moving templates would cut the words of a picture off, and a video has captions of its own.
        has_caption=order.kind != "picture",
    )


def _speech(order: Order, folder: Path) -> tuple[Path, dict[str, object]]:
    return make_speech(
        order.prompt,
        folder,
        Manner(
            language=_text(order, "language"),
            voice=_text(order, "voice"),
            speed=_number(order, "speed"),
            pitch=_number(order, "pitch"),
            file_format=_text(order, "format"),
        ),
    )


def _music(order: Order, folder: Path) -> tuple[Path, dict[str, object]]:
    return make_music(
        order.prompt,
        folder,
        seconds=_number(order, "duration_seconds"),
        seed=_whole(order, "seed"),
        style=_text(order, "style"),
        file_format=_text(order, "format"),
    )


def _effect(order: Order, folder: Path) -> tuple[Path, dict[str, object]]:
    return make_effect(
        order.prompt,
        folder,
        seconds=_number(order, "duration_seconds"),
        seed=_whole(order, "seed"),
        file_format=_text(order, "format"),
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
