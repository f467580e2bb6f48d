"""Who may use the AI Studio without a login, and how much one rendering may take."""

from __future__ import annotations

from config import env

# One shared user for a studio that knows no logins; local.py switches it on while developing.
STUDIO_ANONYMOUS = env.flag("STUDIO_ANONYMOUS", default=False)
RENDER_SECONDS_MAX = env.number("RENDER_SECONDS_MAX", 1_500, least=10)
# EBU R128, as broadcasters want it; video platforms on the web play -16 to -14.
RENDER_LOUDNESS_LUFS = env.number("RENDER_LOUDNESS_LUFS", -23.0, least=-40, most=-8)
