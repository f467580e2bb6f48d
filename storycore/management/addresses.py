"""Where can a person go now? The table that ends a successful start."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings

from storycore.embedded.external import shown_address
from storycore.embedded.run_file import RunFile
from storycore.management.probing import page_exists

# Pages that later parts of the product bring; the table names those that answer.
_PAGES = (
    ("Start page", "/"),
    ("Studio", "/studio/"),
    ("GraphiQL", "/graphql/"),
    ("REST docs", "/api/docs"),
)


def address_rows(run: RunFile, login_path: str) -> list[tuple[str, str]]:
    """Name and address of everything that a person may want to open. `login_path` logs in once."""
    rows = [(name, f"{run.url}{path}") for name, path in _PAGES if page_exists(run.port, path)]
    rows.append(("Admin", f"{run.url}{login_path}  (logs in once, within ten minutes)"))
    rows.append(("MongoDB", run.mongodb_uri or shown_address(settings.MONGODB_URI)))
    rows.append(("Storage", _storage()))
    providers = _providers(getattr(settings, "PROVIDERS", {}))
    if getattr(settings, "STORYCORE_MOCK", False):
        rows.append(("Providers", "stand-ins for all but videos (STORYCORE_MOCK)"))
    elif providers:
        rows.append(("Providers", providers))
    return rows


def _storage() -> str:
    return (
        str(settings.MEDIA_ROOT) if settings.STORAGE_TYPE == "local" else str(settings.STORAGE_TYPE)
    )


def _providers(configured: Mapping[str, Mapping[str, object]]) -> str:
    """Who makes what, in the order in which they are tried."""
    return ", ".join(
        f"{task}: {' then '.join(names)}" for task, names in sorted(configured.items()) if names
    )
