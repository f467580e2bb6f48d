from __future__ import annotations

from django.test import Client


def test_the_start_page_leads_on_and_loads_nothing_from_elsewhere() -> None:
    answer = Client().get("/")

    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'href="/graphql/"' in text
    assert 'href="/admin/"' in text
    assert 'href="/api/docs"' in text
    assert "http://" not in text
    assert "https://" not in text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_start_page_takes_no_posts() -> None:
    assert Client().post("/").status_code == 405
