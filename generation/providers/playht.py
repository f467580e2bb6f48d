"""What became of PlayHT? Its API has ended; whoever still names it is told so at the start."""

from __future__ import annotations

from typing import ClassVar


class PlayHT:
    """The speech of play.ht. No provider any more: opening it raises RetiredProvider."""

    name: ClassVar[str] = "playht"
    ended: ClassVar[str] = "31 December 2025"
    replacements: ClassVar[tuple[str, ...]] = (
        "elevenlabs",
        "openai_compatible",
        "huggingface",
        "replicate",
        "coqui",
        "local",
    )
