"""Production: refuses to start with a default secret, and passes `manage.py check --deploy`."""

from __future__ import annotations

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config import env

from config.settings.base import *  # isort: skip

DEBUG = False
SECRET_KEY = env.text("SECRET_KEY")
if len(SECRET_KEY) < 50 or SECRET_KEY.startswith(("insecure", "django-insecure", "change")):
    raise ImproperlyConfigured("SECRET_KEY must be a random text of at least 50 characters.")
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS")
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS must name the host names that this server answers for."
    )
CSRF_TRUSTED_ORIGINS = env.items("CSRF_TRUSTED_ORIGINS")

DATA_DIR = Path(env.text("STORYCORE_DATA", "/var/lib/storycore"))
MONGODB_URI = env.text("MONGODB_URI")
REDIS_URL = env.text("REDIS_URL", "")
DATABASES = {
    "default": accounts_database(DATA_DIR / "accounts.sqlite3"),
    "content": content_database(MONGODB_URI, MONGODB_NAME),
}
MEDIA_ROOT = DATA_DIR / "media"
ASSET_STORES = asset_stores(MEDIA_ROOT)
# Beside the code, not in the data: a new release brings its own, and an image holds it.
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
# A load balancer probes plain HTTP from inside.
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = env.integer("SECURE_HSTS_SECONDS", 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
