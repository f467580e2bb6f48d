"""Workers: the broker only wakes them, so every setting here favours losing nothing over speed."""

from __future__ import annotations

from kombu import Queue

from config import env
from config.settings.studio import RENDER_SECONDS_MAX

CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", env.text("REDIS_URL", "redis://127.0.0.1:6379/0"))
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 5
CELERY_TASK_SOFT_TIME_LIMIT = env.integer("CELERY_TASK_SOFT_TIME_LIMIT", 540, least=1)
CELERY_TASK_TIME_LIMIT = env.integer("CELERY_TASK_TIME_LIMIT", 600, least=1)
# A rendering has a limit of its own, and some time to fetch what it needs and to store what it made.
RENDER_TASK_SECONDS = int(RENDER_SECONDS_MAX) + 120
_LONGEST = max(CELERY_TASK_TIME_LIMIT, RENDER_TASK_SECONDS + 60)
# Longer than the longest task, or Redis hands a running task out twice; the restore scan is quick
# because its default looks only every 100 seconds.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": _LONGEST + 300,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    # A request that wakes a worker does not wait for a broker that is down: the sweep wakes it later.
    "max_retries": 1,
    "interval_start": 0.0,
    "interval_step": 0.0,
    "interval_max": 0.0,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "storycore"
# storycore: housekeeping; media: pictures and sounds; text: words; render: videos.
CELERY_TASK_QUEUES = [Queue(name) for name in ("storycore", "media", "text", "render")]
CELERY_BEAT_SCHEDULE = {
    # A lost wake-up or a dead worker costs a job these few seconds and its lease, never more.
    "sweep-jobs": {"task": "generation.sweep", "schedule": 3.0, "options": {"expires": 3}},
    "clean-jobs": {"task": "generation.clean", "schedule": 3600.0, "options": {"expires": 3000}},
    "sweep-stories": {
        "task": "scenarios.sweep",
        "schedule": 86_400.0,
        "options": {"expires": 3600},
    },
    "sweep-assets": {"task": "assets.sweep", "schedule": 3600.0, "options": {"expires": 3000}},
}
