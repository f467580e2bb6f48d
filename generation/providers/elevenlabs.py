"""How is ElevenLabs asked for speech, sound effects and music?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote

from generation.providers.answering import media_in
from generation.providers.base import (
    JSON,
    Answer,
    Call,
    Offers,
    Order,
    Reply,
    Task,
    host_of,
    probing_call,
)
from generation.providers.options import option
from generation.providers.ordering import (
    accepted_model,
    number_of,
    present,
    seed_of,
    styled_prompt,
    text_of,
)

# Characters that one request may have, by what a model's name contains; the first that fits counts.
SPEECH_CHARACTERS = (
    ("flash_v2_5", 40_000),
    ("turbo_v2_5", 40_000),
    ("flash_v2", 30_000),
    ("turbo_v2", 30_000),
)
OTHER_SPEECH_CHARACTERS = 10_000
EFFECT_CHARACTERS = 450
MUSIC_CHARACTERS = 4_100
PARAMETERS: Mapping[Task, tuple[str, ...]] = {
    "speech": ("voice", "language", "speed", "seed"),
    "effect": ("duration_seconds",),
    "music": ("duration_seconds", "style"),
}


@dataclass(frozen=True)
class ElevenLabs:
    """ElevenLabs' API."""

    name: ClassVar[str] = "elevenlabs"

    api_key: str = option(means="The key, sk_...", secret=True)
    base_url: str = option("https://api.elevenlabs.io", means="The API's address.", url=True)
    speech_model: str = option("eleven_multilingual_v2", means="Speaks; empty: none.")
    effect_model: str = option("eleven_text_to_sound_v2", means="Makes effects; empty: none.")
    music_model: str = option("music_v1", means="Makes music; empty: none.")
    other_models: tuple[str, ...] = option((), means="Models that an order may name instead.")
    voice: str = option("JBFqnCBsd6RMkjVDRZzb", means="The voice id when an order names none.")
    voices: tuple[str, ...] = option((), means="The voice ids that are shown.")
    output_format: str = option("mp3_44100_128", means="Codec, rate and bit rate.")
    stability: float = option(0.5, means="How even a voice is.", between=(0, 1))
    similarity_boost: float = option(0.75, means="How close to the original.", between=(0, 1))
    prompt_influence: float = option(0.3, means="How closely effects follow.", between=(0, 1))
    force_instrumental: bool = option(default=True, means="Music without singing.")
    timeout_seconds: float = option(180.0, means="Seconds for one call.", between=(1, 600))
    max_bytes: int = option(20_000_000, means="The largest result, in bytes.", between=(1, 2**31))

    @property
    def hosts(self) -> frozenset[str]:
        """The API's host."""
        return frozenset({host_of(self.base_url)})

    @property
    def secrets(self) -> tuple[str, ...]:
        """The key."""
        return (self.api_key,)

    def offers(self) -> Offers:
        """Speech, effects and music, where they have a model."""
        named: dict[Task, str] = {
            "speech": self.speech_model,
            "effect": self.effect_model,
            "music": self.music_model,
        }
        models = {task: (model, *self.other_models) for task, model in named.items() if model}
        limits: dict[Task, int] = {
            "speech": speech_characters(self.speech_model),
            "effect": EFFECT_CHARACTERS,
            "music": MUSIC_CHARACTERS,
        }
        units: dict[Task, str] = {"speech": "character", "effect": "second", "music": "second"}
        return Offers(
            tasks=tuple(models),
            models=models,
            cost_units={task: units[task] for task in models},
            parameters={task: PARAMETERS[task] for task in models},
            max_prompt_characters={task: limits[task] for task in models},
            voices=self.voices or (self.voice,),
        )

    def authorization(self) -> Mapping[str, str]:
        """A header of its own."""
        return {"xi-api-key": self.api_key}

    def request(self, order: Order) -> Call:
        """One call that is answered with the sound."""
        model = accepted_model(order, self.offers())
        if order.task == "speech":
            voice = text_of(order, "voice") or self.voice
            return self._post(
                f"/v1/text-to-speech/{quote(voice, safe='')}", self._speech(order, model)
            )
        if order.task == "effect":
            return self._post("/v1/sound-generation", self._effect(order, model))
        return self._post("/v1/music", self._music(order, model))

    def read(self, reply: Reply, stage: str, order: Order) -> Answer:
        """The bytes."""
        cost = reply.headers.get("character-cost", "")
        usage: dict[str, JSON] = {
            "characters": int(cost) if cost.isdecimal() else len(order.prompt)
        }
        request_id = reply.headers.get("request-id")
        details: dict[str, JSON] = {"request": request_id} if request_id else {}
        return media_in(reply, stage, self.secrets, usage=usage, details=details)

    def probe(self) -> Call:
        """A question that costs nothing."""
        return probing_call(f"{self.base_url.rstrip('/')}/v1/user")

    def cancel(self, provider_ref: str) -> Call | None:
        """Nothing runs on after its call."""
        return None

    def _post(self, path: str, body: Mapping[str, JSON]) -> Call:
        return Call(
            "POST",
            f"{self.base_url.rstrip('/')}{path}",
            json=body,
            params={"output_format": self.output_format},
            timeout_seconds=self.timeout_seconds,
            max_bytes=self.max_bytes,
            paid=True,
        )

    def _speech(self, order: Order, model: str) -> dict[str, JSON]:
        settings = present(
            stability=self.stability,
            similarity_boost=self.similarity_boost,
            speed=number_of(order, "speed", 0.7, 1.2),
        )
        # Other models hear the language from the text, and refuse to be told.
        language = text_of(order, "language") if model.endswith("_v2_5") else None
        return present(
            text=order.prompt,
            model_id=model,
            voice_settings=settings,
            language_code=language.partition("-")[0] if language else None,
            seed=seed_of(order),
        )

    def _effect(self, order: Order, model: str) -> dict[str, JSON]:
        return present(
            text=order.prompt,
            model_id=model,
            duration_seconds=number_of(order, "duration_seconds", 0.5, 30),
            prompt_influence=self.prompt_influence,
        )

    def _music(self, order: Order, model: str) -> dict[str, JSON]:
        seconds = number_of(order, "duration_seconds", 3, 600)
        return present(
            prompt=styled_prompt(order),
            model_id=model,
            music_length_ms=None if seconds is None else round(seconds * 1000),
            force_instrumental=self.force_instrumental,
        )


def speech_characters(model: str) -> int:
    """How many characters one request to a model may have."""
    return next(
        (limit for part, limit in SPEECH_CHARACTERS if part in model), OTHER_SPEECH_CHARACTERS
    )
