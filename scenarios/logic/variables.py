"""What may a story's variables be called and hold, and what do they hold at the start?"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from storycore.errors import InvalidInput

VariableType = Literal["boolean", "integer", "number", "string", "enum", "list"]
Kind = Literal["boolean", "number", "text", "list"]
Number = int | float
Value = bool | int | float | str | tuple[int | float | str, ...]

# The largest whole number that a browser holds exactly; the bound of every number in a story.
MAX_NUMBER = 2**53 - 1
MAX_TEXT = 1000
MAX_LIST = 100
MAX_VARIABLES = 1_000
MAX_NAME = 64

KEYWORDS = frozenset({"and", "or", "not", "in", "true", "false", "once", "visited", "visits"})
NUMBERS: frozenset[Any] = frozenset({int, float})

_NAME = re.compile(r"(?!__)[^\W\d]\w*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_KINDS: Mapping[VariableType, Kind] = {
    "boolean": "boolean",
    "integer": "number",
    "number": "number",
    "string": "text",
    "enum": "text",
    "list": "list",
}
_EMPTY: Mapping[VariableType, Value] = {
    "boolean": False,
    "integer": 0,
    "number": 0,
    "string": "",
    "list": (),
}


@dataclass(frozen=True, slots=True)
class Variable:
    """One declared variable; `min` and `max` bound numbers, `values` are what an enum may hold."""

    name: str
    type: VariableType
    default: Value | None = None
    min: Number | None = None
    max: Number | None = None
    values: tuple[str, ...] = ()
    description: str = ""

    @property
    def kind(self) -> Kind:
        """The kind that expressions see: integer and number are one, string and enum are one."""
        return _KINDS[self.type]

    @property
    def low(self) -> Number:
        """The least number that it can hold."""
        return -MAX_NUMBER if self.min is None else self.min

    @property
    def high(self) -> Number:
        """The greatest number that it can hold."""
        return MAX_NUMBER if self.max is None else self.max

    @property
    def initial(self) -> Value:
        """Its value when a play begins: the default, else the type's empty value within bounds."""
        if self.default is not None:
            return self.default
        if self.type == "enum":
            return next(iter(self.values), "")
        if self.kind == "number":
            return min(max(0, self.low), self.high)
        return _EMPTY[self.type]


def is_name(text: str) -> bool:
    """Whether an expression can mention a variable of this name."""
    return len(text) <= MAX_NAME and bool(_NAME.fullmatch(text)) and text not in KEYWORDS


def is_well_formed(text: str) -> bool:
    """Whether the text holds whole characters only: half of a surrogate pair cannot be stored."""
    return text.isascii() or not _SURROGATE.search(text)


def canonical(number: Number) -> Number:
    """The one form of a number: int when it is whole, so that 1.0 and 1 are one state."""
    return int(number) if number.__class__ is float and number.is_integer() else number


def fitted(variable: Variable, value: Value) -> Value | None:
    """The value as the variable takes it in play; None when an enum does not list it.

    An integer drops its fraction downwards and a number stays within `min` and `max`. The kind of
    the value must already be the variable's.
    """
    if variable.kind == "number" and not isinstance(value, (str, tuple)):
        whole = math.floor(value) if variable.type == "integer" else value
        return min(max(whole, variable.low), variable.high)
    if variable.type == "enum" and value not in variable.values:
        return None
    return value


def checked_value(variable: Variable, raw: object) -> Value:
    """A stored or given value in its canonical form; raises InvalidInput when it cannot be held."""
    value = _of_kind(raw, variable.kind)
    if value is None or fitted(variable, value) != value:
        raise InvalidInput(
            f"{variable.name} cannot hold {raw!r:.80}: it is of type {variable.type}.",
            field="default",
            variable=variable.name,
        )
    return value


def check_variables(variables: Sequence[Variable]) -> None:
    """Raise InvalidInput, naming the field, unless all declarations are sound and names differ."""
    if len(variables) > MAX_VARIABLES:
        raise InvalidInput(f"A story has at most {MAX_VARIABLES} variables.", field="variables")
    names = Counter(variable.name for variable in variables)
    for variable in variables:
        _check_shape(variable)
        checked_value(variable, variable.initial)
        if names[variable.name] > 1:
            raise InvalidInput(f"Two variables are called {variable.name}.", field="name")


