"""Which format is this file, and what is refused whatever it is?"""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import suppress

import pytest

from scenarios.formats import FORMATS, READABLE, WRITABLE, detect, read_story, write_story
from scenarios.formats.base import ImportedStory, Passage, unique_names
from scenarios.formats.decoding import file_stem, title_from
from scenarios.formats.errors import BrokenStoryFile, StoryTooLarge, UnknownStoryFormat
from storycore.errors import InvalidInput
from tests.scenarios.formats.telling import CORPUS, FILES, TWINE, corpus, passage, told, twee

ENDINGS = {"twee": "twee", "html": "twine-html", "json": "twine-json", "ink": "ink", "yarn": "yarn"}


def test_what_can_be_read_and_written() -> None:
    assert READABLE == ("twee", "twine-html", "twine-json", "ink", "yarn", "bundle")
    assert WRITABLE == ("twee", "twine-html", "twine-json", "bundle", "playable", "playable-zip")
    assert {name for name in FORMATS if FORMATS[name].endings} == set(READABLE)


@pytest.mark.parametrize("name", FILES)
def test_a_format_is_known_by_its_bytes(name: str) -> None:
    data = (CORPUS / name).read_bytes()

    assert detect(data) == ENDINGS[name.rpartition(".")[2]]
    assert detect(data, name) == ENDINGS[name.rpartition(".")[2]]


@pytest.mark.parametrize(
    ("data", "filename", "name"),
    [
        (b":: A\nWe speak of <tw-storydata >.", None, "twee"),
        (b"Just text.", "a.ink", "ink"),
        (b"Just text.", "C:\\x\\a.INK", "ink"),
        (b":: A\n", "a.yarn", "yarn"),
        (b"* one\n", None, "ink"),
        (b"-> a\n", None, "ink"),
        (b"VAR x = 1\n", None, "ink"),
        (b"# tag\ntitle: A\n---\n===\n", None, "yarn"),
        (b'\xef\xbb\xbf {"passages": []}', None, "twine-json"),
        (b"PK\x03\x04", None, "bundle"),
    ],
)
def test_texts_are_told_apart(data: bytes, filename: str | None, name: str) -> None:
    assert detect(data, filename) == name


@pytest.mark.parametrize("data", [b"Just text.", b"<html></html>", b'{"a": 1}', b"title: A\n"])
def test_a_format_that_nobody_knows(data: bytes) -> None:
    with pytest.raises(UnknownStoryFormat) as refused:
        read_story(data)

    assert refused.value.code == "UNKNOWN_STORY_FORMAT"


@pytest.mark.parametrize("name", ["", "docx", "playable"])
def test_a_format_that_cannot_be_read(name: str) -> None:
    with pytest.raises(UnknownStoryFormat) as refused:
        read_story(b":: A\n", name)
    assert refused.value.field == "format"
    with pytest.raises(UnknownStoryFormat):
        write_story(corpus("plain.twee"), "ink")


