"""Which store goes by which name, and how is it opened from settings?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from assets.storage.base import AssetStore, checked_options

# Imported when first opened: nobody pays for the SDK of a service that is not used.
STORES: Mapping[str, str] = {
    "local": "assets.storage.local.LocalStore",
    "s3": "assets.storage.s3.S3Store",
    "cloudinary": "assets.storage.cloudinary.CloudinaryStore",
}


def open_store(name: str, options: Mapping[str, Any]) -> AssetStore:
    """The store of this name with these options. No connection is made yet.

    Raises ImproperlyConfigured for an unknown name, or unknown or missing options, with the valid ones.
    """
    if name not in STORES:
        raise ImproperlyConfigured(f"There is no storage {name!r}. Valid are {', '.join(STORES)}.")
    kind = import_string(STORES[name])
    return cast("AssetStore", kind(**checked_options(kind, name, options)))
