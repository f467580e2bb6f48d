"""Is a simulation short enough for a request, or is it a job?"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson
from bson import ObjectId

from generation.services.enqueueing import enqueue
from scenarios.checking.simulation import MAX_STATES, RUNS, Simulation
from scenarios.services.simulating import require_bounds, simulate_scenario
from storycore.access import Actor, require_login

KIND = "simulation"
QUEUE = "text"


def is_short(runs: int, max_states: int) -> bool:
    """Whether it takes about a second at most, so that a request can bear it."""
    return runs <= RUNS and max_states <= MAX_STATES


def order_simulation(
    actor: Actor, scenario: ObjectId, runs: int, seed: int | None, max_states: int
) -> ObjectId:
    """Let a worker simulate a story that the actor may read; returns the job's id.

    Raises Unauthenticated, NotFound, InvalidInput, QueueFull.
    """
    owner = require_login(actor)
    require_bounds(actor, scenario, runs=runs, seed=seed, max_states=max_states)
    order = {
        "prompt": "",
        "parameters": {"runs": runs, "max_states": max_states},
        "seed": seed or 0,
        "scenario": scenario,
    }
    return enqueue(owner, KIND, QUEUE, order)


def simulated(actor: Actor, job: dict[str, Any]) -> dict[str, Any]:
    """The result of a simulation's job, as plain JSON. Raises NotFound when the story is gone, NoStartScene."""
    parameters = job.get("parameters") or {}
    found = simulate_scenario(
        actor,
        job["scenario"],
        runs=parameters.get("runs", RUNS),
        seed=job.get("seed"),
        max_states=parameters.get("max_states", MAX_STATES),
    )
    return plain(found)


def plain(found: Simulation) -> dict[str, Any]:
    """A simulation as JSON values: lists for tuples."""
    result: dict[str, Any] = orjson.loads(orjson.dumps(asdict(found)))
    return result
