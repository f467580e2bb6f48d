from __future__ import annotations

import json
from typing import Any

import pytest

from generation.providers.base import Reply
from generation.providers.error_bodies import MAX_CHARACTERS, Said, said_by, said_in


def said(body: bytes) -> Said:
    return said_by(Reply(400, {}, body))


@pytest.mark.parametrize(
    ("body", "text", "codes"),
    [
        ({"error": "words"}, "words", ()),
        ({"detail": "words"}, "words", ()),
        ({"message": "words"}, "words", ()),
        ({"error": {"message": "words", "type": "T", "code": "C"}}, "words", ("c", "t")),
        (
            {"detail": {"status": "quota_exceeded", "message": "words"}},
            "words",
            ("quota_exceeded",),
        ),
        (
            {"detail": [{"loc": ["body", "text"], "msg": "too long", "type": "value_error"}]},
            "body.text: too long",
            ("value_error",),
        ),
        ({"detail": [{"msg": "one"}, {"msg": "two"}]}, "one; two", ()),
        ({"errors": ["one", "two"]}, "one; two", ()),
        ({"error": ["one"], "code": "a"}, "one", ("a",)),
        ({"error": {"type": "x"}, "message": "outer"}, "outer", ("x",)),
        ({"title": "Too many", "detail": "words", "status": 429}, "words", ()),
        ({"code": "23505", "details": None, "hint": None, "message": "words"}, "words", ("23505",)),
        ("just a text", "just a text", ()),
        (["one", 2, None, "three"], "one; three", ()),
        ({"unknown": "form"}, "", ()),
        ({"error": None}, "", ()),
        ({"error": 5, "detail": True}, "", ()),
        (None, "", ()),
        ({"error": {"error": {"error": {"error": {"error": {"error": "deep"}}}}}}, "", ()),
    ],
)
def test_every_form_of_json(body: Any, text: str, codes: tuple[str, ...]) -> None:
    expected = Said(text, codes)

    assert said(json.dumps(body).encode()) == expected
    assert said_in(body) == expected


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"Not Found", "Not Found"),
        (b"  two\r\n\tlines \x00 here ", "two lines here"),
        (b"", ""),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), ""),
        (b'{"error": "cut of', '{"error": "cut of'),
        (b"<html><head><title> 502 Bad\nGateway </title>", "an HTML page titled '502 Bad Gateway'"),
        (b"<!DOCTYPE html><title>A &amp; B</title>", "an HTML page titled 'A & B'"),
        (b"<!-- x --><html><body>x</body>", "an HTML page"),
        ("nicht verfügbar".encode("latin-1"), "nicht verf\ufffdgbar"),
    ],
)
def test_texts_and_pages(body: bytes, text: str) -> None:
    assert said(body) == Said(text)


def test_a_long_text_is_cut_between_words() -> None:
    text = said(("word " * 500).encode()).text

    assert len(text) <= MAX_CHARACTERS
    assert text.endswith("word …")


def test_a_code_is_short_and_clean() -> None:
    found = said(json.dumps({"error": {"code": "sk-0123456789abcdef " + "x" * 200}}).encode())

    assert found.code is not None
    assert len(found.code) <= 80
    assert "0123456789abcdef" not in found.code


def test_no_code() -> None:
    assert Said("words").code is None


def test_only_the_head_of_a_body_is_read() -> None:
    assert said(b"a" * 10_000_000).text == "a" * (MAX_CHARACTERS - 2) + " …"
