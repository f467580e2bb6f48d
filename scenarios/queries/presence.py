"""Who has a story open now, and who is told of it?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
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
    """Everybody who has a story open: users in the order of arrival, and readers without a login.

    `story` says who may know of them; it is empty when the story is gone, and is no part of the news.
    """

    scenario: ObjectId
    story: Row = field(compare=False)
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
    """The source of arrivals and departures; its channels are ids of scenarios.

    A story that is withdrawn or removed counts too: it ends the subscriptions of those who may not read it now.
    """

    @property
    def watched(self) -> Mapping[str, Collection[str]]:
        """The presences, whose keys say which story is meant, and the stories."""
        return {collection_of(Presence): (), collection_of(Scenario): ()}

    def events(self, changes: Sequence[Change], wanted: Collection[Channel]) -> Sequence[Event]:
        """One event for each story, however many came and went; signs of life are none."""
        stories = collection_of(Scenario)
        concerned = {_concerned(one, stories) for one in changes}
        named = {key for key in concerned if key is not None and key in wanted}
        gone = {one.key for one in changes if one.collection == stories and one.kind == "deleted"}
        found = attendance(named - gone)
        ends = [Attendance(key, {}, (), 0) for key in named & gone]
        return [
            *map(attendance_event, found.values()),
            *(Event((one.scenario,), one, state=one.scenario, is_last=True) for one in ends),
        ]

    def may_see(self, actor: Actor, event: Event) -> bool:
        """Whoever may read the story; that it is gone may be known by all who followed it."""
        story = event.value.story
        return not story or may_read_scenario(actor, story)


def attendance_event(found: Attendance) -> Event:
    """The event that tells it; a later one takes its place while it is untold."""
    return Event((found.scenario,), found, state=found.scenario)


def _concerned(change: Change, stories: str) -> ObjectId | None:
    """The story whose attendance a change may alter, or who may know of it."""
    if change.collection != stories:
        return None if change.kind == "updated" else find_id(change.key.partition(".")[0])
    is_news = change.kind == "deleted" or "is_published" in change.names
    return change.key if is_news else None


STORY_PRESENCE = StoryPresence()
