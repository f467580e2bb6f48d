"""How does a person look in GraphQL?"""

from __future__ import annotations

import graphene

from storycore.graphql.relations import Column
from storycore.graphql.types import RowType
from storycore.mongo.reading import Row


def shown_name(row: Row) -> str:
    """The name that others see: never the address."""
    name: str = row.get("name") or ""
    return name or f"User {row['_id']}"


class User(RowType):
    """A person, as everybody may see them."""

    id = Column(graphene.ID, "_id", description="The user's id.", required=True)
    name = Column(
        graphene.String,
        "name",
        read=shown_name,
        description="The name that others see.",
        required=True,
    )
    email = Column(graphene.String, "own_email", description="The address; only you see your own.")
    is_admin = Column(
        graphene.Boolean, "is_staff", description="Whether this person is an admin.", required=True
    )
