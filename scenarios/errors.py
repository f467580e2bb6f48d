"""Which facts about stories can go wrong, and under which stable code does a client see each?"""

from __future__ import annotations

from storycore.errors import InvalidInput


class ExpressionError(InvalidInput):
    """A condition or an effect's value cannot be read, has wrong types, or failed when evaluated.

    `reason` is a stable word (SYNTAX, LIMIT, TYPE_MISMATCH, DIVISION_BY_ZERO ...), `line` and
    `column` count from 1 in code points, `caret` is the line at fault with a mark under the place.
    """

    code = "EXPRESSION_ERROR"

    def __init__(self, message: str, *, reason: str, line: int, column: int, caret: str) -> None:
        super().__init__(message, reason=reason, line=line, column=column, caret=caret)
        self.reason = reason
        self.line = line
        self.column = column
        self.caret = caret


class ChoiceNotHere(InvalidInput):
    """The choice does not leave the scene that the reader is in."""

    code = "CHOICE_NOT_HERE"


class ConditionFailed(InvalidInput):
    """The choice leaves the present scene but is not available; `details["reason"]` says why."""

    code = "CONDITION_FAILED"


class NoStartScene(InvalidInput):
    """The story has no start scene, so nobody can begin it."""

    code = "NO_START"


class NotPublishable(InvalidInput):
    """The check of the story found errors; `details["findings"]` lists them, `force` publishes all the same."""

    code = "NOT_PUBLISHABLE"
