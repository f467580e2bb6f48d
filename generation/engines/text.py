"""What is written without a language model? A text from templates, which says that it is one."""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Mapping

from generation.engines.moods import words_of

PARTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "en": (
        ("Picture this: {topic}.", "Let us begin with {topic}.", "It starts with {topic}."),
        (
            "Look closer at {word}, and a story opens.",
            "There is more to {word} than meets the eye.",
            "Everything turns on {word}.",
            "Step by step, {word} shows what it is made of.",
        ),
        (
            "And that is what {topic} is about.",
            "Remember {topic}; it stays with you.",
            "This was {topic}.",
        ),
    ),
    "fr": (
        ("Imaginez : {topic}.", "Commençons par {topic}."),
        ("Regardez {word} de plus près, et une histoire s'ouvre.", "Tout tourne autour de {word}."),
        ("Voilà ce qu'est {topic}.", "Retenez {topic}."),
    ),
    "es": (
        ("Imagina esto: {topic}.", "Empecemos por {topic}."),
        ("Mira más de cerca {word} y se abre una historia.", "Todo gira en torno a {word}."),
        ("De eso trata {topic}.", "Recuerda {topic}."),
    ),
    "de": (
        ("Stellen Sie sich vor: {topic}.", "Beginnen wir mit {topic}."),
        ("Wer {word} näher ansieht, findet eine Geschichte.", "Alles dreht sich um {word}."),
        ("Davon handelt {topic}.", "Das war {topic}."),
    ),
    "it": (
        ("Immaginate: {topic}.", "Cominciamo da {topic}."),
        ("Guardate {word} più da vicino e si apre una storia.", "Tutto ruota intorno a {word}."),
        ("Ecco di cosa parla {topic}.", "Ricordate {topic}."),
    ),
    "pt": (
        ("Imagine: {topic}.", "Comecemos por {topic}."),
        ("Olhe {word} mais de perto e uma história se abre.", "Tudo gira em torno de {word}."),
        ("É disso que trata {topic}.", "Lembre-se de {topic}."),
    ),
}
"""Per language: beginnings, middles, ends."""

_SHORT = 4
_SENTENCES = 5


def make_text(
    prompt: str, *, language: str | None, seed: int | None, max_tokens: int | None
) -> tuple[str, dict[str, object]]:
    """Some sentences about what the prompt names; the same words and seed give the same text.

    An unknown language is written in English. `max_tokens` counts words here.
    """
    tag = (language or "en").lower().partition("-")[0]
    begin, middle, end = PARTS.get(tag, PARTS["en"])
    chance = random.Random(f"{seed}:{zlib.crc32(prompt.encode())}")  # noqa: S311 - words, not secrets
    topic = re.sub(r"\s+", " ", prompt).strip().rstrip(".!?")
    telling = [word for word in dict.fromkeys(words_of(prompt)) if len(word) > _SHORT] or [topic]
    middles = [chance.choice(middle).format(word=word) for word in telling[: _SENTENCES - 2]]
    sentences = [
        chance.choice(begin).format(topic=topic),
        *middles,
        chance.choice(end).format(topic=topic),
    ]
    words = " ".join(sentences).split()
    text = " ".join(words[: max_tokens or len(words)])
    return text, {"standIn": True, "language": tag if tag in PARTS else "en"}