def variable_from_json(raw: Mapping[str, Any]) -> Variable:
    """A declaration {name, type, default?, min?, max?, values?, description?}, checked.

    Raises InvalidInput naming the field at fault.
    """
    if raw.get("type") not in get_args(VariableType):
        raise InvalidInput(f"A type is one of {', '.join(get_args(VariableType))}.", field="type")
    name, values = raw.get("name"), raw.get("values") or ()
    if not isinstance(name, str):
        raise InvalidInput("A variable has a name.", field="name")
    if not isinstance(values, (list, tuple)) or not all(isinstance(text, str) for text in values):
        raise InvalidInput("The values of an enum are a list of texts.", field="values")
    bounds = {
        key: _bound(raw[key], name, key) for key in ("min", "max") if raw.get(key) is not None
    }
    bare = Variable(
        name, raw["type"], values=tuple(values), description=raw.get("description") or "", **bounds
    )
    _check_shape(bare)
    given = raw.get("default")
    default = None if given is None else checked_value(bare, given)
    return Variable(
        name, bare.type, default, bare.min, bare.max, bare.values, description=bare.description
    )


def variable_to_json(variable: Variable) -> dict[str, Any]:
    """The declaration as plain JSON values; `variable_from_json` reads it back."""
    return {
        "name": variable.name,
        "type": variable.type,
        "default": value_to_json(variable.initial),
        "min": variable.min,
        "max": variable.max,
        "values": list(variable.values),
        "description": variable.description,
    }


def value_to_json(value: Value) -> Any:
    """A value as JSON has it: a list for a tuple, all others unchanged."""
    return list(value) if isinstance(value, tuple) else value


def initial_values(variables: Iterable[Variable]) -> dict[str, Value]:
    """What every variable holds when a play begins, in the order of declaration."""
    return {variable.name: variable.initial for variable in variables}


def kind_of(value: object) -> Kind | None:
    """The kind of a value; None for what no story can hold."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "text"
    return "list" if isinstance(value, tuple) else None


def _bound(raw: object, name: str, field: str) -> Number:
    value = _number(raw)
    if value is None:
        raise InvalidInput(f"The {field} of {name} is no number.", field=field)
    return value


def _check_shape(variable: Variable) -> None:
    if not is_name(variable.name):
        raise InvalidInput(
            f"{variable.name!r:.80} is no name for a variable: letters, digits and _ only.",
            field="name",
        )
    if variable.type == "enum" and not 0 < len(set(variable.values)) == len(variable.values):
        raise InvalidInput(f"{variable.name} needs values that differ.", field="values")
    if any(_text(text) is None for text in variable.values):
        raise InvalidInput(f"A value of {variable.name} is too long.", field="values")
    if variable.low > variable.high:
        raise InvalidInput(f"The max of {variable.name} is below its min.", field="max")
    if variable.type == "integer" and {variable.low.__class__, variable.high.__class__} != {int}:
        raise InvalidInput(f"The bounds of {variable.name} are whole numbers.", field="min")


def _of_kind(raw: object, kind: Kind) -> Value | None:
    """The canonical value when `raw` is of that kind and within the bounds of its kind."""
    if kind == "boolean":
        return raw if isinstance(raw, bool) else None
    if kind == "number":
        return _number(raw)
    if kind == "text":
        return _text(raw)
    return _items(raw)


def _number(raw: object) -> Number | None:
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        return None
    return canonical(raw) if -MAX_NUMBER <= raw <= MAX_NUMBER else None


def _text(raw: object) -> str | None:
    if isinstance(raw, str) and len(raw) <= MAX_TEXT and is_well_formed(raw):
        return raw
    return None


def _items(raw: object) -> tuple[int | float | str, ...] | None:
    if not isinstance(raw, (list, tuple)) or len(raw) > MAX_LIST:
        return None
    items: list[int | float | str] = []
    for part in raw:
        item = _text(part) if isinstance(part, str) else _number(part)
        if item is None:
            return None
        items.append(item)
    return tuple(items)
