"""Who is acting, and may they? The one notion of a caller that services and queries know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from storycore.errors import Forbidden, Unauthenticated


@dataclass(frozen=True, slots=True)
class Actor:
    """The caller of a service: nobody (`user_id` is None), a user, or an admin."""

    user_id: str | None = None
    name: str = ""
    is_admin: bool = False

    @property
    def is_authenticated(self) -> bool:
        """Whether a login stands behind this actor."""
        return self.user_id is not None


NOBODY = Actor()


def require_login(actor: Actor) -> str:
    """The actor's user id.

    Raises Unauthenticated for nobody.
    """
    if actor.user_id is None:
        raise Unauthenticated
    return actor.user_id


def is_owner(actor: Actor, owner: str | None) -> bool:
    """Whether the actor owns what `owner` owns, or may act for every owner."""
    return actor.is_admin or (actor.user_id is not None and actor.user_id == owner)


def require_owner(actor: Actor, owner: str | None, *, thing: str) -> None:
    """Let only the owner or an admin pass; `thing` is the noun in the message ("scenario").

    Raises Unauthenticated, Forbidden.
    """
    require_login(actor)
    if not is_owner(actor, owner):
        raise Forbidden(f"You may not change this {thing}: it belongs to somebody else.")


def visible_to(actor: Actor, *, public: str, owner: str) -> dict[str, Any]:
    """The MongoDB filter that leaves only what the actor may read.

    `public` names the boolean field that opens a document to everybody, `owner` the field with the user id.
    """
    if actor.is_admin:
        return {}
    if actor.user_id is None:
        return {public: True}
    return {"$or": [{public: True}, {owner: actor.user_id}]}


def is_visible(actor: Actor, row: Mapping[str, Any], *, public: str, owner: str) -> bool:
    """The same rule for a document that is at hand, told to many: whether `visible_to` would let it through."""
    return row.get(public) is True or is_owner(actor, row.get(owner))
