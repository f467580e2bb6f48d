"""How are thousands of response objects written quickly? By one generated list comprehension per node.

The source is made of our own words and of GraphQL names, which the grammar limits to letters, digits and
underscores; values never become code.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bson import ObjectId
from graphql import GraphQLNonNull

from storycore.graphql.plan.completing import Complete
from storycore.graphql.plan.tree import Emit, Link, Unplannable
from storycore.graphql.relations import Column
from storycore.ids import RAW_ID

# A stored value of the usual class is written without a call; any other goes through its completer. A moment
# stays what it is: orjson writes it as isoformat() does, in a fifth of the time.
_FAST = {
    "ID": f"v.{RAW_ID}.hex() if (v := {{value}}).__class__ is ObjectId else {{complete}}(v)",
    "String": "v if (v := {value}).__class__ is str else {complete}(v)",
    "Boolean": "v if (v := {value}).__class__ is bool else {complete}(v)",
    "DateTime": "v if (v := {value}).__class__ is datetime else {complete}(v)",
    "Int": "v if (v := {value}).__class__ is int and -0x80000000 <= v <= 0x7fffffff else {complete}(v)",
    "JSON": "v if (v := {value}).__class__ is dict else {complete}(v)",
}
_SLOW = "{complete}({value})"


class Emitter:
    """Collects the entries of one node's response objects, then makes the function that writes them."""

    def __init__(self) -> None:
        self._entries: list[str] = []
        self._names: dict[str, Any] = {
            "ObjectId": ObjectId,
            "datetime": datetime,
            "none": _none,
        }

    def constant(self, key: str, text: str) -> None:
        """An entry that is the same in every object."""
        self._entries.append(f"{key!r}: {text!r}")

    def leaf(self, key: str, column: Column, type_: Any, complete: Complete) -> None:
        """An entry read from the row."""
        number = len(self._entries)
        complete_name, read_name = f"complete_{number}", f"read_{number}"
        self._names[complete_name] = complete
        if column.stored_name is None:
            self._names[read_name] = column.read
            value = f"{read_name}(r)"
        else:
            value = f"r.get({column.stored_name!r})"
        inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        template = _FAST.get(getattr(inner, "name", ""), _SLOW)
        written = template.format(value=value, complete=complete_name)
        self._entries.append(f"{key!r}: ({written})")

    def link(self, key: str, link: Link, index: int) -> None:
        """An entry that comes from related rows."""
        by, many = link.relation.by, link.relation.many
        nothing = "()" if many else "None"
        found = f"link_{index}.get(r.get({by!r}), {nothing})"
        if link.documents is not None:
            found = (
                f"(link_{index}.get(v.{RAW_ID}, {nothing})"
                f" if (v := r.get({by!r})).__class__ is ObjectId else {nothing})"
            )
        if link.is_required and not many:
            found = f"({found} or none())"
        self._entries.append(f"{key!r}: {found}")

    def function(self, links: int) -> Emit:
        """emit(rows, link_0, link_1, ...) -> the response objects, one for each row."""
        parameters = ", ".join(["rows", *(f"link_{index}" for index in range(links))])
        source = f"lambda {parameters}: [{{{', '.join(self._entries)}}} for r in rows]"
        made: Emit = eval(compile(source, "<read plan>", "eval"), self._names)  # noqa: S307 - see the module's docstring
        return made


def _none() -> None:
    raise Unplannable
