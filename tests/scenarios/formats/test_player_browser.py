"""The playable page in a real browser: from disk, without network, by keyboard, over a reload."""

from __future__ import annotations

import base64
import io
import json
import shutil
import struct
import time
import wave
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from selenium import webdriver
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from scenarios.formats import write_story
from scenarios.formats.base import ImportedStory, Link, MediaFile, Passage
from scenarios.logic.story import Effect
from scenarios.logic.variables import Variable

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
AXE = Path(__file__).parent / "vendored" / "axe.min.js"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (CHROMIUM and DRIVER),
        reason="Chromium and its driver are not installed: no page can be opened",
    ),
]


def png(side: int) -> bytes:
    """A grey picture, `side` pixels wide and high."""
    rows = b"".join(b"\0" + b"\x80" * side for _ in range(side))
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    chunks = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def wav() -> bytes:
    """A tenth of a second of silence."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0" * 1600)
    return buffer.getvalue()


STORY = ImportedStory(
    title="The Gate",
    ifid="GATE-1",
    start="Yard",
    language="en",
    variables=(Variable("gold", "integer", 1), Variable("bag", "list", ())),
    passages=(
        Passage(
            "Yard",
            "You stand in a yard.\nIt is <b>cold</b>.\n\nA gate is shut.",
            (
                Link("Search the straw", "Straw", "once"),
                Link("Pay the guard", "End", "gold >= 3"),
                Link("Climb the wall", "Wall"),
                Link("Broken", "End", "gold >"),
            ),
            image="pic",
            sound="snd",
        ),
        Passage(
            "Straw",
            "Coins!",
            (Link("Back", "Yard", None, (Effect("gold", "add", "1"),)),),
            (Effect("gold", "add", "1"), Effect("bag", "append", '"straw"')),
        ),
        Passage(
            "Wall",
            "Too high.",
            (Link("Nothing", "End", '"rope" in bag'),),
            visible_if='"straw" in bag',
        ),
        Passage("End", "You are through.", is_end=True),
    ),
    media=(
        MediaFile("pic", "p.png", "image/png", png(12)),
        MediaFile("snd", "s.wav", "audio/wav", wav()),
    ),
)


def browser(**preferences: Any) -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for switch in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--window-size=900,900",
    ):  # fmt: skip
        options.add_argument(switch)
    options.add_experimental_option("prefs", preferences)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
    started.execute_cdp_cmd("Network.enable", {})
    started.execute_cdp_cmd(
        "Network.emulateNetworkConditions",
        {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0},
    )
    return started


@pytest.fixture(scope="module")
def chromium() -> Iterator[webdriver.Chrome]:
    started = browser()
    yield started
    started.quit()


@pytest.fixture
def opened(chromium: webdriver.Chrome, tmp_path: Path) -> webdriver.Chrome:
    """The story's page, opened from disk by somebody who was never here."""
    path = tmp_path / "story.html"
    # Its own name for each test: all files of a disk share one storage, and clearing it takes a moment.
    path.write_bytes(write_story(replace(STORY, ifid=str(uuid4())), "playable").content)
    chromium.get_log("performance")
    chromium.get_log("browser")
    chromium.get(path.as_uri())
    return chromium


def scene(page: webdriver.Chrome) -> str:
    return page.execute_script("return document.querySelector('h2').textContent")


def choices(page: webdriver.Chrome) -> list[str]:
    return page.execute_script(
        "return [...document.querySelectorAll('nav button')].map(b => b.textContent)"
    )


def shown(page: webdriver.Chrome) -> str:
    return page.execute_script("return document.querySelector('main').textContent")


def reload(page: webdriver.Chrome) -> None:
    """Reload as a person would: a browser takes a few milliseconds to keep what a page wrote."""
    time.sleep(0.4)
    page.refresh()


def focused(page: webdriver.Chrome) -> str:
    return page.execute_script("return document.activeElement.textContent")


def press(page: webdriver.Chrome, *keys: str) -> None:
    webdriver.ActionChains(page).send_keys(*keys).perform()


def choose(page: webdriver.Chrome, label: str) -> None:
    """Reach a button by Tab alone and press it; returns when the page has changed."""
    before = shown(page)
    for _ in range(20):
        press(page, Keys.TAB)
        if focused(page) == label:
            press(page, Keys.ENTER)
            WebDriverWait(page, 5, poll_frequency=0.02).until(lambda page: shown(page) != before)
            return
    raise AssertionError(f"no way to {label} by keyboard")


