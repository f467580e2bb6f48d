"""Which choices are there? By id, the ones that leave scenes, and the ones that lead to them."""

from __future__ import annotations

from scenarios.documents import Choice
from scenarios.queries.scenarios import scenarios_by_id
from scenarios.queries.scenes import STORY_ORDER
from storycore.mongo.relating import RowBy, RowsBy

readable_choices = RowBy(Choice, guard=("scenario", scenarios_by_id))
"""Choices by id for anybody: they may be read when their scenario may."""

choices_by_id = RowBy(Choice)
"""Choices by id for a reader who came through a scenario that may be read."""

choices_by_scene = RowsBy(Choice, "from_scene", STORY_ORDER)
"""The choices that leave each scene, in order."""

incoming_choices_by_scene = RowsBy(Choice, "to_scene", (("_id", 1),))
"""The choices that lead to each scene."""
