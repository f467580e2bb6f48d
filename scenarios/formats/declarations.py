"""Which variables does a story use, of which type, and how are they declared in a file of Twine's?

No Twine format declares variables: types follow from what is assigned and compared, defaults from the
passage that runs before the story. What does not follow is written there once more, after a mark.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scenarios.formats.base import Passage
from scenarios.formats.expressions import (
    Binary,
    Call,
    Const,
    Name,
    Node,
    NotUnderstood,
    Scalar,
    Unary,
)
from scenarios.formats.grammars import CONTRACT, GRAMMARS
from scenarios.formats.meaning import effect_text, tree, walk
from scenarios.logic.story import Effect
from scenarios.logic.variables import (
    Value,
    Variable,
    VariableType,
    value_to_json,
    variable_from_json,
    variable_to_json,
)
from storycore.errors import InvalidInput

_MARK = "storycore-variables ["
_LINE = re.compile(r"(?:<!--|//) storycore-variables (\[.*\])(?: -->)?")
_ORDERINGS = frozenset({"<", "<=", ">", ">="})
_ARITHMETIC = frozenset({"-", "*", "/", "%"})
TYPE_OF: Mapping[type, VariableType] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
}
_CALLS: Mapping[str, VariableType] = {
    "visited": "boolean",
    "once": "boolean",
    "visits": "integer",
    "list": "list",
}
_SCRIPTS = {
    "sugarcube": "State.variables.{name} = {value};",
    "snowman": "window.story.state.{name} = {value};",
    "chapbook": "engine.state.set('{name}', {value});",
}


@dataclass(slots=True)
class _Evidence:
    """What was seen of one variable: `firm` types by order, `loose` when only asked for its truth."""

    firm: list[VariableType] = field(default_factory=list)
    default: Value | None = None

    def type(self) -> VariableType:
        if not self.firm:
            return "boolean"
        return "number" if self.firm[0] == "integer" and "number" in self.firm else self.firm[0]


def constant_of(node: Node) -> Scalar | None:
    """The value of a constant, which may have a sign; None for any other expression."""
    match node:
        case Const(value):
            return value
        case Unary("-", Const(int() | float() as value)) if not isinstance(value, bool):
            return -value
    return None


def inferred(setup: Iterable[Effect], passages: Iterable[Passage]) -> tuple[Variable, ...]:
    """The variables that occur, in the order of their first use; `setup` runs before the story."""
    seen: dict[str, _Evidence] = {}
    for effect in setup:
        _see_effect(seen, effect)
        value = _constant(effect)
        evidence = seen[effect.variable]
        if value is not None and evidence.default is None and len(evidence.firm) == 1:
            evidence.default = value
    for passage in passages:
        for effect in _effects(passage):
            _see_effect(seen, effect)
        for condition in _conditions(passage):
            _see_expression(seen, condition)
    return tuple(Variable(name, what.type(), what.default) for name, what in seen.items())


def _effects(passage: Passage) -> Iterator[Effect]:
    yield from passage.on_enter
    for link in passage.links:
        yield from link.effects


def _conditions(passage: Passage) -> Iterator[str]:
    if passage.visible_if:
        yield passage.visible_if
    for link in passage.links:
        if link.condition:
            yield link.condition


def _see_effect(seen: dict[str, _Evidence], effect: Effect) -> None:
    evidence = seen.setdefault(effect.variable, _Evidence())
    if effect.op == "toggle":
        evidence.firm.append("boolean")
        return
    _see_expression(seen, effect.value)
    if effect.op in {"append", "remove"}:
        evidence.firm.append("list")
        return
    try:
        kind = _type_of(tree(effect.value, CONTRACT))
    except NotUnderstood:
        return
    if kind or effect.op == "add":
        evidence.firm.append(kind or "integer")


def _see_expression(seen: dict[str, _Evidence], text: str) -> None:
    try:
        nodes = walk(tree(text, CONTRACT))
    except NotUnderstood:
        return
    for node in nodes:
        match node:
            case Name(id=variable):
                seen.setdefault(variable, _Evidence())
            case Binary("in", _, Name(id=variable)):
                seen.setdefault(variable, _Evidence()).firm.append("list")
            case Binary(op, left, right) if op not in {"and", "or", "in"}:
                _see_pair(seen, op, left, right)


def _see_pair(seen: dict[str, _Evidence], op: str, left: Node, right: Node) -> None:
    """One side of an operation tells the type of the other."""
    for node, other in ((left, right), (right, left)):
        kind = _type_of(other)
        if kind is None and (op in _ORDERINGS or op in _ARITHMETIC):
            kind = "integer"
        if isinstance(node, Name) and kind:
            seen.setdefault(node.id, _Evidence()).firm.append(kind)


def _type_of(node: Node) -> VariableType | None:
    """The type of the node's value, None when that cannot be told from the node alone."""
    match node:
        case Const(value):
            return TYPE_OF[type(value)]
        case Unary("-", operand):
            return _type_of(operand) or "integer"
        case Call(name, _):
            return _CALLS[name]
        case Binary(op, left, right) if op in _ARITHMETIC or op == "+":
            return _type_of(left) or _type_of(right)
        case Name():
            return None
    return "boolean"


