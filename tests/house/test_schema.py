"""Is everything in the GraphQL schema described, and is schema.graphql what the code answers?"""

from __future__ import annotations

from collections.abc import Iterator

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    is_specified_directive,
)

from config.schema import schema
from storycore.management.commands.export_schema import committed_schema_path, printed_schema

Described = GraphQLField | GraphQLInputField | GraphQLArgument | GraphQLEnumValue


def members(kind: GraphQLNamedType) -> Iterator[tuple[str, Described]]:
    """What a type is made of, under its coordinate: fields, arguments, input fields, enum values."""
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        for name, field in kind.fields.items():
            yield f"{kind.name}.{name}", field
            yield from (
                (f"{kind.name}.{name}({key}:)", argument) for key, argument in field.args.items()
            )
    elif isinstance(kind, GraphQLInputObjectType):
        yield from ((f"{kind.name}.{name}", field) for name, field in kind.fields.items())
    elif isinstance(kind, GraphQLEnumType):
        yield from ((f"{kind.name}.{name}", value) for name, value in kind.values.items())


def undescribed(of: GraphQLSchema) -> Iterator[str]:
    """Coordinates of every type, member of a type and directive without a description."""
    for name, kind in of.type_map.items():
        if not name.startswith("__"):
            yield from [] if kind.description else [name]
            yield from (coordinate for coordinate, one in members(kind) if not one.description)
    own = (one for one in of.directives if not is_specified_directive(one))
    yield from (f"@{one.name}" for one in own if not one.description)


def test_everything_is_described() -> None:
    assert list(undescribed(schema.graphql_schema)) == []


def test_nothing_undescribed_is_missed() -> None:
    planted = build_schema(
        '''
        directive @quiet on FIELD
        enum Mood { CALM }
        input Filter { mood: Mood }
        interface Node { id: ID }
        """Described."""
        type Query implements Node { id: ID, scenes("Described." first: Int, after: String): Int }
        '''
    )

    assert sorted(undescribed(planted)) == [
        "@quiet",
        "Filter",
        "Filter.mood",
        "Mood",
        "Mood.CALM",
        "Node",
        "Node.id",
        "Query.id",
        "Query.scenes",
        "Query.scenes(after:)",
    ]


def test_the_committed_schema_is_what_the_code_answers() -> None:
    assert committed_schema_path().read_text(encoding="utf-8") == printed_schema(), (
        "run `make fix` and commit"
    )
