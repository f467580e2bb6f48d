"""How is a server asked that speaks OpenAI's API: OpenAI, LocalAI, vLLM, Ollama, Kokoro servers?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from generation.providers.answering import (
    Fetching,
    chat_text,
    media_in,
    object_in,
    openai_picture,
)
from generation.providers.base import (
    DOWNLOAD,
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
from generation.providers.options import BadOptions, option
from generation.providers.ordering import (
    accepted_model,
    chat_messages,
    nearest_shape,
    number_of,
    present,
    sampling_of,
    size_of,
    styled_prompt,
    text_of,
)

MAX_SPEECH_CHARACTERS = 4096
SIZE = re.compile(r"([1-9]\d{1,4})x([1-9]\d{1,4})")
VOICES = (
    "alloy", "echo", "fable", "onyx", "nova", "shimmer",
    "ash", "ballad", "coral", "sage", "verse", "marin", "cedar",
)  # fmt: skip
# These read the text and nothing else.
WITHOUT_INSTRUCTIONS = frozenset({"tts-1", "tts-1-hd"})
PARAMETERS: Mapping[Task, tuple[str, ...]] = {
    "image": ("width", "height", "style"),
    "speech": ("voice", "speed", "style", "format"),
    "text": ("system", "max_tokens", "temperature", "seed"),
}


@dataclass(frozen=True)
class OpenAICompatible:
    """A server with OpenAI's API."""

    name: ClassVar[str] = "openai_compatible"

    api_key: str = option("", means="The key; empty where none is needed (Ollama).", secret=True)
    base_url: str = option(
        "https://api.openai.com", means="The server's address, with or without /v1.", url=True
    )
    image_model: str = option("gpt-image-1", means="Makes pictures; empty: none.")
    speech_model: str = option("gpt-4o-mini-tts", means="Speaks; empty: none.")
    text_model: str = option("gpt-4o-mini", means="Writes; empty: none.")
    other_models: tuple[str, ...] = option((), means="Models that an order may name instead.")
    voice: str = option("alloy", means="Speaks when an order names no voice.")
    voices: tuple[str, ...] = option(VOICES, means="The voices that are shown.")
    speech_format: str = option("mp3", means="The sound's format.", choices=("mp3", "wav", "opus"))
    sizes: tuple[str, ...] = option(
        ("1024x1024", "1536x1024", "1024x1536"),
        means="The sizes that the picture model makes; empty: any.",
    )
    image_response_format: str = option(
        "",
        means="Asked of picture models that take it (dall-e-3, LocalAI).",
        choices=("", "b64_json", "url"),
    )
    extra_input: Mapping[str, Any] = option({}, means="Fields that go with every order.")
    result_hosts: tuple[str, ...] = option(
        (), means="Where results may lie; empty: anywhere public."
    )
    timeout_seconds: float = option(120.0, means="Seconds for one call.", between=(1, 600))
    max_bytes: int = option(20_000_000, means="The largest result, in bytes.", between=(1, 2**31))

    def __post_init__(self) -> None:
        wrong = [size for size in self.sizes if not SIZE.fullmatch(size)]
        if wrong:
            raise BadOptions(
                f"Options of provider {self.name!r}",
                [f"option 'sizes' holds {size!r}" for size in wrong],
                ["sizes such as 1024x1024"],
            )

    @property
    def hosts(self) -> frozenset[str]:
        """The server's host."""
        return frozenset({host_of(self.base_url)})

    @property
    def secrets(self) -> tuple[str, ...]:
        """The key, where there is one."""
        return (self.api_key,) if self.api_key else ()

    def offers(self) -> Offers:
        """Every task that has a model; without a key it costs nothing."""
        named: dict[Task, str] = {
            "image": self.image_model,
            "speech": self.speech_model,
            "text": self.text_model,
        }
        models = {task: (model, *self.other_models) for task, model in named.items() if model}
        units: dict[Task, str] = {"image": "picture", "speech": "character", "text": "token"}
        return Offers(
            tasks=tuple(models),
            models=models,
            cost_units={task: units[task] if self.api_key else "nothing" for task in models},
            parameters={task: PARAMETERS[task] for task in models},
            max_prompt_characters={"speech": MAX_SPEECH_CHARACTERS} if self.speech_model else {},
            sizes=self._shapes(),
            voices=self.voices,
        )

    def authorization(self) -> Mapping[str, str]:
        """The key, where there is one."""
        return {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}

    def request(self, order: Order) -> Call:
        """One call that is answered with the result.

        A speech of more than 4096 characters is refused: the caller splits it where it breathes.
        """
        model = accepted_model(order, self.offers())
        if order.task == "image":
            return self._post("images/generations", {"model": model, **self._picture(order)})
        if order.task == "speech":
            return self._post("audio/speech", {"model": model, **self._speech(order, model)})
        chat: dict[str, JSON] = {"messages": chat_messages(order), **sampling_of(order)}
        return self._post("chat/completions", {"model": model, **chat})

    def read(self, reply: Reply, stage: str, order: Order) -> Answer:
        """The bytes, the text, or a picture inside JSON or by its address."""
        if order.task == "text":
            return chat_text(reply, stage, self.secrets)
        if order.task == "speech" or stage == DOWNLOAD:
            return media_in(reply, stage, self.secrets, usage=_characters(order))
        return self._image(object_in(reply, stage, self.secrets))

    def probe(self) -> Call:
        """A question that costs nothing."""
        base = self.base_url.rstrip("/").removesuffix("/v1")
        return probing_call(f"{base}/v1/models")

    def cancel(self, provider_ref: str) -> Call | None:
        """Nothing runs on after its call."""
        return None

    def _post(self, path: str, body: Mapping[str, JSON]) -> Call:
        base = self.base_url.rstrip("/").removesuffix("/v1")
        return Call(
            "POST",
            f"{base}/v1/{path}",
            json={**body, **self.extra_input},
            timeout_seconds=self.timeout_seconds,
            max_bytes=max(1_000_000, self.max_bytes * 4 // 3),
            paid=bool(self.api_key),
        )

    def _picture(self, order: Order) -> dict[str, JSON]:
        size, shapes = size_of(order), self._shapes()
        if size and shapes and size not in shapes:
            size = nearest_shape(size, shapes)
        return present(
            prompt=styled_prompt(order),
            n=1,
            size=f"{size[0]}x{size[1]}" if size else None,
            response_format=self.image_response_format or None,
        )

    def _speech(self, order: Order, model: str) -> dict[str, JSON]:
        style = text_of(order, "style")
        return present(
            input=order.prompt,
            voice=text_of(order, "voice") or self.voice,
            response_format=text_of(order, "format") or self.speech_format,
            speed=number_of(order, "speed", 0.25, 4),
            instructions=None if model in WITHOUT_INSTRUCTIONS else style,
        )

    def _shapes(self) -> tuple[tuple[int, int], ...]:
        found = (SIZE.fullmatch(size) for size in self.sizes)
        return tuple((int(match[1]), int(match[2])) for match in found if match)

    def _image(self, answer: Mapping[str, Any]) -> Answer:
        fetching = Fetching(self.hosts, self.max_bytes, self.timeout_seconds, self.result_hosts)
        return openai_picture(answer, fetching)


def _characters(order: Order) -> dict[str, JSON]:
    return {"characters": len(order.prompt)} if order.task == "speech" else {}
