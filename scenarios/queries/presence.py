"""Who has a story open now, and who is told of it?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from scenarios.documents import Presence, Scenario
from scenarios.queries.scenarios import may_read_scenario
from storycore.access import Actor, is_owner
from storycore.ids import find_id
from storycore.mongo.changes import Change
from storycore.mongo.documents import now
from storycore.mongo.reading import Row, collection_of, find_in, grouped, keyed
from storycore.mongo.sources import Channel, Event

PEOPLE_MAX = 100
_STORY_FIELDS = ("author", "is_published")


@dataclass(frozen=True, slots=True)
class Person:
    """A user who has the story open, since the first of their connections."""

    user: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Attendance:
    """Everybody who has a story open: users in the order of arrival, and readers without a login."""

    scenario: ObjectId
    story: Row
    people: tuple[Person, ...]
    guests: int

    def people_for(self, actor: Actor) -> list[Person]:
        """Whom the actor may know of: who may edit the story everybody, others its owner and themselves."""
        if is_owner(actor, self.story.get("author")):
            return list(self.people[:PEOPLE_MAX])
        known = {self.story.get("author"), actor.user_id}
        return [person for person in self.people if person.user in known]

    def others_for(self, actor: Actor) -> int:
        """How many more there are, without a name."""
        return self.guests + len(self.people) - len(self.people_for(actor))


def attendance(scenarios: Collection[ObjectId]) -> dict[ObjectId, Attendance]:
    """Who has these stories open; stories that are gone are left out. Two commands."""
    stories = keyed(find_in(Scenario, "_id", scenarios, _STORY_FIELDS))
    present = find_in(
        Presence,
        "scenario",
        list(stories),
        ("user", "created_at"),
        where={"expires_at": {"$gt": now()}},
        sort=(("created_at", 1), ("_id", 1)),
    )
    by_story = grouped(present, by="scenario", keys=list(stories))
    return {key: _attendance(story, by_story[key]) for key, story in stories.items()}


def _attendance(story: Row, present: Sequence[Row]) -> Attendance:
    first: dict[str, datetime] = {}
    for row in present:
        if row.get("user") is not None:
            first.setdefault(row["user"], row["created_at"])
    people = tuple(Person(user, since) for user, since in first.items())
    guests = sum(row.get("user") is None for row in present)
    return Attendance(story["_id"], story, people, guests)


class StoryPresence:
    """The source of arrivals and departures; its channels are ids of scenarios."""

    @property
    def watched(self) -> Mapping[str, Collection[str]]:
        """The presences; their keys say which story is meant."""
        return {collection_of(Presence): ()}

    def events(self, changes: Sequence[Change], wanted: Collection[Channel]) -> Sequence[Event]:
        """One event for each story, however many came and went; signs of life are none."""
        named = {_scenario_in(one.key) for one in changes if one.kind != "updated"}
        found = attendance([one for one in named if one is not None and one in wanted])
        return [attendance_event(one) for one in found.values()]

    def may_see(self, actor: Actor, event: Event) -> bool:
        """Whoever may read the story."""
        return may_read_scenario(actor, event.value.story)


def attendance_event(found: Attendance) -> Event:
    """The event that tells it; a later one takes its place while it is untold."""
    return Event((found.scenario,), found, state=found.scenario)


def _scenario_in(key: str) -> ObjectId | None:
    return find_id(key.partition(".")[0])


STORY_PRESENCE = StoryPresence()
