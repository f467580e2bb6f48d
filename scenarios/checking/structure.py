"""Can every scene be reached, and an ending from everywhere, going by the choices alone?

Conditions are left out of account, so nothing is called unreachable that a reader could reach.
"""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.checking.findings import Finding, called, found
from scenarios.logic.compiling import Game, PlayableChoice, PlayableScene
from scenarios.logic.graph import edges_of, reachable, reversed_edges


def structure_findings(game: Game) -> Iterator[Finding]:
    """NO_START, MANY_STARTS, BROKEN_TARGET, DEAD_END, SELF_LOOP..., UNREACHABLE..., NO_PATH_TO_END."""
    yield from _starts(game)
    counted = _counted(game)
    for scene in game.scenes.values():
        yield from _ways_out(game, scene, counted)
    if game.start is not None:
        yield from _reach(game)


def _starts(game: Game) -> Iterator[Finding]:
    starts = [each.scene for each in game.scenes.values() if each.scene.is_start]
    if not starts:
        yield found("NO_START", "No scene is marked as the start.")
    for scene in starts[1:]:
        yield found(
            "MANY_STARTS",
            f"{called(scene)} is marked as a start, but the story starts at {called(starts[0])}.",
            scene.id,
        )


def _ways_out(game: Game, playable: PlayableScene, counted: frozenset[str]) -> Iterator[Finding]:
    scene = playable.scene
    if not playable.choices and not scene.is_end:
        yield found(
            "DEAD_END", f"{called(scene)} has no choice and is not marked as an ending.", scene.id
        )
    for choice in playable.choices:
        target = choice.choice.to_scene
        if target not in game.scenes:
            yield found(
                "BROKEN_TARGET",
                f"“{choice.choice.text}” leads to a scene that does not exist.",
                scene.id,
                choice.choice.id,
            )
        elif target == scene.id and not _changes_anything(playable, choice, counted):
            yield found(
                "SELF_LOOP_WITHOUT_EFFECT",
                f"“{choice.choice.text}” leads back to its own scene and changes nothing.",
                scene.id,
                choice.choice.id,
            )


def _changes_anything(
    playable: PlayableScene, choice: PlayableChoice, counted: frozenset[str]
) -> bool:
    """Whether taking a choice back to its own scene can make a difference to anything later."""
    if choice.effects or playable.on_enter or choice.choice.once:
        return True
    expression = choice.condition.expression if choice.condition else None
    if expression is not None and any(node.op == "once" for node in expression.nodes()):
        return True
    return playable.scene.id in counted


def _counted(game: Game) -> frozenset[str]:
    """The scenes whose visits something asks the number of."""
    return frozenset(
        str(node.value)
        for expression in game.expressions()
        for node in expression.nodes()
        if node.op == "visits"
    )


def _reach(game: Game) -> Iterator[Finding]:
    edges = edges_of(game.story)
    starts = {each.scene.id for each in game.scenes.values() if each.scene.is_start}
    reached = reachable(edges, starts)
    ends = {each.scene.id for each in game.scenes.values() if each.scene.is_end}
    ending = reachable(reversed_edges(edges), ends)
    for playable in game.scenes.values():
        if playable.scene.id not in reached:
            yield found(
                "UNREACHABLE_SCENE",
                f"No chain of choices leads to {called(playable.scene)}.",
                playable.scene.id,
            )
    yield from _endless(game, reached, ending)


def _endless(game: Game, reached: set[str], ending: set[str]) -> Iterator[Finding]:
    """Scenes from which no ending can be reached. When that is so from the start, it is said once."""
    for scene in [game.scenes[each].scene for each in game.scenes if each in reached - ending]:
        if reached.isdisjoint(ending):
            if scene.id == game.start:
                yield found("NO_PATH_TO_END", "No ending can be reached from the start.", scene.id)
        elif game.scenes[scene.id].choices:
            yield found(
                "NO_PATH_TO_END", f"From {called(scene)} no ending can be reached.", scene.id
            )
