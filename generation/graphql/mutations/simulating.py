"""The mutation that simulates a story: at once when it is short, else as a job."""

from __future__ import annotations

from typing import ClassVar

import graphene
from django.conf import settings

from generation.graphql.mutations.generating import answered, wait_for
from generation.graphql.types import Job
from generation.queries.jobs import jobs_by_id
from generation.services.simulations import is_short, order_simulation, plain
from scenarios.graphql.types.simulation import Simulation
from scenarios.services.simulating import simulate_scenario
from storycore.graphql.context import Context
from storycore.graphql.mutation import Mutation
from storycore.graphql.relations import Column, One
from storycore.ids import parse_id
from storycore.limits import check_rate
from storycore.mongo.reading import Row


class SimulateScenario(Mutation):
    """Explores a story and plays it by chance: what is never reached, how it ends, where readers get stuck."""

    class Arguments:
        id = graphene.ID(required=True, description="The scenario's id.")
        runs = graphene.Int(default_value=1_000, description="How many plays, 1 to 20000.")
        seed = graphene.Int(description="The same seed gives the same result; 0 by default.")
        max_states = graphene.Int(
            default_value=20_000, description="How many states are visited at most, 1 to 100000."
        )

    renames: ClassVar = {"scenario": "id"}
    result = Column(Simulation, "result", description="What was found, when it is ready.")
    job = One(Job, by="job", load=jobs_by_id, description="The job of a long simulation.")

    @classmethod
    def waiting_seconds(cls) -> float:
        return float(settings.GENERATION_WAIT_SECONDS)

    @classmethod
    def perform(
        cls,
        context: Context,
        *,
        id: str,
        runs: int = 1_000,
        seed: int | None = None,
        max_states: int = 20_000,
    ) -> Row:
        check_rate("simulate", context.actor.user_id or context.client)
        actor, key = context.actor, parse_id(id)
        if is_short(runs, max_states):
            found = simulate_scenario(actor, key, runs=runs, seed=seed, max_states=max_states)
            return {"result": plain(found), "message": "Simulated."}
        job = order_simulation(actor, key, runs, seed, max_states)
        wait_for(context, job)
        row = jobs_by_id.find(actor, job, ("result",)) or {}
        return answered(context, job) | {"result": row.get("result")}


class SimulatingMutations(graphene.ObjectType):
    """The root fields of this module."""

    class Meta:
        abstract = True

    simulate_scenario = SimulateScenario.field()
