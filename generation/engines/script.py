"""How is the script of a video written without a language model? From templates, and it says so."""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrases:
    """The sentences of one language: an opening by purpose, a tone by style, points, and a closing by purpose.

    {title} and {point} are what the project says itself.
    """

    opening: Mapping[str, str]
    tone: Mapping[str, str]
    points: tuple[str, ...]
    closing: Mapping[str, str]


OTHER = "other"
PHRASES: Mapping[str, Phrases] = {
    "en": Phrases(
        {"storytelling": "This is the story of {title}.", "youtube_short": "{title}, in less than a minute.",
         "explanation": "What is {title}? Let us find out.", "commercial": "Meet {title}.",
         "inspirational": "Every great change begins small. So did {title}.",
         "tutorial": "Today you will learn about {title}, step by step.", OTHER: "Let us talk about {title}."},
        {"comedic": "Please keep your hands inside the video at all times.",
         "dramatic": "Nothing would ever be the same again.", "casual": "No hurry, get comfortable.",
         "inspirational": "Listen closely, because this is about you too.",
         OTHER: "Here is what matters."},
        ("First of all: {point}.", "And then: {point}.", "There is more. {point}.", "Keep in mind: {point}.",
         "What is more: {point}."),
        {"commercial": "{title}. See for yourself.", "tutorial": "Now it is your turn to try {title}.",
         "youtube_short": "That was {title}. See you next time.", OTHER: "And that is {title}."},
    ),
    "fr": Phrases(
        {"storytelling": "Voici l'histoire de {title}.", "youtube_short": "{title}, en moins d'une minute.",
         "explanation": "Qu'est-ce que {title} ? Voyons cela.", "commercial": "Découvrez {title}.",
         "tutorial": "Aujourd'hui, apprenons {title}, pas à pas.", OTHER: "Parlons de {title}."},
        {"comedic": "Accrochez-vous, cela va vite.", "dramatic": "Rien ne serait plus jamais comme avant.",
         "casual": "Installez-vous tranquillement.", OTHER: "Voici l'essentiel."},
        ("Tout d'abord : {point}.", "Ensuite : {point}.", "De plus : {point}.", "À retenir : {point}."),
        {"commercial": "{title}. À vous de voir.", "tutorial": "À vous d'essayer {title}.",
         OTHER: "Voilà {title}."},
    ),
    "es": Phrases(
        {"storytelling": "Esta es la historia de {title}.", "youtube_short": "{title}, en menos de un minuto.",
         "explanation": "¿Qué es {title}? Veámoslo.", "commercial": "Descubre {title}.",
         "tutorial": "Hoy aprenderás {title}, paso a paso.", OTHER: "Hablemos de {title}."},
        {"comedic": "Agárrate, que esto va rápido.", "dramatic": "Nada volvería a ser igual.",
         "casual": "Ponte cómodo.", OTHER: "Esto es lo que importa."},
        ("Ante todo: {point}.", "Después: {point}.", "Y además: {point}.", "Recuerda: {point}."),
        {"commercial": "{title}. Compruébalo.", "tutorial": "Ahora te toca probar {title}.",
         OTHER: "Y eso es {title}."},
    ),
    "de": Phrases(
        {"storytelling": "Dies ist die Geschichte von {title}.",
         "youtube_short": "{title} in unter einer Minute.",
         "explanation": "Was ist {title}? Sehen wir es uns an.", "commercial": "Entdecken Sie {title}.",
         "tutorial": "Heute lernen Sie {title}, Schritt für Schritt.", OTHER: "Sprechen wir über {title}."},
        {"comedic": "Bitte anschnallen, es wird lustig.",
         "dramatic": "Nichts würde je wieder so sein wie zuvor.",
         "casual": "Machen Sie es sich bequem.", OTHER: "Darauf kommt es an."},
        ("Zuerst: {point}.", "Dann: {point}.", "Außerdem: {point}.", "Merken Sie sich: {point}."),
        {"commercial": "{title}. Überzeugen Sie sich selbst.", "tutorial": "Jetzt sind Sie dran: {title}.",
         OTHER: "Das war {title}."},
    ),
    "it": Phrases(
        {"storytelling": "Questa è la storia di {title}.", "youtube_short": "{title}, in meno di un minuto.",
         "explanation": "Che cos'è {title}? Scopriamolo.", "commercial": "Scoprite {title}.",
         "tutorial": "Oggi impariamo {title}, passo dopo passo.", OTHER: "Parliamo di {title}."},
        {"comedic": "Allacciate le cinture, si ride.", "dramatic": "Nulla sarebbe stato più come prima.",
         "casual": "Mettetevi comodi.", OTHER: "Ecco che cosa conta."},
        ("Prima di tutto: {point}.", "Poi: {point}.", "Inoltre: {point}.", "Ricordate: {point}."),
        {"commercial": "{title}. Provare per credere.", "tutorial": "Ora tocca a voi: {title}.",
         OTHER: "E questo è {title}."},
    ),
    "pt": Phrases(
        {"storytelling": "Esta é a história de {title}.", "youtube_short": "{title}, em menos de um minuto.",
         "explanation": "O que é {title}? Vamos descobrir.", "commercial": "Conheça {title}.",
         "tutorial": "Hoje vamos aprender {title}, passo a passo.", OTHER: "Vamos falar de {title}."},
        {"comedic": "Segure-se, que vai ser divertido.", "dramatic": "Nada voltaria a ser como antes.",
         "casual": "Fique à vontade.", OTHER: "Eis o que importa."},
        ("Antes de tudo: {point}.", "Depois: {point}.", "Além disso: {point}.", "Lembre-se: {point}."),
        {"commercial": "{title}. Veja por si.", "tutorial": "Agora é a sua vez: {title}.",
         OTHER: "E isto é {title}."},
    ),
}  # fmt: skip
"""The languages of projects."""

POINTS_MAX = 8


def make_script(
    title: str,
    description: str,
    *,
    use_case: str,
    style: str | None,
    language: str | None,
    seed: int | None,
) -> tuple[str, dict[str, object]]:
    """Sentences that introduce the title, walk through what the description says, and close.

    An unknown language is written in English. The same words and seed give the same script.
    """
    tag = (language or "en").lower().partition("-")[0]
    phrases = PHRASES.get(tag, PHRASES["en"])
    name = _clean(title) or "this"
    chance = random.Random(f"{seed}:{zlib.crc32(description.encode())}")  # noqa: S311 - words, not secrets
    first = chance.randrange(len(phrases.points))
    points = [
        phrases.points[(first + number) % len(phrases.points)].format(point=point)
        for number, point in enumerate(_points(description))
    ]
    sentences = [
        _of(phrases.opening, use_case).format(title=name),
        _of(phrases.tone, style),
        *points,
        _of(phrases.closing, use_case).format(title=name),
    ]
    return " ".join(sentences), {"standIn": True, "language": tag if tag in PHRASES else "en"}


def _of(sentences: Mapping[str, str], key: str | None) -> str:
    return sentences.get(key or OTHER, sentences[OTHER])


def _points(description: str) -> list[str]:
    """What the description says, piece by piece."""
    pieces = re.split(r"(?<=[.!?;])\s+|\n+", description)
    return [piece for piece in (_clean(one) for one in pieces) if piece][:POINTS_MAX]


def _clean(text: str) -> str:
    # Braces would be read as places to fill.
    return re.sub(r"\s+", " ", text).replace("{", "(").replace("}", ")").strip().rstrip(".!?;:")
