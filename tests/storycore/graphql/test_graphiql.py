"""GraphiQL is served from our own files, exactly those of the lock file, and loads nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from graphql import get_variable_values, parse, validate

from config.schema import schema
from storycore.graphql.graphiql import VENDORED, Example, examples, integrity
from tests.storycore.graphql.conftest import Send

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
LOCKED = json.loads(VENDORED.read_text(encoding="utf-8"))
OWN = {"graphiql/storycore.js", "graphiql/storycore.css", "vendored.json"}


def sri(content: bytes) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def test_vendored_files_are_those_of_the_lock_file():
    root = VENDORED.parent
    found = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}

    assert found - OWN == {one["file"] for one in LOCKED["files"]}
    for one in LOCKED["files"]:
        content = (root / one["file"]).read_bytes()
        assert (sri(content), len(content)) == (one["integrity"], one["bytes"]), one["file"]
        assert one["license"] == "MIT"
        assert one["version"] == LOCKED["packages"][one["name"]]["version"]


def test_no_stylesheet_loads_anything():
    for path in VENDORED.parent.rglob("*.css"):
        addresses = re.findall(r"url\(\s*[\"']?([^)\"']{0,20})", path.read_text(encoding="utf-8"))
        assert {address.split(":")[0] for address in addresses} <= {"data"}
        assert "@import" not in path.read_text(encoding="utf-8")


class Page(HTMLParser):
    """The addresses a page loads, their integrity, and the scripts it carries itself."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loads: dict[str, str | None] = {}
        self.inline: list[str | None] = []
        self.handlers: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.handlers += [name for name in given if name.startswith("on")]
        if tag == "script" and "src" not in given:
            self.inline.append(given.get("type"))
        for name in ("src", "href"):
            if name in given and not given[name].startswith("data:"):
                self.loads[given[name]] = given.get("integrity")


def page(send: Send, **parameters: str):
    return send(
        "GET", url="/graphql/?" + urlencode(parameters), content_type="", HTTP_ACCEPT=BROWSER
    )


def test_a_browser_gets_a_page_under_a_strict_policy(send: Send):
    response = page(send)
    found = Page(response.content.decode())

    assert (response.status_code, response["Content-Type"]) == (200, "text/html; charset=utf-8")
    policy = dict(part.split(" ", 1) for part in response["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert found.inline == ["application/json"]
    assert found.handlers == []
    assert set(integrity().values()) >= {value for value in found.loads.values() if value}
    for address, value in found.loads.items():
        assert address.startswith("/static/graphiql/")
        content = Path(finders.find(address.removeprefix("/static/"))).read_bytes()
        assert value == sri(content) or Path(address).name.startswith("storycore.")


def test_an_address_opens_its_own_query_and_cannot_break_out(send: Send):
    hostile = "{ hello } # </script><script>alert(1)</script>"

    html = page(send, query=hostile, variables='{"a": 1}').content.decode()

    assert "<script>alert" not in html
    opening = json.loads(re.search(r'id="opening" type="application/json">(.*?)</script>', html)[1])
    assert (opening["query"], opening["variables"]) == (hostile, '{"a": 1}')


def test_it_can_be_switched_off(send: Send, settings):
    settings.GRAPHIQL_ENABLED = False

    response = page(send, query="{ hello }")

    assert response["Content-Type"].startswith("application/json")
    assert json.loads(response.content) == {"data": {"hello": "Hello world"}}


def test_there_is_a_tab_for_each_example():
    found = examples()

    assert [re.search(r"(?:query|mutation) (\w+)", one.query)[1] for one in found] == [
        "OpenStory",
        "CreateScene",
        "Login",
    ]
    assert [bool(one.variables and json.loads(one.variables)) for one in found] == [
        False,
        True,
        True,
    ]


def test_production_can_collect_the_files_and_serves_them_unchanged(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }

    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["admin"])

    manifest = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    for one in LOCKED["files"]:
        assert sri((tmp_path / manifest[one["file"]]).read_bytes()) == one["integrity"]


@pytest.mark.parametrize("example", examples(), ids=lambda one: one.query.split("\n")[1][:20])
def test_the_examples_fit_the_schema(example: Example):
    document = parse(example.query)

    assert validate(schema.graphql_schema, document) == []
    (operation,) = document.definitions
    variables = json.loads(example.variables or "{}")
    coerced = get_variable_values(schema.graphql_schema, operation.variable_definitions, variables)
    assert isinstance(coerced, dict), coerced
