"""When can a link be written in double square brackets?"""

from __future__ import annotations

from scenarios.formats.base import Link
from scenarios.formats.markup import Dialect, LinkTag
from scenarios.formats.meaning import Context


def in_brackets(dialect: Dialect, link: Link) -> str | None:
    """The `[[ ]]` link with this label, proven to read back so; None for one that needs another form."""
    same = link.text == link.target
    written = f"[[{link.target}]]" if same else f"[[{link.text}->{link.target}]]"
    context = Context(dialect.name, frozenset({link.target}))
    read = dialect.nodes(written, context)
    return written if read == (LinkTag(written, link.text, link.target),) else None
