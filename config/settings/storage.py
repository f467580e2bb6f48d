"""Where asset files go and how large they may be."""

from __future__ import annotations

from config import env

STORAGE_TYPE = env.choice("STORAGE_TYPE", "local", ("local", "s3", "cloudinary"))
IMAGE_MAX_BYTES = env.integer("IMAGE_MAX_BYTES", 5_000_000, least=1_000)
SOUND_MAX_BYTES = env.integer("SOUND_MAX_BYTES", 10_000_000, least=1_000)
MEDIA_URL = "/media/"
# The address of this server as clients reach it; links to files begin with it.
PUBLIC_URL = env.text("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
