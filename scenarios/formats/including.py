"""Does a passage show itself without end, through the passages that it includes?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scenarios.formats.errors import BrokenStoryFile


def check_includes(included: Mapping[str, Sequence[str]]) -> None:
    """Raises BrokenStoryFile that names the passages of the first circle.

    `included` are the passages that each shows in any case: what stands under a condition may end.
    """
    done: set[str] = set()
    for name in included:
        if name not in done:
            _follow(name, included, done)


def _follow(name: str, included: Mapping[str, Sequence[str]], done: set[str]) -> None:
    path: dict[str, Iterator[str]] = {name: iter(included[name])}
    while path:
        here = next(reversed(path))
        following = next(path[here], None)
        if following is None:
            done.add(here)
            del path[here]
        elif following in path:
            circle = list(path)[list(path).index(following) :]
            shown = " → ".join([*circle, following][:8])
            raise BrokenStoryFile(
                f"These passages include each other without end: {shown:.400}.", field="file"
            )
        elif following in included and following not in done:
            path[following] = iter(included[following])
