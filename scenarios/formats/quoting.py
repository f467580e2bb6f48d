"""How is a text put between quotes in a dialect's code, and read out of them?"""

from __future__ import annotations

from scenarios.formats.expression_reading import Reader, tokens_of
from scenarios.formats.expressions import Const, Grammar, NotUnderstood


def quoted(text: str, quote: str = '"') -> str:
    """The text as a string of code. Raises NotUnderstood for an empty one, which names nothing."""
    if not text:
        raise NotUnderstood
    body = text.replace("\\", "\\\\").replace(quote, "\\" + quote)
    return quote + body.replace("\n", "\\n").replace("\t", "\\t") + quote


def string_values(code: str, grammar: Grammar, least: int, most: int | None = None) -> list[str]:
    """The strings of an argument list, and nothing but strings. Raises NotUnderstood."""
    values: list[str] = []
    tokens = [token for token in tokens_of(code, grammar) if token.text != ","]
    for token in tokens:
        node = Reader([token], grammar).whole()
        if not (isinstance(node, Const) and isinstance(node.value, str)):
            raise NotUnderstood(code)
        values.append(node.value)
    if not least <= len(values) <= (most or least):
        raise NotUnderstood(code)
    return values
