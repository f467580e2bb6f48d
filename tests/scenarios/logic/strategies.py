"""Random expression trees and stories for Hypothesis, sound and unsound ones alike."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from scenarios.logic.nodes import Expression, Node
from scenarios.logic.story import Choice, Effect, Scene, Story
from scenarios.logic.variables import MAX_NUMBER, Variable

VARIABLES = (
    Variable("gold", "integer", 5, 0, 20),
    Variable("rate", "number", 0.5, -2.5, 2.5),
    Variable("debt", "integer", -3),
    Variable("met", "boolean", default=True),
    Variable("mood", "enum", "calm", values=("calm", "glad", "sad")),
    Variable("name", "string", "Mara"),
    Variable("bag", "list", ("key", 3)),
)
# Those, and some whose values are too many to try.
DECLARED = {
    variable.name: variable
    for variable in (
        *VARIABLES,
        Variable("far", "integer"),
        Variable("wide", "number"),
        Variable("age", "integer", min=0, max=100_000),
        Variable("luck", "integer", min=0, max=100_000),
        Variable("title", "string"),
    )
}
STATE: dict[str, Any] = {
    "variables": {"gold": 5, "rate": 0.5, "debt": -3, "met": True, "mood": "calm", "name": "Mara",
                  "bag": ("key", 3)},
    "visits": {"a": 2, "b": 1},
    "uses": 0,
}  # fmt: skip

numbers = st.one_of(
    st.integers(-5, 20),
    st.integers(-MAX_NUMBER, MAX_NUMBER),
    st.sampled_from([0.5, 0.1, -2.25, 1e-9]),
    st.floats(-1e6, 1e6, allow_subnormal=False).filter(lambda x: not x.is_integer()),
)
texts = st.sampled_from(["", "key", "Mara", "calm", "é", "\U0001f600", "x" * 600])


def _made(op: str, *, args: tuple[Node, ...] = (), value: Any = None) -> Node:
    """What Hypothesis may build: for Node itself it would make up the fields that are not given."""
    return Node(op, 0, args, value)


constants = st.one_of(numbers, texts, st.booleans())

_BINARY = ["==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%"]

leaves = st.one_of(
    constants.map(lambda value: Node("const", value=value)),
    st.sampled_from([*(v.name for v in VARIABLES), "nosuch"]).map(
        lambda name: Node("variable", value=name)
    ),
    st.builds(
        _made,
        st.sampled_from(["visited", "visits"]),
        value=st.sampled_from(["a", "b", "c", "toString"]),
    ),
    st.just(Node("once")),
)


def _grown(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return st.one_of(
        st.builds(_made, st.sampled_from(_BINARY), args=st.tuples(inner, inner)),
        st.builds(_made, st.sampled_from(["and", "or"]), args=several),
        st.builds(_made, st.sampled_from(["not", "neg"]), args=st.tuples(inner)),
        st.builds(_made, st.just("list"), args=st.lists(inner, max_size=3).map(tuple)),
    )


trees = st.recursive(leaves, _grown, max_leaves=12)


def _named(*names: str) -> st.SearchStrategy[Node]:
    return st.sampled_from(names).map(lambda name: Node("variable", value=name))


def _node(ops: str, *args: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.builds(_made, st.sampled_from(ops.split()), args=st.tuples(*args))


def _scene_node(op: str) -> st.SearchStrategy[Node]:
    return st.sampled_from("abc").map(lambda scene: Node(op, value=scene))


_a_number = st.recursive(
    st.one_of(
        st.sampled_from([0, 1, -1, 5, 20, 21, 0.5, 2.5, -2.5, MAX_NUMBER]).map(
            lambda value: Node("const", value=value)
        ),
        _named("gold", "rate", "far", "wide", "age", "luck"),
        _scene_node("visits"),
    ),
    lambda inner: st.one_of(_node("+ - * / %", inner, inner), _node("neg", inner)),
    max_leaves=3,
)
_a_text = st.one_of(
    st.sampled_from(["", "a", "al", "calm", "Mara", "~0"]).map(
        lambda value: Node("const", value=value)
    ),
    _named("mood", "name"),
)
_a_list = st.one_of(
    _named("bag"),
    st.lists(st.one_of(_a_number, _a_text), max_size=3).map(
        lambda parts: Node("list", args=tuple(parts))
    ),
)
_a_truth = st.one_of(_named("met"), _scene_node("visited"), st.just(Node("once")))
_a_value = st.one_of(_a_number, _a_text, _a_list, _a_truth)

# Sound conditions over DECLARED.
conditions = st.recursive(
    st.one_of(
        _a_truth,
        _node("< <= > >= == !=", _a_number, _a_number),
        _node("== !=", _a_text, _a_text),
        _node("== !=", _a_value, _a_value),
        _node("in", st.one_of(_a_number, _a_text), _a_list),
        _node("in", _a_text, _a_text),
    ),
    lambda inner: st.one_of(
        _node("and or", inner, inner), _node("and or", inner, inner, inner), _node("not", inner)
    ),
    max_leaves=5,
)


def numbered(root: Node) -> Expression:
    """The tree with an own place in the text for each node, so that errors tell which one failed."""
    count = iter(range(10_000))

    def placed(node: Node) -> Node:
        at = next(count)
        return Node(node.op, at, tuple(placed(part) for part in node.args), node.value)

    root = placed(root)
    return Expression(" " * next(count), root)


_CONDITIONS = [
    None, "", "gold >= 10", "gold < 3 or met", "not met", "once", 'visited("b")', 'visits("a") < 3',
    '"key" in bag', 'mood == "glad"', "rate * gold > 1", "1 / gold > 0", "gold >", "nosuch",
    'name != "Mara"', 'visited("B title")', 'visited("nowhere")', "gold + 1",
]  # fmt: skip
_EFFECTS = [
    Effect("gold", "add", "7"), Effect("gold", "add", "0 - 4"), Effect("gold", "set", "gold / 2"),
    Effect("rate", "add", "0.75"), Effect("rate", "set", "1 / (gold - 5)"), Effect("met", "toggle"),
    Effect("debt", "set", "debt / 2"), Effect("met", "set", "once"),
    Effect("mood", "set", '"glad"'), Effect("mood", "set", "name"),
    Effect("name", "set", 'name + "!"'), Effect("bag", "append", '"key"'),
    Effect("bag", "append", "gold"), Effect("bag", "remove", '"key"'), Effect("bag", "remove", "9"),
    Effect("nosuch", "set", "1"), Effect("gold", "toggle"), Effect("gold", "set", "true"),
    Effect("gold", "set", 'visits("a")'), Effect("bag", "set", "[gold, name]"),
    Effect("gold", "add", "9007199254740991"), Effect("mood", "set", '"angry"'),
]  # fmt: skip

_effects = st.lists(st.sampled_from(_EFFECTS), max_size=2).map(tuple)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Up to four scenes with up to three choices each; targets may be missing."""
    ids = draw(st.sampled_from([["a"], ["a", "b"], ["a", "b", "c"], ["a", "b", "c", "__proto__"]]))
    scenes = []
    for order, scene in enumerate(ids):
        choices = tuple(
            Choice(
                f"{scene}{index}",
                f"Go {index}",
                draw(st.sampled_from([*ids, "gone"])),
                draw(st.sampled_from(_CONDITIONS)),
                draw(_effects),
                draw(st.integers(0, 2)),
                draw(st.booleans()),
            )
            for index in range(draw(st.integers(0, 3)))
        )
        scenes.append(
            Scene(
                scene,
                f"{scene} title",
                "some words",
                order == 0,
                draw(st.booleans()),
                order,
                draw(st.sampled_from(_CONDITIONS)),
                draw(_effects),
                choices,
            )
        )
    return Story("s", "S", VARIABLES, tuple(scenes))
