"""`manage.py jobs list|show|retry|cancel|cleanup`: what the workers do, for whoever runs the server."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.queries.jobs import jobs_by_id, list_jobs
from generation.services.jobs import cancel_job, delete_finished_jobs, retry_job
from storycore.access import Actor
from storycore.errors import StoryCoreError
from storycore.ids import parse_id
from storycore.mongo.reading import Row
from storycore.paging import parse_page

OPERATOR = Actor(user_id="0", name="operator", is_admin=True)
_LIST_FIELDS = ("kind", "status", "progress", "provider", "owner", "created_at", "error_code")


class Command(BaseCommand):
    """One act on one job, or a list."""

    help = "List, show, retry, cancel or clean up jobs."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        listing = acts.add_parser("list", help="the newest jobs")
        listing.add_argument("--status")
        listing.add_argument("--kind")
        listing.add_argument("--limit", type=int, default=20)
        for name, words in (
            ("show", "one job with its log"),
            ("retry", "order a failed one again"),
            ("cancel", "end an open one"),
        ):
            acts.add_parser(name, help=words).add_argument("job")
        cleaning = acts.add_parser("cleanup", help="delete old finished jobs; assets stay")
        cleaning.add_argument("--days", type=float, default=settings.GENERATION_KEEP_DAYS)
        cleaning.add_argument("--dry-run", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['act']}")(options)
        except StoryCoreError as problem:
            raise CommandError(problem.message) from problem

    def _list(self, options: dict[str, Any]) -> None:
        filters = {"status": options["status"], "kind": options["kind"]}
        for row in list_jobs(OPERATOR, filters, parse_page(options["limit"], 0), _LIST_FIELDS):
            self.stdout.write(_line(row))

    def _show(self, options: dict[str, Any]) -> None:
        row = jobs_by_id.find(OPERATOR, parse_id(options["job"]), None)
        if row is None:
            raise CommandError("There is no such job.")
        self.stdout.write(_line(row))
        self.stdout.write(f"prompt: {row.get('prompt')}\nmessage: {row.get('message')}")
        for line in row.get("lines") or []:
            self.stdout.write(f"{line['at']:%H:%M:%S} {line['level']:<8}{line['text']}")

    def _retry(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"Job {retry_job(OPERATOR, parse_id(options['job']))}")

    def _cancel(self, options: dict[str, Any]) -> None:
        cancel_job(OPERATOR, parse_id(options["job"]))
        self.stdout.write("Cancelled.")

    def _cleanup(self, options: dict[str, Any]) -> None:
        count = delete_finished_jobs(options["days"], dry_run=options["dry_run"])
        self.stdout.write(f"{count} jobs {'would be' if options['dry_run'] else 'were'} deleted.")


def _line(row: Row) -> str:
    return (
        f"{row['_id']} {row['created_at']:%Y-%m-%d %H:%M} {row['kind']:<10} {row['status']:<10} "
        f"{row.get('progress', 0):>3}% {row.get('provider') or '-':<18} {row.get('error_code') or ''}"
    ).rstrip()
