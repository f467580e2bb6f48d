"""What may be ordered? Pictures, sounds and texts, checked before a job is written."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from bson import ObjectId
from django.conf import settings

from generation.documents import PRIORITY, PROMPT_MAX
from generation.errors import ProviderUnknown
from generation.providers.base import DOWNLOAD, Call, Task
from generation.queries.catalog import Maker, find_maker, makers_of, mock_maker
from generation.queries.mocked import ASKED, MOCK
from generation.services.enqueueing import enqueue, join_key
from generation.services.estimating import estimated_cost
from generation.services.moderation import require_allowed
from scenarios.services.asset_attaching import SceneMedia
from storycore.access import Actor, require_login
from storycore.errors import InvalidInput

QUEUES: dict[Task, str] = {"text": "text", "video": "render"}
"""Where tasks wait that are not for the queue `media`."""

SIDE = (64, 2_048)
SPEED = (0.25, 4.0)
PITCH = (0.5, 2.0)
DURATION_SECONDS = (0.5, 300.0)
FORMATS = ("wav", "mp3")
SEED_MAX = 2**31 - 1
WORD_MAX = 80
NAME_MAX = 255
NEGATIVE_MAX = 2_000

ASSET_TYPES: dict[Task, str] = {
    "image": "image",
    "speech": "sound",
    "music": "sound",
    "effect": "sound",
}
"""The type of the asset that a task makes; a text makes none."""

FIELDS: dict[Task, str] = {"image": "image", "speech": "sound", "effect": "sound", "music": "music"}
"""The place of a scene that a task fills unless the order names another."""

_RANGES: dict[str, tuple[float, float]] = {
    "width": SIDE,
    "height": SIDE,
    "speed": SPEED,
    "duration_seconds": DURATION_SECONDS,
    "pitch": PITCH,
}
_WORDS = ("style", "voice", "language")


@dataclass(frozen=True, slots=True)
class NewMedia:
    """An order. `parameters` are those of generation.providers.base.Order; None means nobody asked.

    `kind` is the kind of the job where that is more than its task: what a project does with the result.
    `fetching` is the call that fetches the result where that is made already. With `joins`, the same order that
    is not done yet is this order.
    """

    task: Task
    prompt: str
    parameters: dict[str, Any] = field(default_factory=dict)
    seed: int | None = None
    provider: str | None = None
    model: str | None = None
    scene: ObjectId | None = None
    media_field: str | None = None
    scenario: ObjectId | None = None
    project: str | None = None
    parent: ObjectId | None = None
    take_of: ObjectId | None = None
    priority: int = PRIORITY
    is_public: bool = False
    idempotency_key: str | None = None
    name: str | None = None
    kind: str | None = None
    fetching: Call | None = None
    joins: bool = False


def order_media(actor: Actor, new: NewMedia) -> ObjectId:
    """Check an order and make a job of it; returns the job's id. Nothing is asked of a provider here.

    Raises Unauthenticated, NotFound, Forbidden (the scene), InvalidInput, ProviderUnknown, PromptRefused,
    QueueFull.
    """
    owner = require_login(actor)
    # A form sends an empty text for what nobody chose.
    new = replace(
        new,
        provider=new.provider or None,
        model=new.model or None,
        idempotency_key=new.idempotency_key or None,
    )
    makers = _makers(new)
    prompt = _checked_prompt(new.prompt, makers[0], new.task)
    parameters = _checked_parameters(new.parameters)
    _require_range("seed", new.seed, (0, SEED_MAX))
    _require_range("priority", new.priority, (1, 10))
    place = _checked_place(actor, new)
    first = makers[0]
    order: dict[str, Any] = {
        "task": new.task if new.kind else None,
        "asset_name": _checked_name(new.name),
        "prompt": prompt,
        "parameters": parameters,
        "seed": new.seed,
        "provider": first.name,
        "providers": [one.name for one in makers],
        "model": new.model,
        "scene": new.scene,
        "media_field": place,
        "scenario": new.scenario,
        "project": new.project,
        "parent": new.parent,
        "take_of": new.take_of,
        "priority": new.priority,
        "is_public": new.is_public,
        "cost_estimate": estimated_cost(first, prompt, parameters),
        "idempotency_key": new.idempotency_key,
    }
    if new.fetching is not None:
        order["work"] = {"call": new.fetching.to_json(), "stage": DOWNLOAD}
    kind = new.kind or new.task
    if new.joins:
        order["joins"] = join_key(kind, order)
    return enqueue(owner, kind, QUEUES.get(new.task, "media"), order)


def _makers(new: NewMedia) -> tuple[Maker, ...]:
    """Who may do it: the named one alone, else all in the order of the settings, as far as fallback goes."""
    if new.task != "video" and (ASKED.get() or settings.STORYCORE_MOCK):
        # Whoever is named: a front end that names a service runs without it.
        return (mock_maker(new.task),)
    if new.provider is not None:
        return _with_model(new, (find_maker(new.task, new.provider),))
    makers = makers_of(new.task)
    if not makers:
        raise ProviderUnknown(f"Nothing on this server makes {new.task}.", field="provider")
    fitting = _with_model(new, makers)
    return fitting if settings.GENERATION_FALLBACK else fitting[:1]


def _with_model(new: NewMedia, makers: tuple[Maker, ...]) -> tuple[Maker, ...]:
    """Those that have the model that is asked for; a stand-in of this machine takes any name."""
    if new.model is None:
        return makers
    fitting = tuple(one for one in makers if new.model in one.offers.models.get(new.task, ()))
    standing_in = tuple(one for one in makers if one.provider is None or one.name == MOCK)
    found = fitting or standing_in
    if not found:
        known = dict.fromkeys(name for one in makers for name in one.offers.models[new.task])
        raise InvalidInput(
            f"There is no such model here. There are: {', '.join(known)}.", field="model"
        )
    return found


def _checked_prompt(prompt: str, maker: Maker, task: Task) -> str:
    prompt = prompt.strip()
    if not prompt:
        raise InvalidInput("Say what is to be made.", field="prompt")
    most = min(maker.offers.max_prompt_characters.get(task) or PROMPT_MAX, PROMPT_MAX)
    if len(prompt) > most:
        raise InvalidInput(f"The prompt has at most {most} characters.", field="prompt")
    require_allowed(prompt)
    return prompt


def _checked_name(name: str | None) -> str | None:
    """The asset's name without spaces around it; None lets the prompt name it."""
    kept = " ".join((name or "").split())
    if len(kept) > NAME_MAX:
        raise InvalidInput(f"This has at most {NAME_MAX} characters.", field="name")
    return kept or None


