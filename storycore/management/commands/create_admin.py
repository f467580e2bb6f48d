"""`manage.py create_admin`: an admin, or a new password for one."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from storycore.accounts.services import create_admin
from storycore.errors import InvalidInput


class Command(BaseCommand):
    """Makes an admin; a user with the address becomes one and gets the password."""

    help = "Make an admin. Without options it asks; --generate prints a random password once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", help="The e-mail address to log in with.")
        parser.add_argument("--name", default="", help="The name that others see.")
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument(
            "--password-stdin", action="store_true", help="Read the password from standard input."
        )
        choice.add_argument(
            "--generate", action="store_true", help="Make up a password and print it."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        email = options["email"] or input("E-mail address: ")
        try:
            user, password = create_admin(email, self._password(options), options["name"])
        except InvalidInput as problem:
            raise CommandError(f"{problem.field}: {problem.message}") from problem
        self.stdout.write(f"{user.email} is an admin.")
        if options["generate"]:
            self.stdout.write(f"Password, shown only now: {password}")

    def _password(self, options: dict[str, Any]) -> str | None:
        """The password; None lets the service make one up."""
        if options["generate"]:
            return None
        if options["password_stdin"]:
            return sys.stdin.readline().rstrip("\n")
        first, second = getpass.getpass("Password: "), getpass.getpass("Again: ")
        if first != second:
            raise CommandError("The two passwords differ.")
        return first
