"""What do all mutations share? An actor in, a payload with success, message and userErrors out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import graphene
from graphene.utils.str_converters import to_camel_case
from graphql import GraphQLResolveInfo, Undefined

from storycore.errors import RateLimited, StoryCoreError, Unauthenticated
from storycore.graphql.context import Context
from storycore.graphql.relations import Column, Record, Siblings, selected
from storycore.graphql.types import RowType, UserError
from storycore.mongo.reading import Row

_OUTCOMES = "outcomes"


class Payload(RowType):
    """What every mutation answers."""

    class Meta:
        abstract = True

    success = Column(graphene.Boolean, "success", description="Whether it was done.", required=True)
    message = Column(graphene.String, "message", description="What happened, in a sentence.")
    user_errors = Column(
        graphene.List(graphene.NonNull(UserError)),
        "user_errors",
        description="What is wrong with the input; empty when it was done.",
        required=True,
    )


class Mutation(Payload):
    """The base of all mutations.

    `perform(context, **arguments)` does it through one service and returns the payload's row: ids for the
    One and Many fields of the payload, which read the answer back through the same query as any other read.
    `renames` maps a service's field names to the input's ("image" -> "imageId"); others become camel case.
    An error becomes a userError. It comes as a GraphQL error instead when the operation does not ask for
    userErrors (so that it is never lost) and always when a login is missing or a rate limit is passed.
    A null for an argument that has a default means the default, as if it had been left out.
    """

    class Meta:
        abstract = True

    renames: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def waiting_seconds(cls) -> float:
        """How long it may wait for something outside: its operation gets that much more time."""
        return 0.0

    @classmethod
    def __init_subclass_with_meta__(cls, *unexpected: Any, **options: Any) -> None:
        if not (cls.__doc__ or "").strip():
            raise TypeError(f"{cls.__name__} needs a description: its docstring is the schema's.")
        arguments = getattr(cls, "Arguments", None)
        cls._arguments = (
            {name: value for name, value in vars(arguments).items() if not name.startswith("__")}
            if arguments
            else {}
        )
        cls._defaults = {
            name: default
            for name, argument in cls._arguments.items()
            if (default := _default_of(argument)) is not None
        }
        options.setdefault("name", f"{cls.__name__}Payload")
        options.setdefault(
            "description",
            f"What `{to_camel_case(cls.__name__[0].lower() + cls.__name__[1:])}` answers.",
        )
        super().__init_subclass_with_meta__(*unexpected, **options)

    @classmethod
    def perform(cls, context: Context, *_none: Any, **arguments: Any) -> Row:
        """Do it; returns the payload's row without success and userErrors.

        A subclass names its own arguments; the pair of stars is how a type checker is told so.
        """
        raise NotImplementedError

    @classmethod
    def field(cls, **options: Any) -> graphene.Field:
        """The root field of this mutation."""
        doc = " ".join((cls.__doc__ or "").split())
        return graphene.Field(
            cls, args=dict(cls._arguments), description=doc, resolver=cls._resolve, **options
        )

    @classmethod
    def outcome(cls, context: Context, key: str, arguments: dict[str, Any]) -> Row | Exception:
        """The payload's row, or what went wrong.

        It is performed once for each response key of an operation, whoever asks how often.
        """
        place = (_OUTCOMES, key)
        if place not in context.memory:
            context.memory[place] = cls._performed(context, arguments)
        found: Row | Exception = context.memory[place]
        return found

    @classmethod
    def _performed(cls, context: Context, arguments: dict[str, Any]) -> Row | Exception:
        for name, default in cls._defaults.items():
            if arguments.get(name) is None:
                arguments[name] = default
        try:
            return {"success": True, "user_errors": [], **cls.perform(context, **arguments)}
        except Exception as problem:  # noqa: BLE001 - whoever asks for the outcome raises it
            if isinstance(problem, StoryCoreError):
                problem.field = cls._renamed(problem.field)
            return problem

    @classmethod
    def _resolve(cls, _root: Any, info: GraphQLResolveInfo, **arguments: Any) -> Record:
        row = cls.outcome(info.context, str(info.path.key), arguments)
        if isinstance(row, Exception):
            if not isinstance(row, StoryCoreError) or isinstance(
                row, Unauthenticated | RateLimited
            ):
                raise row
            if "user_errors" not in selected(info, cls):
                raise row
            row = cls.refused(row)
        return Siblings.records([row])[0]

    @classmethod
    def refused(cls, problem: StoryCoreError) -> Row:
        """The payload's row when nothing was done; a mutation may add what the client needs to go on."""
        return {
            "success": False,
            "message": problem.message,
            "user_errors": [UserError.of(problem, problem.field)],
        }

    @classmethod
    def _renamed(cls, field: str | None) -> str | None:
        if field is None:
            return None
        parts = field.split(".")
        return ".".join(cls.renames.get(part) or to_camel_case(part) for part in parts)


def _default_of(argument: Any) -> Any:
    """The default of an argument, whether it is written as one or as the bare type of its value."""
    if isinstance(argument, graphene.Argument):
        found = argument.default_value
        return None if found is Undefined else found
    return argument.kwargs.get("default_value")
