"""Several ink files in one archive: joined by `INCLUDE`, or refused with what is missing."""

from __future__ import annotations

import io
import zipfile

import pytest

from scenarios.formats import detect, read_story
from scenarios.formats.base import ImportedStory
from scenarios.formats.errors import BrokenStoryFile, StoryTooLarge, UnsafeStoryFile
from storycore.errors import InvalidInput
from tests.scenarios.formats.telling import passage


def archive(**files: str) -> bytes:
    """A zip file; in the names `__` stands for a slash."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in files.items():
            made.writestr(f"{name.replace('__', '/')}.ink", text)
    return buffer.getvalue()


def read(**files: str) -> ImportedStory:
    return read_story(archive(**files), filename="castle.zip")


def test_files_are_joined_where_they_are_included() -> None:
    story = read(
        game__main="VAR x = 1\nINCLUDE parts/hall.ink // the hall\n// INCLUDE none.ink\n"
        "Begin.\n-> hall\n=== last\nEnd.\n-> END\n",
        game__parts__hall="VAR y = 2\nINCLUDE parts\\cellar.ink\nFrom the hall.\n=== hall\nHall.\n-> cellar\n",
        game__parts__cellar="=== cellar\nCellar. {x > 1: -> last}\n-> last\n",
    )

    assert (story.title, story.format, story.start) == ("castle", "ink", "Start")
    assert [each.name for each in story.passages] == ["Start", "last", "hall", "cellar"]
    assert passage(story, "Start").text == "From the hall.\nBegin."
    assert [variable.name for variable in story.variables] == ["x", "y"]
    assert [(kept.passage, kept.text) for kept in story.kept] == [
        ("cellar", "Cellar. {x > 1: -> last}")
    ]


def test_one_file_in_an_archive_is_its_story() -> None:
    data = archive(only="=== a\nx\n-> END\n")

    assert detect(data) == "ink"
    assert read_story(data, "ink").passages[0].name == "a"


def test_of_several_beginnings_the_one_called_main_counts() -> None:
    story = read(a="A.\n-> END\n", main="Main.\n-> END\n")

    assert passage(story, "Start").text == "Main."


def doubling(levels: int) -> dict[str, str]:
    files = {
        f"f{level}": f"INCLUDE f{level + 1}.ink\nINCLUDE f{level + 1}.ink\n"
        for level in range(levels)
    }
    return {"main": "INCLUDE f0.ink\n", **files, f"f{levels}": "Words.\n"}


def chain(length: int) -> dict[str, str]:
    files = {f"f{level}": f"INCLUDE f{level + 1}.ink\n" for level in range(length)}
    return {**files, f"f{length}": "Words.\n"}


@pytest.mark.parametrize(
    ("files", "problem", "message"),
    [
        (
            {"main": "Hi\nINCLUDE a.ink\n", "a": "INCLUDE b.ink", "b": "INCLUDE a.ink"},
            BrokenStoryFile,
            "include each other without end: a.ink → b.ink → a.ink.",
        ),
        ({"a": "INCLUDE b.ink", "b": "INCLUDE a.ink"}, BrokenStoryFile, "a.ink → b.ink → a.ink."),
        ({"main": "INCLUDE main.ink\n"}, BrokenStoryFile, "main.ink → main.ink"),
        (
            {"main": "Hi\nINCLUDE b/c.ink\n"},
            BrokenStoryFile,
            "main.ink, line 2: there is no file 'b/c.ink'.",
        ),
        (
            {"main": "INCLUDE ../../etc/passwd.ink\n"},
            BrokenStoryFile,
            "there is no file",
        ),
        ({"a": "A.\n", "b": "B.\n"}, BrokenStoryFile, "None includes these: a.ink, b.ink."),
        ({"main": "x\n/* open\n"}, BrokenStoryFile, "the comment does not end"),
        (chain(200), BrokenStoryFile, "is included over 50 files deep"),
        (doubling(40), StoryTooLarge, "bytes together"),
        ({"main": "a" * 21_000_000}, UnsafeStoryFile, "inflates more than 200 times"),
        ({"main": "INCLUDE a.ink\n=== k\nx\n", "a": "=== k\ny\n"}, BrokenStoryFile, "called k"),
    ],
)
def test_what_cannot_be_joined_is_refused(
    files: dict[str, str], problem: type[InvalidInput], message: str
) -> None:
    with pytest.raises(problem) as refused:
        read(**files)

    assert message in refused.value.message


def test_an_archive_without_ink_is_no_ink() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("notes.txt", "x")

    with pytest.raises(BrokenStoryFile, match="holds no ink file"):
        read_story(buffer.getvalue(), "ink")
    with pytest.raises(BrokenStoryFile, match=r"no story\.json"):
        read_story(buffer.getvalue())
