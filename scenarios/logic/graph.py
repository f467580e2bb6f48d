"""Which scenes can be reached from which, going by choices alone?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from scenarios.logic.story import Story

Edges = Mapping[str, Collection[str]]


def edges_of(story: Story) -> dict[str, list[str]]:
    """The scenes that each scene's choices lead to; targets that do not exist are left out."""
    known = {scene.id for scene in story.scenes}
    return {
        scene.id: [choice.to_scene for choice in scene.choices if choice.to_scene in known]
        for scene in story.scenes
    }


def reversed_edges(edges: Edges) -> dict[str, list[str]]:
    """The same edges the other way round."""
    backwards: dict[str, list[str]] = {scene: [] for scene in edges}
    for scene, targets in edges.items():
        for target in targets:
            backwards[target].append(scene)
    return backwards


def reachable(edges: Edges, starts: Iterable[str]) -> set[str]:
    """The scenes that can be reached from any of these, they themselves included."""
    found = set(starts)
    waiting = list(found)
    while waiting:
        for target in edges[waiting.pop()]:
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found
