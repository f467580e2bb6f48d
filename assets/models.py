"""How does the stock admin see assets? An unmanaged mirror of the document; a test compares their fields."""

from __future__ import annotations

from django.db import models

from storycore.mongo.mirrors import ContentModel


class Asset(ContentModel):
    """A stored file with what is known about it."""

    type = models.CharField(max_length=10, editable=False)
    name = models.CharField(max_length=255)
    file = models.JSONField(blank=True, null=True, editable=False)
    metadata = models.JSONField(blank=True, null=True, editable=False)
    versions = models.JSONField(blank=True, null=True, editable=False)
    folder = models.CharField(max_length=200, blank=True, null=True)  # noqa: DJ001 - documents tell absent from empty
    tags = models.JSONField(blank=True, null=True)
    uploaded_by = models.CharField(max_length=64, editable=False)
    is_public = models.BooleanField(default=False)
    deleting = models.BooleanField(default=False, editable=False)
    marked = models.JSONField(blank=True, null=True, editable=False)
    revision = models.IntegerField(default=0, editable=False)

    class Meta(ContentModel.Meta):
        db_table = "assets"

    def __str__(self) -> str:
        return self.name
