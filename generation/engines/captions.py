"""When is each sentence shown, and how are captions written down? SubRip and WebVTT."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

Caption = Mapping[str, Any]
"""`text`, and `start` and `end` in seconds."""

LINE_MAX = 42
_SENTENCE = re.compile(r"(?<=[.!?…])[\"'»”)]*\s+|\n+")
# What ends with a full stop and not with the sentence: titles, and single letters as in "z. B.".
_ABBREVIATION = re.compile(
    r"(?:^|\s)(?:[A-Za-zÀ-ÿ]|Mr|Mrs|Ms|Dr|Prof|St|Jr|vs|etc|Sr|Sra|Dra|Mme|Mlle|Sig|Nr|bzw|ca|No|vol|cf|ex)\.$"
)
_PAUSE_LETTERS = 6
"""A pause between sentences takes about as long as so many letters."""


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, by punctuation and line breaks."""
    sentences: list[str] = []
    for piece in (one.strip() for one in _SENTENCE.split(text)):
        if sentences and _ABBREVIATION.search(sentences[-1]):
            sentences[-1] += f" {piece}"
        elif piece:
            sentences.append(piece)
    return sentences


def captions_by_length(text: str, seconds: float) -> list[dict[str, Any]]:
    """Captions for a narration whose times nobody told: each sentence gets time by its letters."""
    sentences = sentences_of(text)
    weights = [len(one) + _PAUSE_LETTERS for one in sentences]
    whole = sum(weights) or 1
    captions, at = [], 0.0
    for sentence, weight in zip(sentences, weights, strict=True):
        end = at + seconds * weight / whole
        captions.append({"text": sentence, "start": round(at, 3), "end": round(end, 3)})
        at = end
    return captions


def srt_of(captions: Sequence[Caption]) -> str:
    """The captions as a SubRip file."""
    blocks = (
        f"{number}\n{_clock(one['start'], ',')} --> {_clock(one['end'], ',')}\n{_lines(one['text'])}\n"
        for number, one in enumerate(captions, 1)
    )
    return "\n".join(blocks)


def vtt_of(captions: Sequence[Caption]) -> str:
    """The captions as a WebVTT file; what would be markup there is escaped."""
    blocks = (
        f"{_clock(one['start'], '.')} --> {_clock(one['end'], '.')}\n"
        f"{html.escape(_lines(one['text']), quote=False)}\n"
        for one in captions
    )
    return "WEBVTT\n\n" + "\n".join(blocks)


def wrapped(text: str, width: int = LINE_MAX) -> list[str]:
    """The words in lines of at most so many letters; a longer word stands alone."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _lines(text: str) -> str:
    # An arrow would begin a new caption in both formats.
    return "\n".join(wrapped(text.replace("-->", "→"))) or "…"


def _clock(seconds: float, mark: str) -> str:
    milliseconds = max(0, round(float(seconds) * 1000))
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{rest // 1000:02d}{mark}{rest % 1000:03d}"
