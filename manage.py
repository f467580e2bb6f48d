#!/usr/bin/env python
"""Runs StoryCore's management commands; `python manage.py help` lists them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

from storycore.embedded.before_settings import before_settings

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    env_file = Path(
        os.environ.get("STORYCORE_ENV_FILE") or Path(__file__).resolve().parent / ".env"
    )
    before_settings(sys.argv, os.environ, env_file)
    execute_from_command_line(sys.argv)
