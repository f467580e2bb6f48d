"""The test suite: private ports, fast hashing, nothing eager and nothing faked."""

from __future__ import annotations

import tempfile
from pathlib import Path

from config import env
from storycore.embedded.ports import free_port

from config.settings.base import *  # isort: skip

DEBUG = False
SECRET_KEY = "only-for-tests-and-long-enough-for-hs256-signatures"  # noqa: S105 - guards nothing
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

DATA_DIR = Path(env.text("STORYCORE_DATA", "") or tempfile.mkdtemp(prefix="storycore-test-"))
MONGODB_NAME = "storycore_test"
MONGODB_PORT = env.integer("TEST_MONGODB_PORT", 0) or free_port()
REDIS_PORT = env.integer("TEST_REDIS_PORT", 0) or free_port()
MONGODB_URI = f"mongodb://127.0.0.1:{MONGODB_PORT}/?directConnection=true"
REDIS_URL = f"redis://127.0.0.1:{REDIS_PORT}/0"
CELERY_BROKER_URL = REDIS_URL
DATABASES = {
    "default": accounts_database(DATA_DIR / "accounts.sqlite3")
    | {"TEST": {"NAME": str(DATA_DIR / "test_accounts.sqlite3")}},
    "content": content_database(MONGODB_URI, MONGODB_NAME) | {"TEST": {"NAME": MONGODB_NAME}},
}
MEDIA_ROOT = DATA_DIR / "media"
ASSET_STORES = asset_stores(MEDIA_ROOT)
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
RATE_LIMITS = dict.fromkeys(RATE_LIMITS, "")