def _constant(effect: Effect) -> Value | None:
    """The value that an assignment gives, when it is one that can be told without playing."""
    if effect.op == "set":
        return _value(tree(effect.value, CONTRACT))
    return None


def _value(node: Node) -> Value | None:
    match node:
        case Const(value):
            return value
        case Unary("-", Const(int() | float() as value)):
            return -value
        case Call("list", items):
            values = [_value(item) for item in items]
            return tuple(each for each in values if isinstance(each, (int, float, str)))
    return None


def divided(text: str) -> tuple[str, tuple[Variable, ...]]:
    """The author's part of a setup passage or script, and the variables declared after the mark."""
    if _MARK not in text:
        return text, ()
    start = text.rfind("\n", 0, text.index(_MARK)) + 1
    found = _LINE.fullmatch(text[start:].partition("\n")[0])
    if found is None:
        return text, ()
    try:
        declared = tuple(variable_from_json(each) for each in json.loads(found[1]))
    except (ValueError, TypeError, AttributeError, RecursionError, InvalidInput):
        return text, ()
    return text[:start].rstrip("\n"), declared


def with_declarations(text: str, variables: Iterable[Variable], dialect: str) -> str:
    """A setup passage (Harlowe) or story script that gives every variable its first value."""
    declared = list(variables)
    raw = json.dumps([_short(each) for each in declared], ensure_ascii=False)
    for sign in "<>-":
        raw = _escaped_in_strings(raw, sign)
    if dialect == "harlowe":
        head = f"<!-- storycore-variables {raw} -->"
        lines = [f"(set: {effect_text(_first(each), GRAMMARS[dialect])})" for each in declared]
    else:
        head = f"// storycore-variables {raw}"
        lines = [_SCRIPTS[dialect].format(name=v.name, value=_json(v.initial)) for v in declared]
    return "\n".join([text, "", head, *lines] if text else [head, *lines])


def _first(variable: Variable) -> Effect:
    return Effect(variable.name, "set", _json(variable.initial))


def _json(value: Any) -> str:
    return json.dumps(value_to_json(value), ensure_ascii=False)


def _short(variable: Variable) -> dict[str, Any]:
    """The declaration without what is absent, so that None and a given default stay two things."""
    raw = {
        key: value
        for key, value in variable_to_json(variable).items()
        if value not in (None, [], "")
    }
    if variable.default is None:
        raw.pop("default", None)
    else:
        raw["default"] = value_to_json(variable.default)
    return raw


def _escaped_in_strings(raw: str, sign: str) -> str:
    """JSON with `sign` written as an escape inside strings; outside only numbers hold a minus."""
    strings = re.compile(r'"(?:[^"\\]|\\.)*"')
    return strings.sub(lambda found: found[0].replace(sign, f"\\u{ord(sign):04x}"), raw)
