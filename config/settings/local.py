"""`make run`: embedded services, debug on, everything below one data folder."""

from __future__ import annotations

from pathlib import Path

from config import env
from storycore.embedded.run_file import read_run_file

# Before the shared parts, because they read the environment too.
env.read_file(
    Path(env.text("STORYCORE_ENV_FILE", "") or Path(__file__).resolve().parents[2] / ".env")
)

from config.settings.base import *  # noqa: E402

DEBUG = env.flag("DEBUG", default=True)
STUDIO_ANONYMOUS = env.flag("STUDIO_ANONYMOUS", default=DEBUG)
SECRET_KEY = env.text(
    "SECRET_KEY", "insecure-until-manage-py-up-writes-an-env-file-with-a-real-one"
)
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", ("127.0.0.1", "localhost", "[::1]"))

DATA_DIR = (BASE_DIR / env.text("STORYCORE_DATA", ".storycore")).resolve()
# What `manage.py up` starts by itself, because no address in the environment names a running one.
EMBEDDED_MONGODB = not env.text("MONGODB_URI", "")
EMBEDDED_REDIS = not (env.text("CELERY_BROKER_URL", "") or env.text("REDIS_URL", ""))
WEB_PROCESSES = env.integer("WEB_PROCESSES", 1, least=1, most=64)
_run = read_run_file(DATA_DIR)

MONGODB_URI = env.text(
    "MONGODB_URI", _run.mongodb_uri or "mongodb://127.0.0.1:27017/?directConnection=true"
)
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", _run.redis_url or "redis://127.0.0.1:6379/0")
REDIS_URL = env.text("REDIS_URL", _run.redis_url)
# The port is the run's own, so links that begin with an address lead back to it.
PUBLIC_URL = env.text("PUBLIC_URL", _run.url if _run.port else PUBLIC_URL).rstrip("/")
DATABASES = {
    "default": accounts_database(DATA_DIR / "accounts.sqlite3"),
    "content": content_database(MONGODB_URI, MONGODB_NAME),
}
MEDIA_ROOT = DATA_DIR / "media"
ASSET_STORES = asset_stores(MEDIA_ROOT)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
