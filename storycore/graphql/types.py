"""What is a GraphQL type here? Fields derived from a document, with descriptions, read from plain rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import graphene
from graphene.utils.str_converters import to_camel_case
from graphene_mongo.converter import convert_mongoengine_field
from mongoengine import Document

from storycore.errors import StoryCoreError
from storycore.graphql.relations import Column, Record, Relation
from storycore.graphql.scalars import JSON
from storycore.mongo.reading import Row

READABLE: dict[str, type[RowType]] = {}
"""Every row type by its GraphQL name; the compiled read plan finds declarations here."""


class RowType(graphene.ObjectType):
    """The base of all types that are read from rows.

    `class Meta: document = ...; columns = (...)` derives those fields from the document by graphene-mongo's
    converter (so they cannot drift apart); everything else is a Column, One or Many in the class body.
    A field without a description is refused at import.
    """

    class Meta:
        abstract = True

    @classmethod
    def __init_subclass_with_meta__(
        cls,
        document: type[Document] | None = None,
        columns: Sequence[str] = (),
        **options: Any,
    ) -> None:
        for name in columns:
            setattr(cls, name, _derived(cast("type[Document]", document), name))
        own_id = getattr(cls, "id", None)
        if isinstance(own_id, Column):
            cls.mongo_id = Column(
                graphene.ID,
                *own_id.needs,
                read=own_id.read,
                description="The id under its old name.",
                deprecation_reason="Use id.",
                required=True,
            )
        super().__init_subclass_with_meta__(**options)
        cls._readable = _readable_fields(cls)
        READABLE[cls._meta.name] = cls

    @classmethod
    def readable_fields(cls) -> dict[str, Column | Relation]:
        """The fields by their GraphQL names."""
        fields: dict[str, Column | Relation] = cls._readable
        return fields

    @classmethod
    def type_names(cls) -> frozenset[str]:
        """The names under which a fragment may select fields of this type."""
        interfaces = (one._meta.name for one in cls._meta.interfaces)  # noqa: SLF001 - graphene's only place for it
        return frozenset({cls._meta.name, *interfaces})

    @classmethod
    def is_type_of(cls, root: Any, _info: Any) -> bool:
        """Rows carry no type: the one that declared the field decides."""
        return isinstance(root, Record)


def _derived(document: type[Document], name: str) -> Column:
    field = document._fields[name]
    converted = convert_mongoengine_field(field)
    # graphene-mongo gives a JSON text for a DictField; clients expect the object itself.
    type_ = JSON if isinstance(converted, graphene.JSONString) else type(converted)
    return Column(
        type_,
        name,
        description=field.help_text,
        required=bool(field.required),
        read=_with_default(name, field.default),
    )


def _with_default(name: str, default: Any) -> Callable[[Row], Any] | None:
    """Old records lack keys that were added later: they answer the document's constant default."""
    if default is None or callable(default):
        return None

    def read(row: Row) -> Any:
        value = row.get(name)
        return default if value is None else value

    return read


def _readable_fields(cls: type[RowType]) -> dict[str, Column | Relation]:
    fields: dict[str, Column | Relation] = {}
    for name, field in cls._meta.fields.items():
        if not field.description:
            raise TypeError(f"{cls.__name__}.{name} needs a description.")
        if isinstance(field, Column | Relation):
            fields[field.name or to_camel_case(name)] = field
    return fields


class Node(graphene.Interface):
    """Anything with an id of its own."""

    id = graphene.ID(required=True, description="The id; unique over all types.")

    @classmethod
    def resolve_type(cls, instance: Any, _info: Any) -> Any:
        """The type whose query found the row."""
        return instance.row["__type__"]


class UserError(graphene.ObjectType):
    """What is wrong with the input, in words for a person and a code for a program."""

    field = graphene.String(description="The input at fault, as a path in the caller's own names.")
    code = graphene.String(required=True, description="A stable code; docs/errors.md lists all.")
    message = graphene.String(
        required=True, description="A sentence that may be shown to a person."
    )
    details = JSON(
        description="What a program may want to know beside the code: reason, limit, allowed ..."
    )
    line = graphene.Int(description="The line at fault in an expression's text, from 1.")
    column = graphene.Int(description="The column at fault in that line, from 1.")
    caret = graphene.String(
        description="That line with a mark under the place, for a fixed-width font."
    )

    @classmethod
    def of(cls, problem: StoryCoreError, field: str | None) -> UserError:
        """The client's view of an error, its field renamed by the door."""
        return cls(
            field=field,
            code=problem.code,
            message=problem.message,
            details=problem.details or None,
        )
