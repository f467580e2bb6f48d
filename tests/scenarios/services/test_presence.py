"""Who is noted as present, for how long, and what others learn of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

from scenarios.documents import Presence
from scenarios.queries.presence import STORY_PRESENCE, attendance
from scenarios.services.presence import arrive, leave, stay
from storycore.access import NOBODY, Actor
from storycore.mongo.changes import Change, Kind
from storycore.mongo.documents import now
from storycore.mongo.writing import stored
from tests.factories import a_scenario

LASTING = timedelta(minutes=1)
EXPIRED = timedelta(seconds=-1)


def test_who_is_there_is_seen_by_who_may(owner: Actor, stranger: Actor, admin: Actor) -> None:
    scenario = a_scenario(owner, is_published=True)
    other = Actor(user_id="77")
    for actor in (stranger, owner, stranger, other, NOBODY, NOBODY):
        arrive(actor, scenario, lasting=LASTING)

    found = attendance([scenario])[scenario]

    def seen(actor: Actor) -> tuple[list[str], int]:
        return [person.user for person in found.people_for(actor)], found.others_for(actor)

    everybody = [stranger.user_id, owner.user_id, "77"]
    assert seen(owner) == seen(admin) == (everybody, 2)
    assert seen(stranger) == ([stranger.user_id, owner.user_id], 3)
    assert seen(NOBODY) == ([owner.user_id], 4)


def test_who_has_left_or_run_out_is_not_there(owner: Actor, stranger: Actor) -> None:
    scenario = a_scenario(owner)
    here = arrive(owner, scenario, lasting=LASTING)
    gone = arrive(stranger, scenario, lasting=LASTING)
    arrive(NOBODY, scenario, lasting=EXPIRED)
    leave(gone)
    leave(gone)

    found = attendance([scenario])[scenario]
    assert ([person.user for person in found.people], found.guests) == ([owner.user_id], 0)
    assert here["_id"].startswith(f"{scenario}.")


def test_staying_brings_back_who_has_run_out_and_sweeps_the_others(owner: Actor) -> None:
    scenario = a_scenario(owner)
    frozen = arrive(owner, scenario, lasting=EXPIRED)
    stored(Presence).delete_many({})
    dead = arrive(NOBODY, scenario, lasting=EXPIRED)
    before = now()

    stay([frozen], lasting=LASTING)

    (row,) = stored(Presence).find({})
    assert (row["_id"], row["user"], row["created_at"]) == (
        frozen["_id"],
        owner.user_id,
        frozen["created_at"],
    )
    assert row["expires_at"] >= before + LASTING
    assert dead["_id"] != row["_id"]


@pytest.mark.parametrize(("kind", "count"), [("created", 1), ("deleted", 1), ("updated", 0)])
def test_comings_and_goings_are_events_and_signs_of_life_are_none(
    owner: Actor, kind: Kind, count: int
) -> None:
    scenario = a_scenario(owner)
    keys = [f"{scenario}.one", f"{scenario}.two", f"{ObjectId()}.three", "nonsense"]
    changes = [Change("presences", key, kind, now()) for key in keys]

    events = STORY_PRESENCE.events(changes, {scenario})

    assert [(event.channels, event.state) for event in events] == [((scenario,), scenario)] * count


def test_a_story_is_read_with_its_people_in_two_commands(owner: Actor, commands: Any) -> None:
    stories = [a_scenario(owner) for _ in range(3)]
    commands.names.clear()

    assert list(attendance(stories)) == stories
    assert commands.names == ["find", "find"]
