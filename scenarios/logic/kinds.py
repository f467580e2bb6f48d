"""Do the parts of an expression fit each other, the declared variables and the scenes?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from scenarios.logic.nodes import Expression, Node
from scenarios.logic.story import Scene
from scenarios.logic.variables import Kind, Variable, kind_of

_CALLED: Mapping[Kind, str] = {
    "boolean": "true or false",
    "number": "a number",
    "text": "a text",
    "list": "a list",
}


def check_types(expression: Expression, declared: Mapping[str, Variable]) -> Kind:
    """The kind of its value; raises ExpressionError for the first part that does not fit."""
    return _Checker(expression, declared).kind(expression.root)


def check_condition(expression: Expression, declared: Mapping[str, Variable]) -> None:
    """Raise ExpressionError unless it is sound and yields true or false."""
    kind = check_types(expression, declared)
    if kind != "boolean":
        raise expression.error(
            expression.root.at,
            "TYPE_MISMATCH",
            f"A condition is true or false, not {_CALLED[kind]}.",
        )


def scene_names(scenes: Iterable[Scene]) -> dict[str, str]:
    """Under which names can an expression mention each scene: its id, or a title no other has.

    Titles are found in any mix of capitals. Maps names to ids; an ambiguous title is left out.
    """
    titles: dict[str, set[str]] = {}
    ids = {}
    for scene in scenes:
        ids[scene.id] = scene.id
        titles.setdefault(scene.title.casefold(), set()).add(scene.id)
    return {title: one for title, (one, *more) in titles.items() if not more} | ids


def bind_scenes(expression: Expression, names: Mapping[str, str]) -> Expression:
    """The same with scene ids in place of names; raises ExpressionError for an unknown name."""

    def bound(node: Node) -> Node:
        if node.op in ("visited", "visits"):
            name = str(node.value)
            scene = names.get(name) or names.get(name.casefold())
            if scene is None:
                raise expression.error(
                    node.at, "UNKNOWN_SCENE", f"No single scene is called {name!r:.80}."
                )
            return node._replace(value=scene)
        return node._replace(args=tuple(map(bound, node.args))) if node.args else node

    if not any(node.op in ("visited", "visits") for node in expression.nodes()):
        return expression
    return Expression(expression.text, bound(expression.root))


class _Checker:
    """One rule a group of operations; each answers the kind of its node."""

    def __init__(self, expression: Expression, declared: Mapping[str, Variable]) -> None:
        self.expression = expression
        self.declared = declared

    def kind(self, node: Node) -> Kind:
        return _RULES[node.op](self, node)

    def constant(self, node: Node) -> Kind:
        # The parser makes constants of story values only.
        return kind_of(node.value) or "text"

    def variable(self, node: Node) -> Kind:
        variable = self.declared.get(str(node.value))
        if variable is None:
            raise self.expression.error(
                node.at, "UNDECLARED_VARIABLE", f"No variable is called {node.value}."
            )
        return variable.kind

    def logic(self, node: Node) -> Kind:
        for part in node.args:
            self.require(part, "boolean")
        return "boolean"

    def equality(self, node: Node) -> Kind:
        for part in node.args:
            self.kind(part)
        return "boolean"

    def ordering(self, node: Node) -> Kind:
        self.arithmetic(node)
        return "boolean"

    def membership(self, node: Node) -> Kind:
        item, container = node.args
        kind = self.kind(item)
        if self.require(container, "list", "text") == "text":
            self.require(item, "text")
        elif kind not in ("text", "number"):
            raise self.mismatch(item, "a text or a number")
        return "boolean"

    def plus(self, node: Node) -> Kind:
        left, right = node.args
        kind = self.require(left, "number", "text")
        return self.require(right, kind)

    def arithmetic(self, node: Node) -> Kind:
        for part in node.args:
            self.require(part, "number")
        return "number"

    def items(self, node: Node) -> Kind:
        for part in node.args:
            self.require(part, "text", "number")
        return "list"

    def truth(self, _node: Node) -> Kind:
        return "boolean"

    def count(self, _node: Node) -> Kind:
        return "number"

    def require(self, node: Node, *wanted: Kind) -> Kind:
        kind = self.kind(node)
        if kind not in wanted:
            raise self.mismatch(node, " or ".join(_CALLED[each] for each in wanted))
        return kind

    def mismatch(self, node: Node, wanted: str) -> Exception:
        return self.expression.error(node.at, "TYPE_MISMATCH", f"This should be {wanted}.")


_RULES: Mapping[str, Callable[[_Checker, Node], Kind]] = {
    "const": _Checker.constant,
    "variable": _Checker.variable,
    "list": _Checker.items,
    "visited": _Checker.truth,
    "once": _Checker.truth,
    "visits": _Checker.count,
    "in": _Checker.membership,
    "+": _Checker.plus,
    **dict.fromkeys(("and", "or", "not"), _Checker.logic),
    **dict.fromkeys(("==", "!="), _Checker.equality),
    **dict.fromkeys(("<", "<=", ">", ">="), _Checker.ordering),
    **dict.fromkeys(("-", "*", "/", "%", "neg"), _Checker.arithmetic),
}
