"""Stories in the stock admin, written through the same services as everywhere."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from scenarios.models import Choice, Scenario, Scene
from scenarios.services.choices import create_choice, delete_choice, update_choice
from scenarios.services.scenarios import create_scenario, delete_scenario, update_scenario
from scenarios.services.scene_editing import ChoiceEdits, edit_scene
from scenarios.services.scenes import create_scene, delete_scene
from storycore.access import Actor
from storycore.accounts.middleware import actor_from_session
from storycore.content_admin import ContentAdmin, changed_values


@admin.register(Scenario)
class ScenarioAdmin(ContentAdmin):
    """Whole stories."""

    list_display = ("title", "is_published", "owner", "revision", "updated_at")
    list_filter = ("is_published", "created_at")
    search_fields = ("title", "description")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    readonly_fields = ("author", "revision", "created_at", "updated_at")
    owner_field = "author"

    def create(self, actor: Actor, changes: dict[str, Any]) -> Any:
        given: Any = changes
        return create_scenario(actor, given)

    def change(self, actor: Actor, key: Any, changes: dict[str, Any]) -> None:
        given: Any = changes
        update_scenario(actor, key, given)

    def remove(self, actor: Actor, key: Any) -> None:
        delete_scenario(actor, key)


class ChoiceInline(admin.TabularInline):
    """The choices that leave a scene."""

    model = Choice
    fk_name = "from_scene"
    fields = ("text", "to_scene", "condition", "order")
    raw_id_fields = ("to_scene",)
    extra = 0


@admin.register(Scene)
class SceneAdmin(ContentAdmin):
    """Scenes with the choices that leave them."""

    list_display = ("title", "scenario", "order", "is_start_scene", "is_end_scene", "updated_at")
    list_filter = ("is_start_scene", "is_end_scene", "created_at")
    list_select_related = ("scenario",)
    search_fields = ("title", "text")
    raw_id_fields = ("scenario", "image", "sound", "music")
    ordering = ("-created_at",)
    inlines: ClassVar = [ChoiceInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = tuple(super().get_readonly_fields(request, obj))
        return fixed if obj is None else (*fixed, "scenario")

    def create(self, actor: Actor, changes: dict[str, Any]) -> Any:
        given: Any = changes
        return create_scene(actor, given)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """A scene gets its choices after it is there."""
        return [] if obj is None else super().get_inlines(request, obj)

    def remove(self, actor: Actor, key: Any) -> None:
        delete_scene(actor, key)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        if not change:
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """The scene and its choices go in one transaction, or not at all."""
        if not change:
            return
        scene = form.instance.pk
        given: Any = changed_values(form)
        edits = [_edits(formset, scene) for formset in formsets]
        for one in edits:
            if given or one.new or one.changed or one.removed:
                edit_scene(actor_from_session(request), scene, given, one)


@admin.register(Choice)
class ChoiceAdmin(ContentAdmin):
    """Single choices."""

    list_display = ("text", "from_scene", "to_scene", "order", "condition_works")
    list_filter = ("created_at",)
    list_select_related = ("from_scene", "to_scene")
    search_fields = ("text", "condition")
    raw_id_fields = ("from_scene", "to_scene")
    ordering = ("-created_at",)

    @admin.display(boolean=True, description="condition works")
    def condition_works(self, choice: Choice) -> bool:
        """Whether the condition can be evaluated."""
        return not choice.condition_error

    def create(self, actor: Actor, changes: dict[str, Any]) -> Any:
        given: Any = changes
        return create_choice(actor, given).id

    def change(self, actor: Actor, key: Any, changes: dict[str, Any]) -> None:
        given: Any = changes
        update_choice(actor, key, given)

    def remove(self, actor: Actor, key: Any) -> None:
        delete_choice(actor, key)


def _edits(formset: Any, scene: Any) -> ChoiceEdits:
    formset.save(commit=False)
    fields = ("text", "to_scene", "condition", "order")
    new: Any = [
        {**_choice_changes(choice, fields), "from_scene": scene} for choice in formset.new_objects
    ]
    changed = {
        choice.pk: _choice_changes(choice, names) for choice, names in formset.changed_objects
    }
    removed = [choice.pk for choice in formset.deleted_objects]
    return ChoiceEdits(new=new, changed=changed, removed=removed)


def _choice_changes(choice: Choice, names: Any) -> Any:
    return {
        name: choice.to_scene_id if name == "to_scene" else getattr(choice, name) for name in names
    }
