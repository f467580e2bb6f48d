from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scenarios.logic.graph import edges_of, reachable, reversed_edges
from tests.scenarios.stories import a_scene, a_story, an_end, to

graphs = st.dictionaries(
    st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), max_size=4)
).map(lambda found: {scene: found.get(scene, []) for scene in "abcdef"})


def test_edges_leave_out_targets_that_do_not_exist() -> None:
    story = a_story(a_scene("a", to("b"), to("gone"), to("b")), a_scene("b", to("a")), an_end())

    assert edges_of(story) == {"a": ["b", "b"], "b": ["a"], "end": []}


def test_reachable_holds_the_starts_and_all_that_follows() -> None:
    edges = {"a": ["b"], "b": ["a", "c"], "c": [], "d": ["a"]}

    assert reachable(edges, ["a"]) == {"a", "b", "c"}
    assert reachable(edges, ["c"]) == {"c"}
    assert reachable(edges, []) == set()
    assert reachable(edges, ["c", "d"]) == {"a", "b", "c", "d"}


@given(graphs, st.sampled_from("abcdef"), st.sampled_from("abcdef"))
def test_backwards_is_the_other_way_round(edges: dict[str, list[str]], one: str, two: str) -> None:
    forth = two in reachable(edges, [one])

    assert forth == (one in reachable(reversed_edges(edges), [two]))
