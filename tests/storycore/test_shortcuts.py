"""The short way past the middleware says what the whole way says: same status, headers and body."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import LazySettings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from config.urls import urlpatterns as product
from storycore.access import Actor
from storycore.accounts.middleware import actor_from_header
from storycore.serving import ThreadedDjango
from storycore.shortcuts import Asked, Said, mark, shape_of
from tests.factories import a_scenario, an_access_token

HELLO = json.dumps({"query": "query Hello { __typename }"}).encode()
PLAIN = {"host": "localhost", "content-type": "application/json"}


@csrf_exempt
def who_view(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(f"whole {request.actor.name} {request.body.decode()}")
    mark(response, who_shortly)
    return response


def who_shortly(asked: Asked) -> Said:
    body = f"short {asked.actor.name} {asked.body.decode()} {asked.client}"
    return Said(200, [(b"Content-Type", b"text/html; charset=utf-8")], body.encode())


@csrf_exempt
def cookie_view(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("once")
    mark(response, who_shortly)
    response.set_cookie("seen", "1")
    return response


urlpatterns = [*product, path("who", who_view), path("cookie", cookie_view)]
pytestmark = [pytest.mark.urls(__name__)]


class OtherMiddleware:
    """Somebody's own: it counts what it sees."""

    seen = 0

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        OtherMiddleware.seen += 1
        response: HttpResponse = self.get_response(request)
        return response


@pytest.fixture
def pages() -> ThreadedDjango:
    return made_pages()


def made_pages() -> ThreadedDjango:
    return ThreadedDjango(threads=1, body_bytes=10_000, body_seconds=5, actor_of=actor_from_header)


