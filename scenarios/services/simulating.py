"""What happens to readers of a stored story? Explored and played, within bounds."""

from __future__ import annotations

from bson import ObjectId

from scenarios.checking.simulation import MAX_STATES, RUNS, Simulation, simulate
from scenarios.queries.scenarios import scenarios_by_id
from scenarios.queries.stories import read_story
from storycore.access import Actor
from storycore.errors import InvalidInput, NotFound

RUNS_MAX = 20_000
STATES_MAX = 100_000
SEED_MAX = 2**31 - 1


def simulate_scenario(
    actor: Actor,
    scenario: ObjectId,
    *,
    runs: int = RUNS,
    seed: int | None = None,
    max_states: int = MAX_STATES,
) -> Simulation:
    """Explore and play a story that the actor may read; the same seed gives the same result.

    Raises NotFound, NoStartScene, InvalidInput.
    """
    _check_bounds(runs, seed, max_states)
    return simulate(read_story(actor, scenario), runs, seed or 0, max_states)


def require_bounds(
    actor: Actor, scenario: ObjectId, *, runs: int, seed: int | None, max_states: int
) -> None:
    """Refuse what `simulate_scenario` would refuse, without simulating. Raises NotFound, InvalidInput."""
    _check_bounds(runs, seed, max_states)
    if scenarios_by_id.find(actor, scenario, ("_id",)) is None:
        raise NotFound("There is no such scenario.", field="id")


def _check_bounds(runs: int, seed: int | None, max_states: int) -> None:
    for field, value, most in (("runs", runs, RUNS_MAX), ("max_states", max_states, STATES_MAX)):
        if not 1 <= value <= most:
            raise InvalidInput(f"This lies between 1 and {most}.", field=field)
    if seed is not None and not 0 <= seed <= SEED_MAX:
        raise InvalidInput(f"This lies between 0 and {SEED_MAX}.", field="seed")
