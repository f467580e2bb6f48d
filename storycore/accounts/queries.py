"""Who are these people? By id for many at once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from storycore.access import NOBODY, Actor
from storycore.accounts.models import User

_ID_DIGITS_MAX = 18


def users_by_id(ids: Collection[str], _fields: Collection[str] | None) -> dict[str, dict[str, Any]]:
    """The users among `ids` (texts, as documents keep them) as public rows. One SQL query, none for no ids."""
    keys = [int(one) for one in ids if one.isdecimal() and len(one) <= _ID_DIGITS_MAX]
    if not keys:
        return {}
    rows = User.objects.filter(pk__in=keys).values("id", "name", "is_staff")
    return {str(row["id"]): row | {"_id": str(row["id"])} for row in rows}


def own_user(actor: Actor, ids: Collection[str], fields: Collection[str] | None) -> dict[str, Any]:
    """The actor's own row, with the address; other ids find nothing."""
    if actor.user_id is None or actor.user_id not in ids:
        return {}
    rows = users_by_id([actor.user_id], fields)
    for row in rows.values():
        row["own_email"] = User.objects.values_list("email", flat=True).get(pk=row["id"])
    return rows


def actor_by_id(user_id: str) -> Actor:
    """The user with this id as services know callers, for work that goes on after the request.

    Nobody, when the user was removed or switched off meanwhile.
    """
    if not user_id.isdecimal() or len(user_id) > _ID_DIGITS_MAX:
        return NOBODY
    user = User.objects.filter(pk=int(user_id), is_active=True).first()
    if user is None:
        return NOBODY
    return Actor(user_id=str(user.pk), name=str(user), is_admin=user.is_staff)
