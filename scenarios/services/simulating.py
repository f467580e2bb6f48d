"""What happens to readers of a stored story? Explored and played, within bounds that a request can bear."""

from __future__ import annotations

from bson import ObjectId

from scenarios.checking.simulation import MAX_STATES, RUNS, Simulation, simulate
from scenarios.queries.stories import read_story
from storycore.access import Actor
from storycore.errors import InvalidInput

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
    for field, value, most in (("runs", runs, RUNS_MAX), ("max_states", max_states, STATES_MAX)):
        if not 1 <= value <= most:
            raise InvalidInput(f"This lies between 1 and {most}.", field=field)
    if seed is not None and not 0 <= seed <= SEED_MAX:
        raise InvalidInput(f"This lies between 0 and {SEED_MAX}.", field="seed")
    return simulate(read_story(actor, scenario), runs, seed or 0, max_states)
