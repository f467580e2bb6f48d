"""How do changes to a story and the people who have it open look in GraphQL?"""

from __future__ import annotations

from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from scenarios.graphql.types.story import Choice, Scenario, Scene
from scenarios.queries.edits import CHOICE, SCENE, Edit, StoryChange
from scenarios.queries.presence import Attendance, Person
from storycore.accounts.graphql.types import User
from storycore.accounts.queries import users_by_id
from storycore.graphql.relations import Record, Siblings
from storycore.graphql.subscriptions import record_of


class EditKind(graphene.Enum):
    """What happened to a document."""

    class Meta:
        description = "What happened to a document."

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"

    @property
    def description(self) -> str:
        """What the schema says of each value."""
        words = {"created": "It is new.", "updated": "It was changed.", "deleted": "It is gone."}
        return words[self.value]


class EditedThing(graphene.Enum):
    """Which kind of document."""

    class Meta:
        description = "Which kind of document."

    SCENARIO = "scenario"
    SCENE = "scene"
    CHOICE = "choice"

    @property
    def description(self) -> str:
        """What the schema says of each value."""
        return {
            "scenario": "The scenario's own fields: title, variables, publication.",
            "scene": "A scene.",
            "choice": "A choice.",
        }[self.value]


class StoryEdit(graphene.ObjectType):
    """What happened to one scene or choice, or to the scenario itself."""

    kind = graphene.Field(graphene.NonNull(EditKind), description="What happened.")
    thing = graphene.Field(graphene.NonNull(EditedThing), description="To what.")
    id = graphene.ID(required=True, description="The id of the scenario, scene or choice.")
    scene = graphene.Field(
        Scene, description="The scene as it is now; null for others and when it is gone."
    )
    choice = graphene.Field(
        Choice, description="The choice as it is now; null for others and when it is gone."
    )

    def resolve_kind(self: Any, _info: GraphQLResolveInfo) -> str:
        return self.edit.kind

    def resolve_thing(self: Any, _info: GraphQLResolveInfo) -> str:
        return self.edit.thing

    def resolve_id(self: Any, _info: GraphQLResolveInfo) -> str:
        return str(self.edit.id)

    def resolve_scene(self: Any, _info: GraphQLResolveInfo) -> Record | None:
        return self.record(SCENE)

    def resolve_choice(self: Any, _info: GraphQLResolveInfo) -> Record | None:
        return self.record(CHOICE)


class _Told:
    """One edit on its way to one subscriber; rows are everybody's, what is loaded for them is not."""

    __slots__ = ("edit", "records", "rows")

    def __init__(
        self, edit: Edit, change: StoryChange, records: dict[str, dict[Any, Record]]
    ) -> None:
        self.edit = edit
        self.rows = change.rows
        self.records = records

    def record(self, thing: str) -> Record | None:
        if self.edit.thing != thing:
            return None
        if thing not in self.records:
            rows = self.rows.of(thing)
            self.records[thing] = dict(zip(rows, Siblings.records(rows.values()), strict=True))
        return self.records[thing].get(self.edit.id)


class ScenarioChange(graphene.ObjectType):
    """One edit of a story: everything that changed together."""

    scenario_id = graphene.ID(required=True, description="The scenario's id.")
    revision = graphene.Int(description="The scenario's revision after it.")
    by = graphene.Field(User, description="Who made it; null when no user did.")
    by_id = graphene.ID(description="The id of that user.")
    at = graphene.DateTime(required=True, description="When (UTC).")
    edits = graphene.List(
        graphene.NonNull(StoryEdit),
        required=True,
        description="What changed, document by document.",
    )
    is_whole = graphene.Boolean(
        required=True,
        description="False when more changed than `edits` tells: read the story again.",
    )
    scenario = graphene.Field(
        Scenario, description="The scenario as it is now; null when it is gone."
    )

    def resolve_scenario_id(self: Any, _info: GraphQLResolveInfo) -> str:
        return str(self.scenario)

    def resolve_by(self: Any, _info: GraphQLResolveInfo) -> Record | None:
        row = users_by_id([self.by], None).get(self.by) if self.by else None
        return None if row is None else record_of(row)

    def resolve_by_id(self: Any, _info: GraphQLResolveInfo) -> str | None:
        return self.by

    def resolve_edits(self: Any, _info: GraphQLResolveInfo) -> list[_Told]:
        records: dict[str, dict[Any, Record]] = {}
        return [_Told(edit, self, records) for edit in self.edits]

    def resolve_scenario(self: Any, _info: GraphQLResolveInfo) -> Record | None:
        return None if self.story is None else record_of(self.story)


class PresentUser(graphene.ObjectType):
    """Somebody who has a story open."""

    user_id = graphene.ID(required=True, description="The user's id.")
    user = graphene.Field(User, description="The user.")
    since = graphene.DateTime(required=True, description="Since when (UTC).")

    def resolve_user_id(self: Any, _info: GraphQLResolveInfo) -> str:
        return self[0].user

    def resolve_user(self: Any, _info: GraphQLResolveInfo) -> Record | None:
        return self[1]

    def resolve_since(self: Any, _info: GraphQLResolveInfo) -> Any:
        return self[0].since


class ScenarioPresence(graphene.ObjectType):
    """Who has a story open. Its owner and admins see everybody, others its owner and themselves."""

    scenario_id = graphene.ID(required=True, description="The scenario's id.")
    people = graphene.List(
        graphene.NonNull(PresentUser),
        required=True,
        description="Users, those who came first before the others; at most 100.",
    )
    others = graphene.Int(
        required=True, description="How many more, among them readers without a login."
    )

    def resolve_scenario_id(self: Any, _info: GraphQLResolveInfo) -> str:
        return str(self.scenario)

    def resolve_people(self: Any, info: GraphQLResolveInfo) -> list[tuple[Person, Record | None]]:
        attendance: Attendance = self
        people = attendance.people_for(info.context.actor)
        rows = users_by_id([person.user for person in people], None)
        records = dict(zip(rows, Siblings.records(rows.values()), strict=True))
        return [(person, records.get(person.user)) for person in people]

    def resolve_others(self: Any, info: GraphQLResolveInfo) -> int:
        attendance: Attendance = self
        return attendance.others_for(info.context.actor)
