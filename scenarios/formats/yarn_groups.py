"""Which nodes of a Yarn file share a title, and what does a jump to that title do?

Nodes of one title form a group when each has a header `when`: a jump there goes to one whose `when` holds.
The group becomes a scene that leads on to each of its nodes, under its condition as far as that is understood.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from scenarios.formats.base import unique_names
from scenarios.formats.errors import BrokenStoryFile
from scenarios.formats.expressions import NotUnderstood
from scenarios.formats.flow_items import Item, Jump, Line, Option, Options, Root
from scenarios.formats.grammars import YARN
from scenarios.formats.meaning import Context, all_of, condition_in

WHEN = "when"
_ONCE = re.compile(r"once\b(?:\s+if\b)?\s*")


def grouped(nodes: Sequence[tuple[str, str | None]]) -> tuple[list[str], dict[str, Root]]:
    """A name for each node, given its title and `when`, and a flow for each title that several share.

    Raises BrokenStoryFile when two nodes share a title and are no group.
    """
    counts = Counter(title for title, _ in nodes)
    shared = [title for title, count in counts.items() if count > 1]
    for title, when in nodes:
        if counts[title] > 1 and when is None:
            raise BrokenStoryFile(
                f"Two nodes are called {title!r:.80}, and not each has a header `when`.",
                field="file",
            )
    flows: dict[str, Root] = {title: Root([Options()]) for title in shared}
    # The groups come first in the list, so that they keep their titles.
    new = unique_names([*flows, *(title for title, _ in nodes)])[len(flows) :]
    names = [name if title in flows else title for name, (title, _) in zip(new, nodes, strict=True)]
    known = frozenset((*names, *flows))
    for name, (title, when) in zip(names, nodes, strict=True):
        if title in flows:
            _offer(flows[title].items, name, when or "", known)
    return names, flows


def _offer(items: list[Item], name: str, when: str, names: frozenset[str]) -> None:
    condition = None
    try:
        condition = condition_when(when, Context("yarn", names))
    except NotUnderstood:
        items.insert(len(items) - 1, Line(f"{WHEN}: {when}", kept=True))
    options = items[-1]
    if isinstance(options, Options):
        options.options.append(Option("", condition, body=[Jump(name)]))


def condition_when(when: str, context: Context) -> str | None:
    """The condition of `always`, `once`, a test, or `once if` a test. Raises NotUnderstood."""
    when = when.strip()
    if when == "always":
        return None
    once = _ONCE.match(when)
    rest = when[once.end() :] if once else when
    tests = (*(("once",) if once else ()), *((condition_in(rest, YARN, context),) if rest else ()))
    return all_of(tests)