@pytest.mark.parametrize("name", [*READABLE, "auto"])
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \n\t ",
        b"\xff\xfe\x00",
        b":: A\n\xff\xfe",
        b":: A\n\x00",
        b"\xef\xbb\xbf",
        ":: é".encode("latin-1"),
        b"\xff\xfe:\x00:\x00\x00\xd8",
    ],
)
def test_bytes_that_are_no_text(data: bytes, name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_story(data, name)

    assert refused.value.code == "BROKEN_STORY_FILE"


def test_the_place_of_a_wrong_byte_is_named() -> None:
    with pytest.raises(BrokenStoryFile, match="not UTF-8 text: byte 5 cannot"):
        read_story(b":: A\n\xff")
    with pytest.raises(BrokenStoryFile, match="not UTF-8 text: byte 8 cannot"):
        read_story(b"\xef\xbb\xbf:: A\n\xff")


@pytest.mark.parametrize("name", [*READABLE[:-1], "auto"])
def test_twenty_megabytes_and_no_more(name: str) -> None:
    with pytest.raises(StoryTooLarge) as refused:
        read_story(b":: A\n" + b"x" * (20 * 1024 * 1024), name)

    assert (refused.value.code, refused.value.status) == ("STORY_TOO_LARGE", 413)


@pytest.mark.parametrize(
    ("format_name", "passages"),
    [
        (
            "SugarCube",
            (("A", '<<include "B">>'), ("B", '<<display "C">>'), ("C", "<<include [[A]]>>")),
        ),
        ("Harlowe", (("A", '(display: "A")'),)),
        ("Chapbook", (("A", "{embed passage: 'B'}"), ("B", "{embed passage: 'A'}"))),
        ("Snowman", (("A", '<%= story.render("B") %>'), ("B", "<%= window.story.render('B'); %>"))),
    ],
)
def test_passages_that_include_each_other_without_end(format_name: str, passages) -> None:
    body = "".join(f":: {name}\n{text}\n\n" for name, text in passages)

    with pytest.raises(BrokenStoryFile, match="include each other without end: "):
        twee(body, format_name)


def test_includes_that_end_are_no_circle() -> None:
    story = twee(
        ':: A\n<<include "B">> <<include "C">>\n\n:: B\n<<include "C">>\n\n'
        ':: C\n<<if $x>>Again <<include "A">><</if>>\n\n:: D\n<<include "Nowhere">>\n'
    )

    assert len(story.passages) == 4


def test_a_format_is_guessed_when_none_is_declared() -> None:
    for markup in (
        "<<if $x>>[[B]]<</if>>",
        "(if: $x)[[[B]]]",
        "<% if (s.x) { %>[[B]]<% } %>",
        "[if x]\n[[B]]",
    ):
        story = read_story(f":: A\n{markup}\n\n:: B\nb\n".encode())

        assert passage(story, "A").links[0].condition == "x"
        for name in TWINE:
            again = read_story(write_story(story, name).content)
            assert told(again) == told(story)
            assert again.story_format == ""


def test_a_story_written_here_declares_its_format() -> None:
    story = ImportedStory("Mine", (Passage("A", "Text.", is_end=True),), "A")

    again = read_story(write_story(story, "twee").content)

    assert (again.story_format, again.story_format_version) == ("SugarCube", "2.37.3")
    assert again.ifid == read_story(write_story(story, "twee").content).ifid
    assert told(again) == told(story)


def test_names_are_made_unique() -> None:
    assert unique_names(["A", " A ", "B", "A (2)", "A", "", "\n"]) == [
        "A",
        "A (3)",
        "B",
        "A (2)",
        "A (4)",
        "Untitled",
        "Untitled (2)",
    ]
    assert unique_names([]) == []


def test_names_of_files() -> None:
    assert file_stem("The Cellar: part 2!") == "the-cellar-part-2"
    assert file_stem("../..") == "story"
    assert title_from("C:\\a\\My tale.twee") == "My tale"
    assert title_from(None) == "Untitled"
    assert title_from("\x00.ink") == "Untitled"


BIG = """
import re, time
from scenarios.formats import read_story
parts = [':: StoryData\\n{"format":"SugarCube","start":"P0"}\\n']
for n in range(5000):
    parts.append(
        f':: P{n} [t{n % 7}] {{"position":"{n % 70},{n // 70}","size":"100,100"}}\\n<<set $gold += {n % 5}>>\\n'
        + "Some words of the story stand here, and they are quite a few. " * 10
        + f'\\n<<if $gold gte {n} and not $met>>[[Buy->P{(n * 7 + 1) % 5000}]]'
        + f'<<else>>[[Go|P{n * 3 % 5000}]]<</if>>\\n'
        + f'<<link "Take" "P{(n + 1) % 5000}">><<set $met to true>><</link>>\\n'
        + f'A <<print $gold>> [[word->P{n}]].\\n'
    )
data = "\\n".join(parts).encode()
before = time.process_time()
story = read_story(data)
print(len(story.passages), sum(len(each.links) for each in story.passages))
print(time.process_time() - before)
print(int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from /proc")
def test_five_thousand_passages_in_five_seconds_and_300_megabytes() -> None:
    done = subprocess.run([sys.executable, "-c", BIG], capture_output=True, text=True, check=True)

    counts, seconds, megabytes = done.stdout.splitlines()
    assert counts == "5000 20000"
    assert float(seconds) < 5
    assert float(megabytes) < 300


HOSTILE = {
    "Harlowe": [
        "(if: $x)[",
        "[[",
        '(a:"',
        "[",
        "`",
        "``(",
        "<!--",
        "(if: $a)[x](else:)[",
        "$a",
        '"(a:',
        "(set: $x to (",
        "<script ",
        "(set: $x to 1)[[",
    ],
    "SugarCube": [
        "<<if $x>>",
        "<<a '\\",
        '<<a "',
        "/*",
        "<</if>>",
        "{{{",
        "<<if a>><<else>>",
        "[img[",
        "<<set $a to [",
        "[img[a][B]",
        '<a data-passage="B" ',
        "<a x</a>",
        "<<actions [[",
    ],
    "Snowman": ["<% if (a) { %>", "<%", "<% } %>", "<% s.x = _.without(s.x, ", "<a ", "[["],
    "Chapbook": [
        "[if a]\n",
        "{a ",
        "{link to: 'a', label: '",
        "[else]\n",
        "--\n",
        "a: 1\n",
        "{embed passage: ",
    ],
}


@pytest.mark.parametrize(
    ("format_name", "piece"), [(name, each) for name in HOSTILE for each in HOSTILE[name]]
)
def test_hostile_markup_takes_no_time(format_name: str, piece: str) -> None:
    text = piece * (200_000 // len(piece))
    before = time.process_time()

    story = twee(f":: A\n{text}\n\n:: B\nb\n", format_name)

    assert time.process_time() - before < 3
    assert len(story.passages) == 2


@pytest.mark.parametrize(
    ("name", "piece"),
    [
        ("ink", each)
        for each in (
            "* ",
            "{a:",
            "- (a)\n",
            "* [",
            "= ",
            "~ x = 1\n",
            "{\n- a\n}\n",
            "/*",
            "# a ",
            "-> a -> ",
        )
    ]
    + [
        ("yarn", each)
        for each in (
            "title: A\n---\n",
            "-> a <<if a>> #a#a",
            "<<if a>>\n",
            "<<if a>><<endif>>",
            "#a",
            " #a",
            "<<if ",
            "=> a\n",
            "-> a #b\n",
            "//a\n",
            "<<jump A>>\n",
        )
    ]
    + [("twee", each) for each in ("::", ":: a\\ \n", ":: [\n", "\\::\n", ":: a {\n")]
    + [("twine-json", each) for each in ("[", '{"passages":[', '"', "1")],
)
def test_hostile_files_take_no_time(name: str, piece: str) -> None:
    text = piece * (200_000 // len(piece))
    data = (f"title: A\n---\n{text}\n===\n" if name == "yarn" else text).encode()
    before = time.process_time()

    with suppress(BrokenStoryFile, StoryTooLarge):
        read_story(data, name)

    assert time.process_time() - before < 3
