"""`manage.py seed_demo`: the demo story for the first admin."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from scenarios.services.demo import seed_demo
from storycore.accounts.middleware import actor_of
from storycore.accounts.services import ensure_first_admin


class Command(BaseCommand):
    """Makes the demo story once."""

    help = "Make the demo story with its pictures and sounds, unless it is there already."

    def handle(self, *_args: Any, **options: Any) -> None:
        def say(title: str) -> None:
            if options["verbosity"] > 1:
                self.stdout.write(f"  {title}")

        scenario = seed_demo(actor_of(ensure_first_admin()), say)
        if scenario is None:
            self.stdout.write("The demo story is there already.")
        else:
            self.stdout.write(f"The demo story is scenario {scenario}, played at /play/{scenario}")
