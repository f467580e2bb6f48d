"""Jobs in the stock admin: looked at, cancelled and tried again through the services."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.html import format_html_join

from generation.models import Job
from generation.services.jobs import cancel_job, change_priority, retry_job
from storycore.access import Actor
from storycore.accounts.middleware import actor_from_session
from storycore.content_admin import ContentAdmin
from storycore.errors import StoryCoreError


@admin.register(Job)
class JobAdmin(ContentAdmin):
    """What is made, by whom, and how far it is."""

    list_display = ("kind", "status", "progress", "provider", "owner", "attempts", "created_at")
    list_filter = ("status", "kind", "queue", "created_at")
    search_fields = ("prompt", "error_message")
    ordering = ("-created_at",)
    owner_field = "owner"
    shown = (
        "kind",
        "status",
        "progress",
        "message",
        "prompt",
        "parameters",
        "provider",
        "model",
        "error_code",
        "error_message",
        "asset",
        "attempts",
        "retry_count",
        "log",
        "usage",
        "started_at",
        "finished_at",
        "created_at",
    )
    readonly_fields = shown
    fields = ("priority", *shown)
    actions = ("cancel_jobs", "retry_jobs")

    @admin.display(description="log")
    def log(self, job: Job) -> str:
        """The job's own lines, oldest first."""
        rows = ((f"{line['at']:%H:%M:%S}", line["level"], line["text"]) for line in job.lines or [])
        return format_html_join("", "{} {} {}<br>", rows)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Jobs are ordered by what needs them."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """Finished jobs go by themselves after a while."""
        return False

    def change(self, actor: Actor, key: Any, changes: dict[str, Any]) -> None:
        change_priority(actor, key, int(changes["priority"]))

    @admin.action(description="Cancel")
    def cancel_jobs(self, request: HttpRequest, jobs: Iterable[Job]) -> None:
        """End the chosen jobs."""
        self._each(request, jobs, cancel_job)

    @admin.action(description="Order again")
    def retry_jobs(self, request: HttpRequest, jobs: Iterable[Job]) -> None:
        """Order again what failed."""
        self._each(request, jobs, retry_job)

    def _each(
        self, request: HttpRequest, jobs: Iterable[Job], act: Callable[[Actor, Any], Any]
    ) -> None:
        actor = actor_from_session(request)
        done = 0
        for job in jobs:
            try:
                act(actor, job.pk)
            except StoryCoreError as problem:
                self.message_user(request, f"{job}: {problem.message}", messages.WARNING)
            else:
                done += 1
        self.message_user(request, f"{done} jobs changed.")
