"""How is a Coqui TTS server asked for speech? The company is gone; the server lives on as `coqui-tts`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from generation.providers.answering import media_in
from generation.providers.base import Answer, Call, Offers, Order, Reply, host_of, probing_call
from generation.providers.options import option
from generation.providers.ordering import accepted_model, present, text_of

# What fits into an address with every server and proxy; a longer text is sent as a form.
ADDRESS_CHARACTERS = 1_500


@dataclass(frozen=True)
class Coqui:
    """A Coqui TTS server; its model was chosen when it was started."""

    name: ClassVar[str] = "coqui"

    base_url: str = option("http://127.0.0.1:5002", means="The server's address.", url=True)
    voice: str = option("", means="The speaker id when an order names none.")
    voices: tuple[str, ...] = option((), means="The speaker ids that are shown.")
    language: str = option("", means="The language id when an order names none.")
    max_characters: int = option(10_000, means="The longest text.", between=(1, 100_000))
    timeout_seconds: float = option(300.0, means="Seconds for one call.", between=(1, 3600))
    max_bytes: int = option(100_000_000, means="The largest sound, in bytes.", between=(1, 2**31))

    @property
    def hosts(self) -> frozenset[str]:
        """The server's host."""
        return frozenset({host_of(self.base_url)})

    @property
    def secrets(self) -> tuple[str, ...]:
        """None."""
        return ()

    def offers(self) -> Offers:
        """Speech on an own machine."""
        return Offers(
            tasks=("speech",),
            models={"speech": ("server",)},
            cost_units={"speech": "nothing"},
            parameters={"speech": ("voice", "language")},
            max_prompt_characters={"speech": self.max_characters},
            voices=self.voices or ((self.voice,) if self.voice else ()),
        )

    def authorization(self) -> Mapping[str, str]:
        """None."""
        return {}

    def request(self, order: Order) -> Call:
        """One call that is answered with a WAV."""
        accepted_model(order, self.offers())
        spoken = present(
            text=order.prompt,
            speaker_id=text_of(order, "voice") or self.voice or None,
            language_id=text_of(order, "language") or self.language or None,
        )
        fits = len(order.prompt) <= ADDRESS_CHARACTERS
        return Call(
            "GET" if fits else "POST",
            f"{self.base_url.rstrip('/')}/api/tts",
            params=spoken if fits else None,
            form=None if fits else spoken,
            timeout_seconds=self.timeout_seconds,
            max_bytes=self.max_bytes,
        )

    def read(self, reply: Reply, stage: str, order: Order) -> Answer:
        """The sound."""
        return media_in(reply, stage, self.secrets, usage={"characters": len(order.prompt)})

    def probe(self) -> Call:
        """A question that costs nothing."""
        return probing_call(f"{self.base_url.rstrip('/')}/")

    def cancel(self, provider_ref: str) -> Call | None:
        """Nothing runs on after its call."""
        return None
