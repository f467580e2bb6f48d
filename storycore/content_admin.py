"""How does the stock admin edit documents? It reads by Django's queries and writes through the services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from storycore.access import Actor
from storycore.accounts.middleware import actor_from_session
from storycore.accounts.queries import users_by_id
from storycore.errors import StoryCoreError


class OwnedChangeList(ChangeList):
    """A list page that knows its owners' names by one query for the whole page."""

    owner_field = ""
    result_list: list[Any]

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        names = users_by_id({getattr(row, self.owner_field) for row in rows}, None)
        for row in rows:
            owner = getattr(row, self.owner_field)
            row.owner_name = (names.get(owner) or {}).get("name") or owner
        self.result_list = rows


class ContentAdmin(admin.ModelAdmin):
    """The base of all admins of documents.

    A subclass says how a new, changed or deleted record reaches its service: `create`, `change` and `remove`.
    Only fields that the form changed are handed over, so milliseconds, absent keys and defaults of all others
    survive. What a service refuses is shown as a message and nothing is written.
    """

    readonly_fields: tuple[str, ...] = ("created_at", "updated_at")
    list_per_page = 50
    show_full_result_count = False
    owner_field = ""

    def create(self, actor: Actor, changes: dict[str, Any]) -> Any:
        """Make a record; returns its id."""
        raise NotImplementedError

    def change(self, actor: Actor, key: Any, changes: dict[str, Any]) -> None:
        """Change a record."""
        raise NotImplementedError

    def remove(self, actor: Actor, key: Any) -> None:
        """Delete a record."""
        raise NotImplementedError

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        if not self.owner_field:
            return super().get_changelist(request, **kwargs)
        return type("OwnedList", (OwnedChangeList,), {"owner_field": self.owner_field})

    @admin.display(description="owner")
    def owner(self, row: Any) -> str:
        """The owner's name, fetched for the whole page at once."""
        return str(row.owner_name)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        actor = actor_from_session(request)
        changes = changed_values(form)
        if not change:
            obj.pk = self.create(actor, changes)
        elif changes:
            self.change(actor, obj.pk, changes)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.remove(actor_from_session(request), obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: Iterable[Any]) -> None:
        actor = actor_from_session(request)
        for row in queryset:
            self.remove(actor, row.pk)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._explained(request, super().changeform_view, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._explained(request, super().delete_view, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._explained(request, super().changelist_view, *args, **kwargs)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:  # noqa: ARG002 - Django's signature
        """The service knows what goes along; Django's collector would ask the relational way, row by row."""
        count = {self.opts.verbose_name_plural: len(objs)}
        return [str(one) for one in objs], count, set(), []

    def _explained(
        self, request: HttpRequest, view: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        try:
            answer: HttpResponse = view(request, *args, **kwargs)
        except StoryCoreError as problem:
            where = f"{problem.field}: " if problem.field else ""
            self.message_user(request, f"Not saved. {where}{problem.message}", messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        return answer


def changed_values(form: Any) -> dict[str, Any]:
    """What a form changed, under the names of the document's fields."""
    return {name: _plain(form.cleaned_data[name]) for name in form.changed_data}


def _plain(value: Any) -> Any:
    """A related record as its id; all else as it is."""
    return value.pk if hasattr(value, "pk") else value
