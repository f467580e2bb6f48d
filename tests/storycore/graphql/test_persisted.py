"""Automatic persisted queries as Apollo and urql send them, and the list of the only allowed documents."""

from __future__ import annotations

import hashlib
import json
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured

from storycore.graphql.body import Parameters
from storycore.graphql.persisted import document_text
from tests.storycore.graphql.conftest import Ask, Send

TEXT = "query ($n: String) { hello(name: $n) }"


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def extension(**changes):
    return {"persistedQuery": {"version": 1, "sha256Hash": sha(TEXT)} | changes}


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def hashed(ask: Ask):
    def post(query=None, extensions=None, **options):
        body = {"extensions": extensions or extension(), "variables": {"n": "Ada"}}
        return ask(
            None, raw=json.dumps(body | ({"query": query} if query else {})).encode(), **options
        )

    return post


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
def test_a_miss_is_200_and_the_text_with_its_hash_is_kept(hashed, accept: str):
    miss = hashed(HTTP_ACCEPT=accept)
    registered = hashed(TEXT, HTTP_ACCEPT=accept)
    hit = hashed(HTTP_ACCEPT=accept)

    assert (miss.status, miss.body) == (
        200,
        {
            "errors": [
                {
                    "message": "PersistedQueryNotFound",
                    "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"},
                }
            ]
        },
    )
    assert registered.body == hit.body == {"data": {"hello": "Hello Ada"}}


def test_a_hash_may_come_by_get(send: Send, hashed):
    url = "/graphql?" + urlencode({"extensions": json.dumps(extension())})
    assert (
        json.loads(send("GET", url=url).content)["errors"][0]["message"] == "PersistedQueryNotFound"
    )

    hashed(TEXT)

    assert json.loads(send("GET", url=url).content) == {"data": {"hello": "Hello world"}}


def test_what_was_kept_expires(hashed, settings):
    settings.GRAPHQL_PERSISTED_SECONDS = 0.05
    hashed(TEXT)
    assert "data" in hashed().body

    cache.touch(f"graphql:persisted:{sha(TEXT)}", 0)

    assert hashed().codes == [("PERSISTED_QUERY_NOT_FOUND", None)]


def test_another_texts_hash_is_refused_and_not_kept(hashed):
    answer = hashed("{ who }")

    assert (answer.status, answer.codes) == (400, [("BAD_USER_INPUT", "HASH_MISMATCH")])
    assert hashed().codes == [("PERSISTED_QUERY_NOT_FOUND", None)]


def test_an_invalid_document_is_not_kept(hashed):
    text = "{ nothing }"
    extensions = extension(sha256Hash=sha(text))

    assert hashed(text, extensions).codes == [("GRAPHQL_VALIDATION_FAILED", None)]
    assert hashed(None, extensions).codes == [("PERSISTED_QUERY_NOT_FOUND", None)]


@pytest.mark.parametrize(
    "extensions",
    [
        {"persistedQuery": "x"},
        {"persistedQuery": []},
        extension(version=2),
        extension(version=None),
        extension(sha256Hash=None),
        extension(sha256Hash={"$ne": ""}),
        extension(sha256Hash="../../etc/passwd"),
        extension(sha256Hash=sha(TEXT).upper()),
        extension(sha256Hash=sha(TEXT) + "0"),
    ],
)
def test_a_malformed_extension_is_400(hashed, extensions):
    answer = hashed(TEXT, extensions)

    assert (answer.status, answer.codes) == (400, [("BAD_USER_INPUT", "INVALID_PERSISTED_QUERY")])


@pytest.mark.parametrize("form", ["plain", "manifest"])
def test_the_allow_list_runs_nothing_else(hashed, settings, tmp_path, form: str):
    listed = {sha(TEXT): TEXT}
    if form == "manifest":
        operations = [{"id": key, "body": text, "type": "query"} for key, text in listed.items()]
        listed = {
            "format": "apollo-persisted-query-manifest",
            "version": 1,
            "operations": operations,
        }
    path = tmp_path / "allowed.json"
    path.write_text(json.dumps(listed))
    settings.GRAPHQL_ALLOWED_OPERATIONS = str(path)

    assert hashed().body == {"data": {"hello": "Hello Ada"}}
    assert hashed(TEXT).body == {"data": {"hello": "Hello Ada"}}
    other = extension(sha256Hash=sha("{ who }"))
    for answer in (hashed("{ who }", other), hashed(None, other), hashed("{ who }")):
        assert (answer.status, answer.codes) == (403, [("FORBIDDEN", "OPERATION_NOT_ALLOWED")])
    assert hashed(None, {"other": 1}).codes == [("BAD_USER_INPUT", "MISSING_QUERY")]


@pytest.mark.parametrize("content", ["nonsense", json.dumps({"0" * 64: TEXT})])
def test_a_wrong_allow_list_is_named(settings, tmp_path, content: str):
    path = tmp_path / "allowed.json"
    path.write_text(content)
    settings.GRAPHQL_ALLOWED_OPERATIONS = str(path)

    with pytest.raises(ImproperlyConfigured, match="GRAPHQL_ALLOWED_OPERATIONS"):
        document_text(Parameters(query=TEXT))
