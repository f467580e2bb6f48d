"""Who may use the AI Studio without a login, and how much one rendering may take."""

from __future__ import annotations

from config import env

# One shared user for a studio that knows no logins; local.py switches it on while developing.
STUDIO_ANONYMOUS = env.flag("STUDIO_ANONYMOUS", default=False)
RENDER_SECONDS_MAX = env.number("RENDER_SECONDS_MAX", 1_500, least=10)
