"""The root fields of accounts."""

from __future__ import annotations

from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from storycore.accounts.graphql.types import User
from storycore.accounts.queries import own_user
from storycore.graphql.relations import Record, Siblings, selected


class AccountQueries(graphene.ObjectType):
    """Reading oneself."""

    class Meta:
        abstract = True

    me = graphene.Field(User, description="Who you are; null when you are not logged in.")

    def resolve_me(self: Any, info: GraphQLResolveInfo) -> Record | None:
        actor = info.context.actor
        rows = own_user(actor, [actor.user_id or ""], selected(info, User))
        return Siblings.records(rows.values())[0] if rows else None
