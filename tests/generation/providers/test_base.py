from __future__ import annotations

import json

import pytest

from generation.providers.base import (
    Call,
    Media,
    Next,
    Offers,
    Order,
    host_of,
    is_allowed_host,
    may_carry_key,
)
from generation.providers.replicate import Replicate


def test_a_call_comes_back_out_of_a_document() -> None:
    call = Call(
        "POST",
        "https://api.example.org/x",
        headers={"Prefer": "wait=5"},
        json={"input": {"prompt": "a castle", "sizes": [1, 2.5, None, True]}},
        params={"format": "mp3"},
        form={"text": "hello"},
        timeout_seconds=12.5,
        max_bytes=10,
        paid=True,
        idempotent=True,
        untrusted=True,
        allowed_hosts=("example.org", ".example.net"),
    )

    assert Call.from_json(json.loads(json.dumps(call.to_json()))) == call


def test_a_call_of_an_older_release_is_read() -> None:
    assert Call.from_json({"method": "GET", "url": "https://x.org"}) == Call("GET", "https://x.org")


@pytest.mark.parametrize("name", ["Authorization", "xi-api-key", "X-API-Key", "cookie"])
def test_a_call_refuses_to_hold_a_key(name: str) -> None:
    with pytest.raises(ValueError, match=f"may not hold {name.lower()}"):
        Call("GET", "https://x.org", headers={name: "secret"})


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://API.Example.org/v1?x=1", "api.example.org"),
        ("https://api.example.org:443/", "api.example.org"),
        ("http://api.example.org:80/", "api.example.org"),
        ("http://api.example.org:443/", "api.example.org:443"),
        ("http://127.0.0.1:8188", "127.0.0.1:8188"),
        ("http://[::1]:8188/x", "[::1]:8188"),
        ("https://user:pass@api.example.org/", "api.example.org"),
        ("mock://image", "image"),
        ("nonsense", ""),
    ],
)
def test_the_host_of_an_address(url: str, expected: str) -> None:
    assert host_of(url) == expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (Call("GET", "https://api.replicate.com/v1/predictions/p"), True),
        (Call("GET", "https://api.replicate.com:443/v1/predictions/p"), True),
        (Call("GET", "https://api.replicate.com/v1/predictions/p", untrusted=True), False),
        (Call("GET", "https://api.replicate.com.evil.org/v1/predictions/p"), False),
        (Call("GET", "https://api.replicate.com@evil.org/"), False),
        (Call("GET", "https://api.replicate.com:8443/"), False),
        (Call("GET", "https://replicate.delivery/x.png"), False),
    ],
)
def test_a_key_travels_to_its_own_host_only(call: Call, *, expected: bool) -> None:
    assert may_carry_key(Replicate(api_key="r8_x"), call) is expected


@pytest.mark.parametrize(
    ("url", "hosts", "expected"),
    [
        ("https://anything.org/x", (), True),
        ("https://fal.media/x", ("fal.media",), True),
        ("https://v3.fal.media/x", ("fal.media",), False),
        ("https://v3.fal.media/x", (".fal.media",), True),
        ("https://fal.media/x", (".fal.media",), False),
        ("https://notfal.media/x", (".fal.media",), False),
        ("https://fal.media:8443/x", ("fal.media", ".fal.media"), False),
    ],
)
def test_where_results_may_lie(url: str, hosts: tuple[str, ...], *, expected: bool) -> None:
    assert is_allowed_host(url, hosts) is expected


def test_a_next_step_shows_where_its_call_may_go() -> None:
    call = Call("GET", "https://x.org", untrusted=True, allowed_hosts=("x.org",))

    assert Next(call, "download").allowed_hosts == ("x.org",)


def test_media_are_not_printed() -> None:
    assert "0123456789" not in repr(Media(b"0123456789" * 100))


def test_a_task_is_seeded_when_its_seed_has_an_effect() -> None:
    offers = Offers(
        ("image", "text"),
        {"image": ("m",), "text": ("m",)},
        {"image": "picture", "text": "token"},
        parameters={"image": ("seed",)},
    )

    assert (offers.seeded("image"), offers.seeded("text")) == (True, False)


def test_an_order_has_no_parameters_by_default() -> None:
    assert Order("image", "a castle") == Order("image", "a castle", {}, "", None)
