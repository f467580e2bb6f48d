"""What a person sees: GraphiQL with the demo story, and the admin through the link that logs in once."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from tests.flows.one_machine import Up, ask

BROWSER, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
# Set it to a file name and the GraphiQL test writes the picture of the README there.
PICTURE = os.environ.get("README_PICTURE")
PATIENCE_SECONDS = 30

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (BROWSER.exists() and DRIVER.exists()),
        reason="needs Debian's chromium and chromium-driver",
    ),
]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    up = Up(tmp_path_factory.mktemp("browser"))
    up.wait_ready()
    yield up
    up.close()


@pytest.fixture
def page(tmp_path: Path) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    for argument in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1400,860",
        f"--user-data-dir={tmp_path}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
    yield driver
    driver.quit()


def requested_hosts(page: webdriver.Chrome) -> set[str]:
    """The hosts that the page asked for anything."""
    messages = (json.loads(entry["message"])["message"] for entry in page.get_log("performance"))
    urls = (
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    )
    return {urlsplit(url).netloc for url in urls if url.startswith("http")}


def test_graphiql_runs_the_demo_query_and_asks_nobody_else(
    running: Up, page: webdriver.Chrome
) -> None:
    page.get(f"{running.url}/graphql/")
    wait = WebDriverWait(page, PATIENCE_SECONDS)
    wait.until(lambda _: page.find_elements(By.CSS_SELECTOR, ".graphiql-execute-button"))
    wait.until(
        lambda _: "OpenStory" in page.find_element(By.CSS_SELECTOR, ".graphiql-query-editor").text
    )

    page.find_element(By.CSS_SELECTOR, ".graphiql-execute-button").click()

    wait.until(
        lambda _: "Gull Rock" in page.find_element(By.CSS_SELECTOR, ".graphiql-response").text
    )
    assert requested_hosts(page) == {urlsplit(running.url).netloc}
    assert [entry for entry in page.get_log("browser") if entry["level"] == "SEVERE"] == []
    if PICTURE:
        page.save_screenshot(PICTURE)


def test_the_description_of_the_rest_api_is_shown_and_asks_nobody_else(
    running: Up, page: webdriver.Chrome
) -> None:
    page.get(f"{running.url}/api/docs")
    wait = WebDriverWait(page, PATIENCE_SECONDS)

    wait.until(lambda _: len(page.find_elements(By.CSS_SELECTOR, ".opblock")) > 20)

    assert "StoryCore" in page.find_element(By.CSS_SELECTOR, ".info").text
    assert requested_hosts(page) == {urlsplit(running.url).netloc}
    assert [entry for entry in page.get_log("browser") if entry["level"] == "SEVERE"] == []


def test_the_admin_opens_by_the_link_and_edits_a_scene(running: Up, page: webdriver.Chrome) -> None:
    found = re.search(r"(http\S+/admin/one-time-login/\S+)", running.text)
    assert found
    page.get(found.group(1))
    assert page.title == "Content and people | StoryCore admin"

    page.get(f"{running.url}/admin/scenarios/scene/?q=Landing")
    page.find_element(By.LINK_TEXT, "The Landing").click()
    title = page.find_element(By.NAME, "title")
    title.clear()
    title.send_keys("The Landing at Dusk")
    page.find_element(By.NAME, "_save").click()

    wait = WebDriverWait(page, PATIENCE_SECONDS)
    wait.until(lambda _: page.find_elements(By.CSS_SELECTOR, ".messagelist"))
    saved = page.find_element(By.CSS_SELECTOR, ".messagelist").text
    assert "was changed successfully" in saved
    _, answer = ask(
        running.url,
        "/graphql/",
        {"query": "{ scenarios { startScene { title text choices { text } } } }"},
    )
    scene = answer["data"]["scenarios"][0]["startScene"]
    assert scene["title"] == "The Landing at Dusk"
    assert scene["text"].startswith("The boat scrapes")
    assert len(scene["choices"]) == 2
    assert requested_hosts(page) == {urlsplit(running.url).netloc}


def test_the_demo_story_is_played_in_the_browser(running: Up, page: webdriver.Chrome) -> None:
    query = {"query": "{ scenarios(published: true) { id title } }"}
    _status, answer = ask(running.url, "/graphql/", query)
    (story,) = answer["data"]["scenarios"]
    page.get(f"{running.url}/play/{story['id']}")
    wait = WebDriverWait(page, PATIENCE_SECONDS)
    wait.until(lambda _: page.find_elements(By.CSS_SELECTOR, "#story-player button"))
    first = page.find_element(By.ID, "story-player").text

    page.find_element(By.CSS_SELECTOR, "#story-player button").click()

    wait.until(lambda _: page.find_element(By.ID, "story-player").text != first)
    second = page.find_element(By.ID, "story-player").text
    page.refresh()
    wait.until(lambda _: page.find_element(By.ID, "story-player").text == second)
    assert requested_hosts(page) == {urlsplit(running.url).netloc}
    assert [entry for entry in page.get_log("browser") if entry["level"] == "SEVERE"] == []
