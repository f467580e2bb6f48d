"""What does one line of a Yarn file consist of: comment, text, hashtags, commands?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

# Not within a word: an address is no comment.
_COMMENT = re.compile(r"(?:(?<![^\s])|(?<=>>))//.*")
_WORD = re.compile(r"\w+")
_CONTROL = re.compile(r"<<\s*(if|elseif|else|endif)\b[^<>]*(?:[<>](?![<>])[^<>]*)*>>")
_ESCAPED = re.compile(r"\\([\\{}\[\]<>#/])")
_STRANGE = re.compile(r"(?<!\\)[{#\[]|<<|\A=>")


@dataclass(frozen=True, slots=True)
class YarnLine:
    """A line of a node's body, without its comment. `raw` is a part of a line as it stands there."""

    indent: int
    text: str
    number: int
    raw: str = ""


def without_comment(raw: str) -> tuple[str, str]:
    """The line without its comment, and the comment as written."""
    found = _COMMENT.search(raw)
    if found is None:
        return raw.strip(), ""
    return raw[: found.start()].strip(), found.group().strip()


def lines_of(raw: str, text: str, number: int) -> Iterator[YarnLine]:
    """The line, or several where the first version's `<<if>>` stands in a line with other things.

    A text that holds a whole `<<if>>` to `<<endif>>` after other words stays one line.
    """
    expanded = raw.expandtabs(4)
    whole = YarnLine(len(expanded) - len(expanded.lstrip()), text, number)
    controls = [] if text.startswith("->") else list(_CONTROL.finditer(text))
    if not controls or not _divides(text, controls):
        yield whole
        return
    cuts = [place for control in controls for place in control.span()]
    parts: list[str] = []
    for start, end in pairwise([0, *cuts, len(text)]):
        part = text[start:end]
        if part.strip() or not parts:
            parts.append(part)
        else:
            # Blanks between two commands belong to the first.
            parts[-1] += part
    yield from (replace(whole, text=part.strip(), raw=part) for part in parts if part.strip())


def _divides(text: str, controls: list[re.Match[str]]) -> bool:
    """Whether these commands make lines of their own; one `<<if>>` after a text is a line's condition."""
    words = [each[1] for each in controls]
    if controls[0].start() == 0:
        rest = text[controls[0].end() :].strip()
        return bool(rest) and not rest.startswith("#")
    balanced = words[0] == "if" and words.count("if") == words.count("endif")
    return not balanced and words != ["if"]


def command_in(text: str) -> tuple[str, str]:
    """The word and the rest of a line that is a command and nothing else but hashtags."""
    end = text.rfind(">>")
    if not text.startswith("<<") or end < 0 or text[end + 2 :].strip()[:1] not in {"", "#"}:
        return "", ""
    inner = text[2:end].strip()
    word = _WORD.match(inner)
    return (word.group(), inner[word.end() :].strip()) if word else ("", "")


def tags_apart(text: str) -> tuple[str, str]:
    """A text and the hashtags behind it, each as written. What begins the text is none."""
    words = text.split()[1:]
    tags = sum(1 for _ in takewhile(_is_tag, reversed(words)))
    head = text.rsplit(None, tags)[0] if tags else text
    return head.strip(), text[len(head) :].strip()


def _is_tag(word: str) -> bool:
    return word.startswith("#") and len(word) > 1


def is_strange(text: str) -> bool:
    """Whether more than plain words stands in a text: markup, values, hashtags, commands."""
    return _STRANGE.search(text) is not None


def shown(text: str) -> str:
    """A text as it is shown; one that is not understood as written."""
    return text if is_strange(text) else _ESCAPED.sub(r"\1", text)
