"""Assets in the stock admin: looked at, renamed, opened, closed and deleted through the services."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html

from assets.models import Asset
from assets.queries.addresses import asset_url, thumbnail_url
from assets.services.deletion import delete_asset
from assets.services.editing import update_asset
from storycore.access import Actor
from storycore.content_admin import ContentAdmin


@admin.register(Asset)
class AssetAdmin(ContentAdmin):
    """Pictures, sounds and videos."""

    list_display = ("preview", "name", "type", "is_public", "owner", "created_at")
    list_display_links = ("preview", "name")
    list_filter = ("type", "is_public", "created_at")
    search_fields = ("name",)
    ordering = ("-created_at",)
    readonly_fields = ("preview", "type", "uploaded_by", "metadata", "created_at", "updated_at")
    fields = ("preview", "name", "type", "is_public", "folder", "tags", *readonly_fields[2:])
    owner_field = "uploaded_by"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).exclude(deleting=True)

    @admin.display(description="")
    def preview(self, asset: Asset) -> str:
        """The picture itself, small; the type's name for what has no picture."""
        row = {"file": asset.file, "metadata": asset.metadata, "is_public": asset.is_public}
        address = thumbnail_url(row) or (asset_url(row) if asset.type == "image" else None)
        if address is None:
            return str(asset.type)
        return format_html('<img src="{}" alt="" height="48" loading="lazy">', address)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Files come in by upload, where they are checked."""
        return False

    def change(self, actor: Actor, key: Any, changes: dict[str, Any]) -> None:
        given: Any = changes
        update_asset(actor, key, given)

    def remove(self, actor: Actor, key: Any) -> None:
        delete_asset(actor, key)
