"""How is an asset kept? One record per picture, sound or video; the bytes lie in a store."""

from __future__ import annotations

from mongoengine import BooleanField, IntField, ListField, StringField

from storycore.mongo.documents import StoredDocument
from storycore.mongo.fields import JsonField, TextField

IMAGE, SOUND, VIDEO = "image", "sound", "video"
TYPES = (IMAGE, SOUND, VIDEO)
TAG_MAX = 50
TAGS_MAX = 20
FOLDER_MAX = 200
VERSIONS_MAX = 20


class Asset(StoredDocument):
    """A stored file with what is known about it."""

    meta = {
        "collection": "assets",
        "indexes": [
            {"fields": ["-created_at", "-_id"], "name": "newest"},
            {"fields": ["type", "-created_at"], "name": "type_newest"},
            {"fields": ["uploaded_by", "-created_at"], "name": "uploader_newest"},
            {"fields": ["file.key"], "name": "file_key", "sparse": True},
            {"fields": ["metadata.thumbnails.file.key"], "name": "preview_key", "sparse": True},
            {"fields": ["versions.file.key"], "name": "version_key", "sparse": True},
            {
                "fields": ["versions.metadata.thumbnails.file.key"],
                "name": "version_preview_key",
                "sparse": True,
            },
            {"fields": ["uploaded_by", "metadata.sha256"], "name": "same_bytes", "sparse": True},
            {"fields": ["tags"], "name": "tags", "sparse": True},
        ],
    }

    type = StringField(
        required=True, choices=TYPES, help_text="image, sound or video; read from the bytes."
    )
    name = TextField(required=True, max_length=255, help_text="The name that people see.")
    file = JsonField(
        depth=4,
        values=40,
        help_text="Where the bytes lie: store, key and what deleting them needs.",
    )
    metadata = JsonField(
        values=1_200,
        help_text="Facts about the file (size, mimeType, width, height, duration, sha256) and how it was made.",
    )
    versions = ListField(
        JsonField(values=1_200),
        max_length=VERSIONS_MAX,
        help_text="Earlier files of this asset, newest last: id, file, metadata, replaced_at.",
    )
    folder = TextField(max_length=FOLDER_MAX, help_text="A folder path such as chapter-1/rooms.")
    tags = ListField(
        TextField(max_length=TAG_MAX), max_length=TAGS_MAX, help_text="Words to find it by."
    )
    uploaded_by = StringField(
        required=True, max_length=64, help_text="The id of the user who owns it."
    )
    is_public = BooleanField(
        required=True, default=False, help_text="Whether everybody may see and use it."
    )
    deleting = BooleanField(
        default=False, help_text="Marked for removal; invisible, its file goes first."
    )
    marked = JsonField(
        depth=2,
        values=4,
        help_text="Whose it was, and whether public, when it was marked for removal.",
    )
    revision = IntField(required=True, default=0, help_text="Counts the changes to the record.")
