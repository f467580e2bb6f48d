"""How does a client see what is wrong with an expression that was saved all the same?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graphene.utils.str_converters import to_camel_case

from scenarios.errors import ExpressionError
from scenarios.services.declarations import ExpressionProblem
from storycore.graphql.types import UserError


def expression_errors(
    problems: Iterable[ExpressionProblem], renames: Mapping[str, str]
) -> list[UserError]:
    """One userError for each, with its place in the text and a mark under it; `renames` as a mutation has."""
    return [_user_error(problem, renames) for problem in problems]


def _user_error(problem: ExpressionProblem, renames: Mapping[str, str]) -> UserError:
    at = problem.details
    parts = problem.field.split(".")
    return UserError(
        field=".".join(renames.get(part) or to_camel_case(part) for part in parts),
        code=ExpressionError.code,
        message=f"Line {at['line']}, column {at['column']}: {at['message']}\n{at['caret']}",
        details={"reason": at["reason"]},
        line=at["line"],
        column=at["column"],
        caret=at["caret"],
    )
