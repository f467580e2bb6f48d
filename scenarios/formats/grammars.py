"""How does each dialect spell variables, operators, functions and assignments?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scenarios.formats.expressions import Grammar

_COMPARE = {sign: sign for sign in ("<", "<=", ">", ">=")}
_WORDS = {"and": "and", "or": "or", "not": "not"}
_SIGNS = {"==": "==", "!=": "!=", "&&": "and", "||": "or", "!": "not"}
_JS = {**_COMPARE, **_SIGNS, "===": "==", "!==": "!="}
_LETTERS = {"eq": "==", "is": "==", "neq": "!=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_JS_SPELLING = {"and": "&&", "or": "||", "not": "!", "==": "===", "!=": "!=="}
_DOLLAR = r"\$(?P<id>[A-Za-z_]\w*)"
_BARE = r"(?P<id>[^\W\d]\w*)"

CONTRACT = Grammar(
    name="contract",
    variable=_BARE,
    reads={**_COMPARE, **_WORDS, "==": "==", "!=": "!=", "in": "in", "not in": "not in"}
    | {"once": "once"},
    calls={"visited": "visited", "visits": "visits"},
    tight_not=False,
    member=None,
    visited="visited({})",
    visits="visits({})",
    once="once",
    sequence="[{}]",
)
HARLOWE = Grammar(
    name="harlowe",
    variable=_DOLLAR,
    reads={**_COMPARE, **_WORDS, "is": "==", "is not": "!=", "is in": "in", "is not in": "not in"}
    | {"contains": "contains", "does not contain": "not contains"}
    | {"it": "it", "to": "to", "into": "into"},
    spells={"==": "is", "!=": "is not", "in": "is in"},
    calls={"visited:": "visited"},
    macros=True,
    variable_template="${}",
    member=None,
    visited="(visited: {})",
    visits="(count: (history:), {})",
    sequence="(a: {})",
)
SUGARCUBE = Grammar(
    name="sugarcube",
    variable=_DOLLAR,
    reads={**_JS, **_WORDS, **_LETTERS, "isnot": "!=", "ne": "!=", "to": "to"},
    spells={"==": "is", "!=": "isnot"},
    calls={"visited": "visits", "hasVisited": "visited"},
    variable_template="${}",
    visited="hasVisited({})",
    visits="visited({})",
    sequence="[{}]",
)
SNOWMAN = Grammar(
    name="snowman",
    variable=r"\b(?:(?:window\.)?story\.state|s)\.(?P<id>[A-Za-z_]\w*)",
    reads=_JS,
    spells=_JS_SPELLING,
    calls={"visited": "visits", "hasVisited": "visited"},
    variable_template="s.{}",
    visited="hasVisited({})",
    visits="visited({})",
    sequence="[{}]",
)
CHAPBOOK = Grammar(
    name="chapbook",
    # Words of JavaScript and what Chapbook looks up are no variables of the story.
    variable=r"(?!(?:null|undefined|NaN|Infinity|new|typeof|void|this|now|random|passage|story)\b)"
    + _BARE,
    reads=_JS,
    spells=_JS_SPELLING,
    quote="'",
    visited="trail.includes({})",
    sequence="[{}]",
)
INK = Grammar(
    name="ink",
    # Knots, stitches and labels are addressed with dots, and stand for the number of visits.
    variable=r"(?P<id>[^\W\d]\w*(?:\.[^\W\d]\w*)*)",
    reads={**_COMPARE, **_SIGNS, **_WORDS, "mod": "%"},
)
YARN = Grammar(
    name="yarn",
    variable=_DOLLAR,
    reads={**_COMPARE, **_SIGNS, **_WORDS, **_LETTERS, "to": "to"},
    calls={"visited": "visited", "visited_count": "visits"},
)


@dataclass(frozen=True, slots=True)
class Statements:
    """How a dialect writes each change of a variable: `v` the variable, `e` the value."""

    set: str
    add: str
    subtract: str
    toggle: str
    append: str
    remove: str


STATEMENTS: Mapping[str, Statements] = {
    "harlowe": Statements(
        set="{v} to {e}",
        add="{v} to it + {e}",
        subtract="{v} to it - {e}",
        toggle="{v} to not it",
        append="{v} to it + (a: {e})",
        remove="{v} to it - (a: {e})",
    ),
    "sugarcube": Statements(
        set="{v} to {e}",
        add="{v} += {e}",
        subtract="{v} -= {e}",
        toggle="{v} to not {v}",
        append="{v}.push({e})",
        remove="{v}.delete({e})",
    ),
    "snowman": Statements(
        set="{v} = {e}",
        add="{v} += {e}",
        subtract="{v} -= {e}",
        toggle="{v} = !{v}",
        append="{v}.push({e})",
        remove="{v} = _.without({v}, {e})",
    ),
    "chapbook": Statements(
        set="{v}: {e}",
        add="{v}: {v} + {e}",
        subtract="{v}: {v} - {e}",
        toggle="{v}: !{v}",
        append="{v}: {v}.concat({e})",
        remove="{v}: {v}.filter(item => item !== {e})",
    ),
}
GRAMMARS: Mapping[str, Grammar] = {
    grammar.name: grammar
    for grammar in (CONTRACT, HARLOWE, SUGARCUBE, SNOWMAN, CHAPBOOK, INK, YARN)
}
