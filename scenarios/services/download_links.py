"""How can a browser download an export without a login header? By an address that is signed for a while."""

from __future__ import annotations

from bson import ObjectId
from django.conf import settings
from django.core import signing

from scenarios.formats import WRITABLE
from scenarios.formats.errors import UnknownStoryFormat
from scenarios.queries.scenarios import scenarios_by_id
from storycore.access import Actor
from storycore.accounts.queries import actor_by_id
from storycore.errors import NotFound

SECONDS = 3_600
_SALT = "scenarios.exports"


def require_writable(format_name: str) -> None:
    """Refuse a format that nothing is written in. Raises UnknownStoryFormat."""
    if format_name not in WRITABLE:
        raise UnknownStoryFormat(
            f"Stories cannot be written as {format_name!r:.40}, only as: {', '.join(WRITABLE)}.",
            field="format",
        )


def export_address(actor: Actor, scenario: ObjectId, format_name: str) -> tuple[str, str]:
    """The address of an export and the title of its story, for who may read it.

    The address of a story that is not published is signed for its reader and holds an hour.
    Raises NotFound, UnknownStoryFormat.
    """
    require_writable(format_name)
    row = scenarios_by_id.find(actor, scenario, ("title", "is_published"))
    if row is None:
        raise NotFound("There is no such scenario.", field="id")
    address = f"{settings.PUBLIC_URL}/api/scenarios/{scenario}/export/{format_name}"
    if not row.get("is_published"):
        ticket = signing.dumps([str(scenario), format_name, actor.user_id], salt=_SALT)
        address = f"{address}?token={ticket}"
    return address, row["title"]


def actor_of_link(token: str, scenario: ObjectId, format_name: str) -> Actor | None:
    """For whom a signed address was made; None when it is none, too old, or for something else."""
    try:
        named, form, user = signing.loads(token, salt=_SALT, max_age=SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if (named, form) != (str(scenario), format_name) or not isinstance(user, str):
        return None
    return actor_by_id(user)
