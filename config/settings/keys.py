"""Which secrets does this installation hold? Only whether they are set: `manage.py doctor` tells."""

from __future__ import annotations

from config import env

SECRETS_SET = {
    name: env.is_set(name)
    for name in ("SECRET_KEY", "MONGODB_URI", "DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL")
}
