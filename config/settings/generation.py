"""Who makes pictures, sounds and texts, how long, how often, and for how much."""

from __future__ import annotations

from config import env
from config.settings.providers import configured_providers

# Every provider call goes to deterministic stand-ins with fault switches; see docs/providers.md.
STORYCORE_MOCK = env.flag("STORYCORE_MOCK", default=False)

PROVIDERS = configured_providers()
# Prices by provider and task, per unit that the provider counts: {"replicate": {"image": 0.04}}.
PROVIDER_PRICES = env.json_object("PROVIDER_PRICES")
# Hosts of one's own network (host or host:port) from which results may be fetched, also by http.
PROVIDER_LOCAL_HOSTS = env.items("PROVIDER_LOCAL_HOSTS")
PROVIDER_CIRCUIT_FAILURES = env.integer("PROVIDER_CIRCUIT_FAILURES", 5, least=1)
PROVIDER_CIRCUIT_SECONDS = env.number("PROVIDER_CIRCUIT_SECONDS", 30, least=1)
PROMPT_DENY_LIST = env.items("PROMPT_DENY_LIST")
MODERATION_URL = env.text("MODERATION_URL", "").rstrip("/")
MODERATION_API_KEY = env.text("MODERATION_API_KEY", "")
MODERATION_MODEL = env.text("MODERATION_MODEL", "omni-moderation-latest")

# How long a mutation waits for the result before it answers the job, and how many may wait at once.
GENERATION_WAIT_SECONDS = env.number("GENERATION_WAIT_SECONDS", 25, least=0)
GENERATION_WAITERS = env.integer("GENERATION_WAITERS", 32, least=0, most=500)
GENERATION_FALLBACK = env.flag("GENERATION_FALLBACK", default=True)
# Send a paid call again when nobody knows whether it was made: pays twice rather than asking a person.
GENERATION_RESEND_UNKNOWN = env.flag("GENERATION_RESEND_UNKNOWN", default=False)
GENERATION_MAX_RETRIES = env.integer("GENERATION_MAX_RETRIES", 3, least=0, most=20)
GENERATION_RETRY_SECONDS = env.number("GENERATION_RETRY_SECONDS", 60, least=0)
GENERATION_RETRY_SECONDS_MAX = env.number("GENERATION_RETRY_SECONDS_MAX", 900, least=1)
# How often a job may lose its worker before it counts as one that kills workers.
GENERATION_MAX_ATTEMPTS = env.integer("GENERATION_MAX_ATTEMPTS", 5, least=1)
GENERATION_LEASE_SECONDS = env.number("GENERATION_LEASE_SECONDS", 30, least=1)
GENERATION_OPEN_JOBS_MAX = env.integer("GENERATION_OPEN_JOBS_MAX", 2_000, least=1)
GENERATION_KEEP_DAYS = env.number("GENERATION_KEEP_DAYS", 30, least=1)
