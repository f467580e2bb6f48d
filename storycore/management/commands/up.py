"""Everything on this machine with one command: MongoDB, Redis, web and worker, until Ctrl-C."""

from __future__ import annotations

import sys
import webbrowser
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from storycore.accounts.one_time_login import one_time_login_path
from storycore.embedded.folder import DataFolder
from storycore.embedded.run_file import read_run_file, write_run_file
from storycore.embedded.run_lock import held
from storycore.embedded.supervisor import StopAsked, Stopped, Supervisor
from storycore.errors import StoryCoreError
from storycore.management.addresses import address_rows
from storycore.management.one_machine import OneMachine
from storycore.management.terminal import Steps, table


class Command(BaseCommand):
    """Starts all parts in order, prints where they answer, and stops them in order."""

    help = "Run StoryCore on this machine: MongoDB, Redis, web and worker below one data folder."
    # The web process loads and so checks everything; doing it here as well would only cost time.
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own form

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--port", type=port_number, help="web port; without it the first free one from 8000"
        )
        parser.add_argument(
            "--data", metavar="DIR", help="data folder (default .storycore, or STORYCORE_DATA)"
        )
        parser.add_argument("--no-demo", action="store_true", help="do not load the demo story")
        parser.add_argument(
            "--reset", action="store_true", help="delete what earlier runs left in the data folder"
        )
        parser.add_argument("--no-browser", action="store_true", help="do not open a browser")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        if not hasattr(settings, "EMBEDDED_MONGODB"):
            raise CommandError(
                "`up` is for one machine and needs config.settings.local; docs/deploy.md tells the rest."
            )
        # `--data` has done its work before the settings were loaded: DATA_DIR is that folder.
        folder = DataFolder(Path(settings.DATA_DIR))
        steps = Steps(sys.stdout)
        try:
            with held(folder.root):
                if options["reset"]:
                    gone = ", ".join(folder.reset()) or "nothing was there"
                    steps.line("done", "Reset", gone, 0.0)
                self._run(folder, steps, options)
        except StoryCoreError as error:
            raise CommandError(error.message) from error

    def _run(self, folder: DataFolder, steps: Steps, options: dict[str, Any]) -> None:
        supervisor = Supervisor(folder.root)
        supervisor.listen()
        machine = OneMachine(folder, supervisor, steps, options["port"], not options["no_demo"])
        try:
            run, admin = machine.start()
            rows = address_rows(run, one_time_login_path(admin))
            steps.say(f"\nStoryCore is ready after {steps.seconds:.1f} s. Data: {folder.root}\n")
            steps.say(f"{table(rows)}\n\nLogs: {folder.logs}. Ctrl-C stops everything.")
            if not options["no_browser"]:
                open_browser(rows[0][1].split()[0])
            supervisor.watch()
        except StopAsked:
            pass
        except StoryCoreError as error:
            # Said before the rest is stopped: what happened is the first thing to read.
            self.stderr.write(self.style.ERROR(f"\n{error.message}\n"))
            raise CommandError("Stopped everything because of the above.") from error
        finally:
            steps.say("\nStopping")
            supervisor.stop_all(lambda stopped: report(steps, stopped))
            write_run_file(folder.root, read_run_file(folder.root).stopped())


def port_number(text: str) -> int:
    """A TCP port that a user may listen on."""
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


def report(steps: Steps, stopped: Stopped) -> None:
    """One line for a child that has ended on request."""
    state = "done" if stopped.cleanly else "failed"
    steps.line(
        state, stopped.name, "stopped" if stopped.cleanly else "had to be killed", stopped.seconds
    )


def open_browser(url: str) -> None:
    """Show the page to whoever sits there; a text browser or a server without a screen is left alone."""
    if not sys.stdout.isatty():
        return
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return
    if not isinstance(browser, webbrowser.GenericBrowser) or isinstance(
        browser, webbrowser.BackgroundBrowser
    ):
        browser.open(url)