def test_the_story_plays_by_keyboard_alone(opened: webdriver.Chrome) -> None:
    assert scene(opened) == "Yard"
    assert choices(opened) == ["Search the straw"]

    choose(opened, "Search the straw")
    assert (scene(opened), focused(opened)) == ("Straw", "Straw")
    choose(opened, "Back")
    assert choices(opened) == ["Pay the guard", "Climb the wall"]
    choose(opened, "Pay the guard")

    assert scene(opened) == "End"
    assert (
        opened.execute_script("return document.querySelector('.outcome').textContent") == "The end."
    )
    choose(opened, "Go back")
    assert choices(opened) == ["Pay the guard", "Climb the wall"]
    choose(opened, "Climb the wall")
    assert (
        opened.execute_script("return document.querySelector('.outcome').textContent")
        == "There is no way on from here."
    )
    choose(opened, "Start again")
    assert (scene(opened), choices(opened)) == ("Yard", ["Search the straw"])


def test_the_place_is_kept_over_a_reload(opened: webdriver.Chrome) -> None:
    choose(opened, "Search the straw")
    choose(opened, "Back")

    reload(opened)

    assert scene(opened) == "Yard"
    assert choices(opened) == ["Pay the guard", "Climb the wall"]
    choose(opened, "Go back")
    reload(opened)
    assert scene(opened) == "Straw"


@pytest.mark.parametrize("kept", ["[", '{"a": 1}', '["nosuch"]', '["0.0", 5, "0.1"]', "null"])
def test_a_place_that_makes_no_sense_does_no_harm(opened: webdriver.Chrome, kept: str) -> None:
    key = opened.execute_script(
        "const d = JSON.parse(document.getElementById('story-data').textContent);"
        "return `storycore:${d.id}:${d.edition}`"
    )
    opened.execute_script("localStorage.setItem(arguments[0], arguments[1])", key, kept)

    reload(opened)

    assert scene(opened) == ("Straw" if "0.0" in kept else "Yard")


def test_texts_of_the_author_are_texts(opened: webdriver.Chrome) -> None:
    paragraphs = opened.execute_script(
        "return [...document.querySelectorAll('main p')].map(p => p.innerText)"
    )

    assert paragraphs == ["You stand in a yard.\nIt is <b>cold</b>.", "A gate is shut."]


def test_media_are_shown_without_a_request(opened: webdriver.Chrome) -> None:
    wait_for_media(opened)

    requests = [json.loads(entry["message"])["message"] for entry in opened.get_log("performance")]
    addresses = [
        each["params"]["request"]["url"]
        for each in requests
        if each["method"] == "Network.requestWillBeSent"
    ]
    assert addresses
    assert [address for address in addresses if not address.startswith(("file:", "data:"))] == []
    assert [entry for entry in opened.get_log("browser") if entry["level"] == "SEVERE"] == []


def wait_for_media(page: webdriver.Chrome) -> None:
    WebDriverWait(page, 10).until(
        lambda here: here.execute_script(
            "return document.querySelector('img').naturalWidth === 12"
            " && document.querySelector('audio').readyState > 0"
        )
    )


def test_the_page_may_ask_nobody(opened: webdriver.Chrome) -> None:
    refused = opened.execute_async_script(
        "const done = arguments[0];"
        "document.addEventListener('securitypolicyviolation', e => done(e.effectiveDirective), {once: true});"
        "fetch('https://example.com/').catch(() => {});"
    )

    assert refused == "connect-src"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_complain_of(opened: webdriver.Chrome, scheme: str) -> None:
    opened.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
    )
    for label in (None, "Search the straw", "Back", "Pay the guard"):
        if label:
            choose(opened, label)
        opened.execute_script(AXE.read_text(encoding="utf-8"))
        found = opened.execute_async_script(
            "const done = arguments[0]; axe.run(document, {resultTypes: ['violations', 'incomplete']})"
            ".then(r => done({bad: r.violations, unsure: r.incomplete, passed: r.passes.length}))"
        )
        assert [(each["id"], [n["html"] for n in each["nodes"]]) for each in found["bad"]] == []
        assert [each["id"] for each in found["unsure"] if each["id"] == "color-contrast"] == []
        assert found["passed"] > 15


def test_names_and_roles_of_what_a_screen_reader_meets(opened: webdriver.Chrome) -> None:
    choose(opened, "Search the straw")
    choose(opened, "Back")

    wait_for_media(opened)
    tree = opened.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]

    met = {(node["role"]["value"], node["name"]["value"]) for node in tree if not node["ignored"]}
    assert met >= {
        ("RootWebArea", "The Gate"),
        ("banner", ""),
        ("heading", "The Gate"),
        ("main", ""),
        ("heading", "Yard"),
        ("image", "Picture: Yard"),
        ("navigation", "What do you do?"),
        ("button", "Pay the guard"),
        ("button", "Climb the wall"),
        ("contentinfo", ""),
        ("group", "Story"),
        ("button", "Go back"),
        ("button", "Start again"),
    }
    assert ("Audio", "Sound") in met
    assert opened.execute_script("return document.documentElement.lang") == "en"


