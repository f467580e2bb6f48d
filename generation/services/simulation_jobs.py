"""How is a long simulation done? By a worker, in the name of who ordered it."""

from __future__ import annotations

from generation.ports import Done, Later, Work
from generation.services.simulations import QUEUE, simulated
from storycore.accounts.queries import actor_by_id


class SimulationJobs:
    """Jobs of the kind "simulation"."""

    queue = QUEUE

    def advance(self, work: Work) -> Done | Later:
        """Explore and play the story; it is simply done again after a crash."""
        work.say("simulating", "Exploring and playing the story.", 10)
        result = simulated(actor_by_id(work.job["owner"]), work.job)
        return Done({"result": result}, f"{result['states']} states, {result['runs']} plays.")
