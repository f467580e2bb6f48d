"""How does a text from outside become a pattern that finds just that text?"""

from __future__ import annotations

import re


def literal(text: str) -> str:
    """A MongoDB pattern that finds the text itself, whatever is in it.

    MongoDB refuses a pattern with a NUL in it as an error of the whole command; written as an escape it
    finds nothing, because no stored text has one.
    """
    return re.escape(text).replace("\x00", r"\x00")
