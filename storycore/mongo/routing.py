"""Which Django database serves which model? Unmanaged content models read MongoDB, all else is relational."""

from __future__ import annotations

from typing import Any

CONTENT = "content"


class ContentRouter:
    """Models whose class says `stored_in_mongodb = True` live in MongoDB; nothing migrates there."""

    def db_for_read(self, model: Any, **_hints: Any) -> str | None:
        return CONTENT if getattr(model, "stored_in_mongodb", False) else None

    db_for_write = db_for_read

    def allow_relation(self, one: Any, other: Any, **_hints: Any) -> bool | None:
        stores = {getattr(side, "stored_in_mongodb", False) for side in (one, other)}
        return len(stores) == 1

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool | None:  # noqa: ARG002 - Django's signature
        return False if db == CONTENT else None
