"""Each operation leaves one line and its figures; the page of figures is not for everybody."""

from __future__ import annotations

import time

import pytest
from django.test import RequestFactory
from prometheus_client import REGISTRY

from storycore.access import NOBODY, Actor
from storycore.graphql.metrics import _uncounted, count_all, metrics_view
from tests.storycore.graphql.answers import STAFF, USER
from tests.storycore.graphql.conftest import Ask

LINES = "storycore.graphql.operations"


def count(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


@pytest.mark.parametrize(
    ("query", "outcome", "kind", "errors"),
    [
        ("query Hi { hello scene { id } }", "ok", "query", []),
        ('query Hi { fail(how: "reference") }', "errors", "query", ["INVALID_REFERENCE"]),
        ('query Hi { fail(how: "bug") }', "failed", "query", ["INTERNAL_SERVER_ERROR"]),
        ('mutation Hi { rename(title: "x") { title } }', "ok", "mutation", []),
    ],
)
def test_an_operation_leaves_one_line(ask: Ask, caplog, query, outcome, kind, errors):
    caplog.set_level("INFO", LINES)
    before = count("storycore_graphql_operations_total", kind=kind, outcome=outcome)

    ask(query)

    (line,) = [one for one in caplog.records if one.name == LINES]
    assert (line.operation, line.outcome, line.errors) == ("Hi", outcome, errors)
    assert (line.mongo_commands, line.request_id) == (0, "request-1")
    assert line.cost > 0
    assert 0 < line.duration_ms < 1_000
    assert count("storycore_graphql_operations_total", kind=kind, outcome=outcome) == before + 1


def test_figures_are_counted_together_and_never_missed(ask: Ask):
    before = count("storycore_graphql_operations_total", kind="query", outcome="ok")
    for number in range(1, 131):
        ask("{ hello }")
        if number in (1, 64, 130):
            after = count("storycore_graphql_operations_total", kind="query", outcome="ok")
            assert after == before + number
            assert after == count("storycore_graphql_operation_seconds_count", kind="query") - (
                count("storycore_graphql_operations_total", kind="query", outcome="errors")
                + count("storycore_graphql_operations_total", kind="query", outcome="failed")
            )


def test_where_processes_are_read_by_their_files_nothing_waits_to_be_asked_for(ask: Ask, settings):
    settings.PROMETHEUS_MULTIPROC_DIR = "somewhere"
    count_all()

    ask("{ hello }")

    assert len(_uncounted) == 1
    end = time.monotonic() + 5
    while _uncounted and time.monotonic() < end:
        time.sleep(0.05)
    assert not _uncounted


def test_a_refusal_is_counted_by_its_reason(ask: Ask, caplog):
    caplog.set_level("INFO", LINES)
    before = count("storycore_graphql_refusals_total", reason="INVALID_JSON")

    ask(None, raw=b"{")

    (line,) = [one for one in caplog.records if one.name == LINES]
    assert (line.outcome, line.errors) == ("refused", ["INVALID_JSON"])
    assert count("storycore_graphql_refusals_total", reason="INVALID_JSON") == before + 1


def test_no_label_comes_from_a_client(ask: Ask):
    ask("query AttackersOwnName { hello }")
    ask("{ attackersOwnField }")

    samples = [sample for metric in REGISTRY.collect() for sample in metric.samples]
    assert not [one for one in samples if "attackers" in str(one.labels).lower()]


@pytest.mark.parametrize(
    ("actor", "header", "debug", "status"),
    [
        (NOBODY, "", False, 404),
        (USER, "", False, 404),
        (STAFF, "", False, 200),
        (NOBODY, "", True, 200),
        (NOBODY, "Bearer figures", False, 200),
        (NOBODY, "Bearer figure", False, 404),
        (NOBODY, "Bearer ", False, 404),
        (NOBODY, "Bearer ünknown", False, 404),
    ],
)
def test_figures_are_for_staff_and_scrapers(
    ask: Ask, settings, actor: Actor, header, debug, status
):
    ask("{ hello }")
    settings.DEBUG, settings.METRICS_TOKEN = debug, "figures"
    request = RequestFactory().get("/metrics", HTTP_AUTHORIZATION=header)
    request.actor = actor

    response = metrics_view(request)

    assert response.status_code == status
    assert (b"storycore_graphql_operation_seconds_bucket" in response.content) is (status == 200)
    assert "no-store" in response["Cache-Control"]


def test_without_a_token_no_header_opens_them(settings):
    settings.METRICS_TOKEN = ""
    for header in ("Bearer ", "Bearer", ""):
        request = RequestFactory().get("/metrics", HTTP_AUTHORIZATION=header)
        request.actor = NOBODY
        assert metrics_view(request).status_code == 404


def test_several_processes_add_up(settings, tmp_path):
    settings.PROMETHEUS_MULTIPROC_DIR, settings.DEBUG = str(tmp_path), True
    request = RequestFactory().get("/metrics")
    request.actor = NOBODY

    assert metrics_view(request).content == b""
