"""Can a condition be true, and can it be false, over everything that its variables can hold?

Only what is proven is answered with no. Small conditions are tried out over values that stand for all
(domains.py); for others intervals are computed (ranges.py).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from scenarios.checking.domains import Samples, samples
from scenarios.checking.ranges import Truth, possible_truth
from scenarios.errors import ExpressionError
from scenarios.logic.evaluation import Scope, compile_condition
from scenarios.logic.nodes import Expression, Node
from scenarios.logic.variables import Variable

# Trials for one condition and for one whole story: linting stays quick on any input.
_TRIALS = 1024
_TRIALS_IN_ALL = 200_000


class Sound(NamedTuple):
    """A condition without a fault, parsed and compiled."""

    expression: Expression
    holds: Callable[[Scope], bool]


class Prover:
    """Answers for the conditions of one story, each distinct one once."""

    def __init__(self, declared: Mapping[str, Variable]) -> None:
        self.declared = declared
        self.known: dict[tuple[str, str | None], Truth] = {}
        self.trials_left = _TRIALS_IN_ALL

    def truth(self, condition: Sound, present: str | None = None) -> Truth:
        """What a condition can be; `present` is a scene that has been visited for sure."""
        expression = condition.expression
        mentioned = any(
            node.op in ("visited", "visits") and node.value == present
            for node in expression.nodes()
        )
        key = (expression.text, present if mentioned else None)
        if key not in self.known:
            self.known[key] = self._proven(condition, present)
        return self.known[key]

    def can_both_hold(self, one: Sound, two: Sound, present: str) -> bool:
        """Whether two choices of the present scene can be available at once."""
        nodes = (*one.expression.nodes(), *two.expression.nodes())
        if any(node.op == "once" for node in nodes):
            # Each speaks of its own choice, so they cannot be put into one condition.
            return True
        joined = Expression(
            f"({one.expression.text}) and ({two.expression.text})",
            Node("and", args=(one.expression.root, two.expression.root)),
        )
        return self.truth(Sound(joined, compile_condition(joined)), present).can_be_true

    def _proven(self, condition: Sound, present: str | None) -> Truth:
        trials = samples(condition.expression, self.declared, present)
        if trials is not None:
            size = math.prod(map(len, trials.values()))
            if size <= min(_TRIALS, self.trials_left):
                self.trials_left -= size
                return _tried(condition.holds, trials)
        return possible_truth(condition.expression, self.declared, present)


def _tried(holds: Callable[[Scope], bool], trials: Samples) -> Truth:
    outcomes = set()
    for values in itertools.product(*trials.values()):
        try:
            outcomes.add(holds(_scope(dict(zip(trials, values, strict=True)))))
        except ExpressionError:
            outcomes |= {False}
        if len(outcomes) == 2:
            break
    return Truth(can_be_true=True in outcomes, can_be_false=False in outcomes)


def _scope(trial: dict[tuple[str, str], Any]) -> Scope:
    return Scope(
        {name: value for (kind, name), value in trial.items() if kind == "variable"},
        {name: value for (kind, name), value in trial.items() if kind == "visits"},
        trial.get(("once", ""), 0),
    )
