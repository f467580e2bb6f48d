"""The same request again: sent without a second thought, but never without a look that began after it came."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from storycore.accounts.middleware import actor_from_header
from storycore.replaying import Again
from storycore.serving import ThreadedDjango


@dataclass
class Story:
    """What the view and the looks of a test have seen."""

    text: str = "first"
    views: int = 0
    looks: list[list[str]] = field(default_factory=list)
    holds: bool = True
    gate: threading.Event = field(default_factory=threading.Event)

    def look(self, asked: Sequence[Again]) -> bool:
        self.looks.append([again.request_id for again in asked])
        self.gate.wait(5)
        return self.holds


STORY = [Story()]


@csrf_exempt
def story_view(_request: HttpRequest) -> HttpResponse:
    story = STORY[0]
    story.views += 1
    response = HttpResponse(story.text, content_type="text/plain")
    response.replay = story.look  # type: ignore[attr-defined]
    return response


urlpatterns = [path("story", story_view)]
pytestmark = [pytest.mark.urls(__name__)]


@pytest.fixture
def story() -> Story:
    STORY[0] = Story()
    STORY[0].gate.set()
    return STORY[0]


@pytest.fixture
def pages() -> ThreadedDjango:
    return ThreadedDjango(
        threads=2,
        body_bytes=10_000,
        body_seconds=5,
        actor_of=actor_from_header,
        replay_bytes=10_000,
    )


async def sent(pages: ThreadedDjango, **headers: str) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of the answer to one request."""
    given = {"host": "localhost", "content-length": "2", **headers}
    messages: list[Any] = []
    # As granian sends it: that it was all comes later.
    coming = [
        {"type": "http.request", "body": b"{}", "more_body": True},
        {"type": "http.request", "body": b"", "more_body": False},
    ]

    async def receive() -> Any:
        return coming.pop(0)

    async def send(message: Any) -> None:
        messages.append(message)

    scope: dict[str, Any] = {
        "type": "http", "method": "POST", "scheme": "http", "path": "/story", "query_string": b"",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()],
    }  # fmt: skip
    await pages(scope, receive, send)
    head, body = messages
    found = {name.decode().lower(): value.decode() for name, value in head["headers"]}
    return body["body"], found


async def test_it_is_sent_again_with_a_name_of_its_own(pages: ThreadedDjango, story: Story) -> None:
    first, headers = await sent(pages)
    again, others = await sent(pages, x_request_id="mine-12345", user_agent="another")

    assert (first, again, story.views) == (b"first", b"first", 1)
    assert others.pop("x-request-id") == "mine-12345"
    assert headers.pop("x-request-id") != "mine-12345"
    assert others == headers
    assert story.looks == [["mine-12345"]]


async def test_what_does_not_hold_is_made_anew(pages: ThreadedDjango, story: Story) -> None:
    await sent(pages)
    story.text, story.holds = "second", False

    assert (await sent(pages))[0] == b"second"
    story.holds = True
    assert (await sent(pages))[0] == b"second"
    assert story.views == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer x"},
        {"cookie": "sessionid=1"},
        {"accept": "text/html"},
        {"x_anything": "1"},
    ],
)
async def test_another_request_is_another(
    pages: ThreadedDjango, story: Story, headers: dict[str, str]
) -> None:
    await sent(pages)

    await sent(pages, **headers)

    assert (story.views, story.looks) == (2, [])


async def test_what_belongs_to_somebody_is_never_kept(pages: ThreadedDjango, story: Story) -> None:
    for _ in range(3):
        await sent(pages, authorization="Bearer x")

    assert (story.views, story.looks) == (3, [])


async def test_a_look_serves_only_who_came_before_it(pages: ThreadedDjango, story: Story) -> None:
    await sent(pages)
    story.gate.clear()
    one = asyncio.create_task(sent(pages, x_request_id="one-12345"))
    while not story.looks:  # noqa: ASYNC110 - a thread does it
        await asyncio.sleep(0.01)
    others = [asyncio.create_task(sent(pages, x_request_id=f"late-{n}-123")) for n in range(3)]
    await asyncio.sleep(0.05)
    story.gate.set()
    await asyncio.gather(one, *others)

    assert story.looks == [["one-12345"], ["late-0-123", "late-1-123", "late-2-123"]]


async def test_the_room_is_bounded(story: Story) -> None:
    pages = ThreadedDjango(
        threads=2, body_bytes=10_000, body_seconds=5, actor_of=actor_from_header, replay_bytes=2_500
    )
    for accept in ("a/a", "b/b", "c/c", "a/a"):
        await sent(pages, accept=accept)

    # Two responses have room; the third pushed out the first.
    assert (story.views, story.looks) == (4, [])
