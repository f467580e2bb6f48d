"""How strict is the check of stories?"""

from __future__ import annotations

from config import env

# error, warning, info or off by finding code: {"DEAD_END": "error", "MISSING_SOUND": "off"}.
LINT_SEVERITIES = env.json_object("LINT_SEVERITIES")
LINT_LONG_SCENE_WORDS = env.integer("LINT_LONG_SCENE_WORDS", 500, least=1)
