"""What do the admin's mirrors of documents share? Reading by Django's queries, never writing by them."""

from __future__ import annotations

from django.db import models
from django_mongodb_backend.fields import ObjectIdAutoField


class ContentModel(models.Model):
    """An unmanaged mirror of a document: the stock admin reads it, the services write it."""

    stored_in_mongodb = True

    id = ObjectIdAutoField(primary_key=True)
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)

    class Meta:
        abstract = True
        managed = False