def many_kinds() -> ImportedStory:
    """Scenes with what a page could stumble over, each one choice after the other."""
    words = "مرحبا بكم في القصة. \u202eعكس\n\n" + "日本語の長い文章。" * 60 + "\n\n" + "x" * 3_000
    doors = tuple(Link(f"Door {n}", "Closed") for n in range(200))
    return ImportedStory(
        title="قصة",
        ifid=str(uuid4()),
        start="Begin",
        language="English",
        variables=(Variable("key", "boolean"),),
        passages=(
            Passage("Begin", words, (Link("اذهب إلى القاعة", "القاعة"),)),
            Passage("القاعة", "", doors),
            Passage("Closed", "Shut.", (Link("Open", "Last", "key"),)),
            Passage("Last", "", is_end=True),
        ),
    )


def test_long_texts_other_scripts_and_many_choices(
    chromium: webdriver.Chrome, tmp_path: Path
) -> None:
    path = tmp_path / "story.html"
    path.write_bytes(write_story(many_kinds(), "playable").content)
    chromium.get(path.as_uri())

    directions = (
        "return [...document.querySelectorAll('main p, nav button')]"
        ".map(each => getComputedStyle(each).direction)"
    )
    wide = "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert chromium.execute_script(directions) == ["rtl", "ltr", "ltr", "rtl"]
    assert chromium.execute_script(wide) is False
    assert violations(chromium) == []
    choose(chromium, "اذهب إلى القاعة")
    assert (scene(chromium), focused(chromium)) == ("القاعة", "القاعة")
    assert len(choices(chromium)) == 200
    assert violations(chromium) == []
    choose(chromium, "Door 7")
    reload(chromium)
    assert "There is no way on from here." in shown(chromium)
    assert violations(chromium) == []


def violations(page: webdriver.Chrome) -> list[str]:
    page.execute_script(AXE.read_text(encoding="utf-8"))
    return page.execute_async_script(
        "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']})"
        ".then(r => done(r.violations.map(each => each.id)))"
    )


def test_an_ending_that_leads_on_says_that_it_is_one(
    chromium: webdriver.Chrome, tmp_path: Path
) -> None:
    only = Passage("Only", "", (Link("Once more", "Only"),), is_end=True)
    story = ImportedStory(title="T", ifid=str(uuid4()), start="Only", passages=(only,))
    path = tmp_path / "story.html"
    path.write_bytes(write_story(story, "playable").content)

    chromium.get(path.as_uri())

    assert "The end." in shown(chromium)
    assert choices(chromium) == ["Once more"]
    choose_same(chromium, "Once more")
    assert "Go back" in chromium.execute_script("return document.querySelector('footer').innerText")


def choose_same(page: webdriver.Chrome, label: str) -> None:
    """Press a button that leads to a scene that looks alike."""
    for _ in range(20):
        press(page, Keys.TAB)
        if focused(page) == label:
            press(page, Keys.ENTER)
            return
    raise AssertionError(f"no way to {label} by keyboard")


def test_media_beside_the_page_are_found(chromium: webdriver.Chrome, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(write_story(STORY, "playable-zip").content)) as archive:
        archive.extractall(tmp_path)

    chromium.get((tmp_path / "index.html").as_uri())

    wait_for_media(chromium)


def test_without_storage_the_story_still_plays(tmp_path: Path) -> None:
    path = tmp_path / "story.html"
    path.write_bytes(write_story(STORY, "playable").content)
    page = browser(**{"profile.default_content_setting_values.cookies": 2})
    try:
        page.get(path.as_uri())

        choose(page, "Search the straw")
        choose(page, "Back")

        assert choices(page) == ["Pay the guard", "Climb the wall"]
        note = page.execute_script("return document.querySelector('.note').textContent")
        assert note.startswith("This browser does not keep your place")
    finally:
        page.quit()


def test_a_story_without_beginning_says_so(chromium: webdriver.Chrome) -> None:
    page = write_story(replace(STORY, start=None), "playable").content

    chromium.get("data:text/html;base64," + base64.b64encode(page).decode())

    assert "This story has no beginning." in chromium.execute_script(
        "return document.body.innerText"
    )
