"""What the tests of the edge look at in an answer, and who may ask."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse

from storycore.access import Actor

USER = Actor(user_id="7", name="Ada")
STAFF = Actor(user_id="1", name="Root", is_admin=True)
STRICT = "application/graphql-response+json"


class Answered:
    """An answer with its body read."""

    def __init__(self, response: HttpResponse, seconds: float) -> None:
        self.response = response
        self.status = response.status_code
        self.seconds = seconds
        self.body: Any = json.loads(response.content)

    @property
    def errors(self) -> list[dict[str, Any]]:
        return self.body["errors"]

    @property
    def codes(self) -> list[tuple[str, str | None]]:
        return [(one["extensions"]["code"], one["extensions"].get("reason")) for one in self.errors]