def _checked_parameters(parameters: dict[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in parameters.items() if value is not None}
    for name, limits in _RANGES.items():
        _require_range(name, given.get(name), limits)
    for name in _WORDS:
        if len(str(given.get(name, ""))) > WORD_MAX:
            raise InvalidInput(f"This has at most {WORD_MAX} characters.", field=name)
    if len(str(given.get("negative_prompt", ""))) > NEGATIVE_MAX:
        raise InvalidInput(f"This has at most {NEGATIVE_MAX} characters.", field="negative_prompt")
    if given.get("format", "wav") not in FORMATS:
        raise InvalidInput(f"This is one of {', '.join(FORMATS)}.", field="format")
    return given


def _require_range(name: str, value: float | None, limits: tuple[float, float]) -> None:
    low, high = limits
    if value is not None and not low <= value <= high:
        shown = " and ".join(f"{one:.10g}" for one in limits)
        raise InvalidInput(f"This lies between {shown}.", field=name)


def _checked_place(actor: Actor, new: NewMedia) -> str | None:
    if new.scene is None:
        return None
    place = new.media_field or FIELDS.get(new.task)
    if place is None:
        raise InvalidInput("A text has no place in a scene.", field="scene")
    SceneMedia().require_place(actor, new.scene, place, ASSET_TYPES[new.task])
    return place
