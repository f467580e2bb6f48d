"""Where asset files go and how large they may be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from config import env

STORAGE_TYPE = env.choice("STORAGE_TYPE", "local", ("local", "s3", "cloudinary"))
IMAGE_MAX_BYTES = env.integer("IMAGE_MAX_BYTES", 5_242_880, least=1_000)
SOUND_MAX_BYTES = env.integer("SOUND_MAX_BYTES", 10_485_760, least=1_000)
IMAGE_MAX_PIXELS = env.integer("IMAGE_MAX_PIXELS", 25_000_000, least=1_000)
SOUND_MAX_SECONDS = env.integer("SOUND_MAX_SECONDS", 1_800, least=1)
MEDIA_URL = "/media/"
# The address of this server as clients reach it; links to files begin with it.
PUBLIC_URL = env.text("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")


def asset_stores(media_root: Path) -> dict[str, dict[str, Any]]:
    """Every store whose settings are there: new files go to STORAGE_TYPE, older ones stay where they are."""
    stores: dict[str, dict[str, Any]] = {"local": {"root": media_root, "base_url": MEDIA_URL}}
    if env.text("S3_BUCKET", ""):
        stores["s3"] = _given(
            bucket=env.text("S3_BUCKET"),
            region=env.text("S3_REGION", ""),
            endpoint=env.text("S3_ENDPOINT", ""),
            access_key=env.text("S3_ACCESS_KEY", ""),
            secret_key=env.text("S3_SECRET_KEY", ""),
            folder=env.text("S3_FOLDER", ""),
            acl=env.text("S3_ACL", ""),
            public_url=env.text("S3_PUBLIC_URL", ""),
            addressing=env.text("S3_ADDRESSING", "auto"),
            direct_uploads=env.flag("S3_DIRECT_UPLOADS", default=True),
        )
    if env.text("CLOUDINARY_CLOUD_NAME", ""):
        stores["cloudinary"] = _given(
            cloud_name=env.text("CLOUDINARY_CLOUD_NAME"),
            api_key=env.text("CLOUDINARY_API_KEY"),
            api_secret=env.text("CLOUDINARY_API_SECRET"),
            folder=env.text("CLOUDINARY_FOLDER", ""),
        )
    return stores


def _given(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value != ""}
