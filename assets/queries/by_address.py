"""Which asset does an address lead to? For clients that know a file only by the link they were given."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from urllib.parse import unquote, urlsplit

from bson import ObjectId

from assets.documents import TYPES, Asset
from assets.queries.assets import assets_by_id
from storycore.access import Actor
from storycore.mongo.reading import find_in

ADDRESSES_MAX = 200


def assets_by_address(actor: Actor, addresses: Iterable[str]) -> dict[str, ObjectId]:
    """The assets that the actor may see whose file these links name, by the link. At most two commands.

    A link is recognised by the name of the file at its end: the same in every store, signed or not.
    """
    names = {address: _name_in(address) for address in list(addresses)[:ADDRESSES_MAX]}
    keys = [f"{type_}/{name}" for name in set(names.values()) if name for type_ in TYPES]
    rows = find_in(Asset, "file.key", keys, ("_id", "file.key"))
    seen: Collection[ObjectId] = assets_by_id(actor, [row["_id"] for row in rows], ("_id",))
    found = {
        row["file"]["key"].rpartition("/")[2]: row["_id"] for row in rows if row["_id"] in seen
    }
    return {address: found[name] for address, name in names.items() if name in found}


def _name_in(address: str) -> str:
    try:
        return unquote(urlsplit(address).path).rpartition("/")[2]
    except ValueError:
        return ""