def a_scope(url: str, headers: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "http", "method": "POST", "scheme": "http", "path": url, "query_string": b"",
        "client": ("10.0.0.1", 4_711),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip


async def sent(
    pages: ThreadedDjango, url: str, headers: dict[str, str], body: bytes = HELLO
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer to one POST."""
    messages: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        messages.append(message)

    await pages(a_scope(url, headers | {"content-length": str(len(body))}), receive, send)
    head, content = messages
    found = {name.decode().lower(): value.decode() for name, value in head["headers"]}
    return head["status"], found, content["body"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"accept": "application/graphql-response+json"},
        {"accept": "text/event-stream"},
        {"accept-encoding": "gzip"},
        {"origin": "http://localhost:3000"},
        {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"},
        {"x-forwarded-proto": "https"},
        {"authorization": "Bearer no-token-of-ours"},
        {"content-type": "text/plain"},
        {"content-type": "application/json; charset=latin-1"},
    ],
    ids=lambda headers: " ".join(f"{key}={value}" for key, value in headers.items()) or "plain",
)
async def test_both_ways_say_the_same(pages: ThreadedDjango, headers: dict[str, str]) -> None:
    bodies = [HELLO, b"{", b'{"query": "{ nothing }"}', HELLO]
    whole = [await sent(made_pages(), "/graphql/", PLAIN | headers, body) for body in bodies]
    again = [await sent(pages, "/graphql/", PLAIN | headers, body) for body in bodies]

    for _, found, _ in (*whole, *again):
        assert len(found.pop("x-request-id")) == 32
        assert int(found["content-length"])
    assert [without_ids(one) for one in again] == [without_ids(one) for one in whole]
    if whole[0][0] == 200:
        shape = shape_of(a_scope("/graphql/", PLAIN | headers))
        assert shape is not None
        assert pages.shortcuts.find(shape) is not None


def without_ids(one: tuple[int, dict[str, str], bytes]) -> tuple[int, dict[str, str], Any]:
    status, headers, body = one
    return status, headers, body if headers.get("content-encoding") else json.loads(body)


async def test_the_second_of_a_shape_goes_the_short_way(pages: ThreadedDjango) -> None:
    _, first, one = await sent(pages, "/who", PLAIN, b"a")
    _, second, other = await sent(pages, "/who", PLAIN | {"x-request-id": "mine-1234"}, b"b")

    assert (one.split()[0], other.split()[0]) == (b"whole", b"short")
    assert other.endswith(b" b 10.0.0.1")
    assert second.pop("x-request-id") == "mine-1234"
    assert first.pop("x-request-id") != "mine-1234"
    assert int(second.pop("content-length")) == len(other)
    first.pop("content-length")
    assert first == second


@pytest.mark.parametrize(
    ("proxies", "forwarded", "client"),
    [(0, "9.9.9.9", "10.0.0.1"), (1, "9.9.9.9, 8.8.8.8", "8.8.8.8"), (1, "", "10.0.0.1")],
)
async def test_both_ways_count_by_the_same_address(
    pages: ThreadedDjango, settings: LazySettings, proxies: int, forwarded: str, client: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    await sent(pages, "/who", PLAIN)

    _, _, body = await sent(pages, "/who", PLAIN | {"x-forwarded-for": forwarded})

    assert body.split()[-1].decode() == client


async def test_several_headers_of_one_name_speak_for_nobody(pages: ThreadedDjango) -> None:
    scope = a_scope("/who", PLAIN | {"authorization": "Bearer one"})
    scope["headers"] += [(b"authorization", b"Bearer two"), (b"x-request-id", b"a")]

    shape = shape_of(scope)

    assert shape is not None
    assert (shape.authorization, shape.is_anonymous) == (b"Bearer one,Bearer two", False)
    alone = shape_of(a_scope("/who", PLAIN))
    assert alone is not None
    assert (alone.head, alone.is_anonymous) == (shape.head, True)


@pytest.mark.parametrize("cookies", [{"cookie": "sessionid=abc"}, {"x-any": "x" * 5_000}])
async def test_a_session_or_a_huge_head_always_goes_the_whole_way(
    pages: ThreadedDjango, cookies: dict[str, str]
) -> None:
    for _ in range(2):
        _, _, body = await sent(pages, "/who", PLAIN | cookies)
        assert body.startswith(b"whole")


@pytest.fixture
def token(owner: Actor) -> str:
    return an_access_token(owner)


@pytest.mark.django_db(transaction=True)
async def test_each_request_is_its_own_callers(
    pages: ThreadedDjango, owner: Actor, token: str
) -> None:
    mine = json.dumps(
        {"query": "query Mine($id: ID!) { scenario(id: $id) { id } }",
         "variables": {"id": str(a_scenario(owner))}}
    ).encode()  # fmt: skip
    known = PLAIN | {"authorization": f"Bearer {token}"}

    answers = [
        json.loads((await sent(pages, "/graphql/", headers, mine))[2])["data"]["scenario"]
        for headers in (PLAIN, known, PLAIN, known, PLAIN | {"authorization": "Bearer wrong"})
    ]

    assert [answer is not None for answer in answers] == [False, True, False, True, False]


async def test_another_host_is_another_shape(pages: ThreadedDjango) -> None:
    await sent(pages, "/who", PLAIN)

    status, _, _ = await sent(pages, "/who", PLAIN | {"host": "evil.example"})

    assert status == 400


async def test_what_sets_a_cookie_is_never_shortened(pages: ThreadedDjango) -> None:
    for _ in range(2):
        _, headers, _ = await sent(pages, "/cookie", PLAIN)
        assert headers["set-cookie"].startswith("seen=1")
    shape = shape_of(a_scope("/cookie", PLAIN))
    assert shape is not None
    assert pages.shortcuts.find(shape) is None


async def test_other_middleware_sees_every_request(settings: LazySettings) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.OtherMiddleware"]
    pages = made_pages()
    before = OtherMiddleware.seen

    for _ in range(2):
        _, _, body = await sent(pages, "/who", PLAIN)
        assert body.startswith(b"whole")
    assert OtherMiddleware.seen == before + 2


async def test_the_wish_for_stand_ins_goes_the_whole_way(settings: LazySettings) -> None:
    settings.DEBUG = True
    pages = made_pages()

    for _ in range(2):
        _, _, body = await sent(pages, "/who", PLAIN | {"x-storycore-mock": "1"})
        assert body.startswith(b"whole")


async def test_only_so_many_shapes_are_remembered(pages: ThreadedDjango) -> None:
    for number in range(300):
        await sent(pages, "/who", PLAIN | {"accept": f"a/{number}"})

    _, _, oldest = await sent(pages, "/who", PLAIN | {"accept": "a/0"})
    _, _, newest = await sent(pages, "/who", PLAIN | {"accept": "a/299"})
    assert (oldest.split()[0], newest.split()[0]) == (b"whole", b"short")
