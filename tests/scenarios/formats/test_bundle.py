"""A bundle restores a story whole, and nothing harmful comes in by one."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from dataclasses import replace
from typing import Any

import pytest

from scenarios.formats import bundle, read_story, write_story
from scenarios.formats.base import (
    Extra,
    ImportedStory,
    Kept,
    Link,
    MediaFile,
    Passage,
    Position,
    Source,
)
from scenarios.formats.errors import BrokenStoryFile, StoryTooLarge, UnsafeStoryFile
from scenarios.formats.zip_reading import MAX_BUNDLE_BYTES
from scenarios.logic.story import Effect
from scenarios.logic.variables import Variable

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 50
EFFECTS = (Effect("x", "set", "5"), Effect("y", "toggle"))
STORY = ImportedStory(
    title="Whole",
    description="All of it.",
    language="de",
    start="A",
    format="twee",
    ifid="X-1",
    story_format="Harlowe",
    story_format_version="3",
    variables=(
        Variable("x", "integer", 3, 0, 9, description="d"),
        Variable("y", "boolean"),
        Variable("e", "enum", "a", values=("a",)),
    ),
    passages=(
        Passage(
            "A",
            "text",
            (Link("on", "B", "x > 1", EFFECTS),),
            EFFECTS,
            "y",
            tags=("t",),
            position=Position(1, 2.5),
            size=Position(3, 4),
            metadata={"k": [1, None]},
            source=Source("harlowe", "raw"),
            title="Aa",
            image="i",
            sound="s",
            music="m",
        ),
        Passage("B", "", is_end=True),
    ),
    extras=(Extra("code", "x", ("script",), 2, Position(0, 0), None, {"a": 1}),),
    kept=(Kept("A", "piece"),),
    metadata={"zoom": 1},
    media=(
        MediaFile("i", "pic.PNG", "image/png", PNG),
        MediaFile("s", "s.mp3", "audio/mpeg", b"one"),
        MediaFile("m", "no ending", "audio/ogg", b"one"),
    ),
)


def head() -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(bundle.write(STORY).content)) as archive:
        return json.loads(archive.read("story.json"))


def zipped(
    *entries: tuple[str | zipfile.ZipInfo, bytes], compression: int = zipfile.ZIP_DEFLATED
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


def packed(changed: object, *entries: tuple[str, bytes]) -> bytes:
    media = [
        (each["file"], content)
        for each, content in zip(head()["media"], (PNG, b"one", b"one"), strict=True)
    ]
    story = ("story.json", json.dumps(changed).encode())
    return zipped(story, *media, *entries, compression=zipfile.ZIP_STORED)


def test_everything_comes_back() -> None:
    written = bundle.write(STORY)

    assert read_story(written.content) == STORY
    assert (written.filename, written.mime_type) == ("whole.story.zip", "application/zip")
    assert bundle.write(STORY) == written


def test_media_lie_under_their_hashes() -> None:
    listed = head()["media"]

    assert listed[0] == {
        "key": "i",
        "name": "pic.PNG",
        "mimeType": "image/png",
        "file": f"media/{hashlib.sha256(PNG).hexdigest()}.png",
        "size": len(PNG),
        "sha256": hashlib.sha256(PNG).hexdigest(),
    }
    assert listed[2]["file"] == f"media/{hashlib.sha256(b'one').hexdigest()}"


def test_equal_media_are_packed_once() -> None:
    story = replace(
        STORY, media=tuple(replace(each, content=b"x", name="x.bin") for each in STORY.media)
    )

    with zipfile.ZipFile(io.BytesIO(bundle.write(story).content)) as archive:
        assert len(archive.namelist()) == 2
    assert read_story(bundle.write(story).content) == story


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/passwd", "a/../../b", "..\\evil", "C:evil", "media/../../x"],
)
def test_paths_out_of_the_bundle_are_refused(name: str) -> None:
    with pytest.raises(UnsafeStoryFile):
        read_story(packed(head(), (name, b"x")))


def test_links_of_the_file_system_are_refused() -> None:
    info = zipfile.ZipInfo("media/link")
    info.external_attr = 0o120777 << 16

    with pytest.raises(UnsafeStoryFile):
        read_story(zipped(("story.json", b"{}"), (info, b"/etc/passwd")))


def test_bombs_are_refused_before_they_burst() -> None:
    with pytest.raises(UnsafeStoryFile) as refused:
        read_story(zipped(("story.json", b" " * 5_000_000)))

    assert "inflates more than 200 times" in refused.value.message


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_one_name_for_two_files_is_refused() -> None:
    with pytest.raises(UnsafeStoryFile):
        read_story(zipped(("story.json", b"{}"), ("story.json", b"{}")))


def test_more_files_or_bytes_than_are_accepted() -> None:
    for data in (
        zipped(*((f"f{n}", b"") for n in range(10_001))),
        claiming(65 * 1024 * 1024),
        claiming(257 * 1024 * 1024),
        bytes(MAX_BUNDLE_BYTES + 1),
    ):
        with pytest.raises(StoryTooLarge):
            read_story(data, "bundle")


def claiming(size: int) -> bytes:
    """A bundle whose directory says that the story has so many bytes."""
    data = bytearray(zipped(("story.json", b"{}"), compression=zipfile.ZIP_STORED))
    entry = data.index(b"PK\x01\x02")
    data[entry + 20 : entry + 28] = struct.pack("<II", size, size)
    return bytes(data)


def test_encrypted_bundles_are_refused() -> None:
    data = bytearray(zipped(("story.json", b"{}")))
    data[data.index(b"PK\x01\x02") + 8] |= 1

    with pytest.raises(BrokenStoryFile, match="encrypted"):
        read_story(bytes(data))


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04",
        b"PK\x03\x04" + b"x" * 100,
        bundle.write(STORY).content[:-30],
        bundle.write(STORY).content[:400],
    ],
)
def test_cut_files_are_refused(data: bytes) -> None:
    with pytest.raises(BrokenStoryFile):
        read_story(data)


def test_changed_bytes_are_found() -> None:
    data = bytearray(bundle.write(STORY).content)
    data[data.index(PNG) + 20] ^= 1

    with pytest.raises(BrokenStoryFile):
        read_story(bytes(data))


def test_a_file_that_was_exchanged_is_found() -> None:
    changed = head()
    changed["media"][0]["sha256"] = "0" * 64

    with pytest.raises(BrokenStoryFile, match="is not what was packed"):
        read_story(packed(changed))


def change(path: str, value: object) -> dict[str, Any]:
    changed = head()
    *way, last = path.split(".")
    at: Any = changed
    for key in way:
        at = at[int(key)] if key.isdigit() else at[key]
    at[int(last) if last.isdigit() else last] = value
    return changed


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ([], "is not the story of a bundle"),
        ({"bundle": "other"}, "is not the story of a bundle"),
        (change("version", 2), "has version 2; 1 can be read"),
        (change("media", {}), "no list of media"),
        (change("media.0", {"key": "i"}), "list of media is malformed"),
        (change("media.0", 5), "list of media is malformed"),
        (change("media.0.file", "media/none"), "lacks 'media/none'"),
        (change("media.0.key", "s"), "Two media"),
        (change("media.0.key", "other"), "uses a medium that the bundle lacks"),
        (change("story", None), "the story is no object"),
        (change("story.title", 5), "In the story of the bundle, `title` is no text."),
        (change("story.passages", {}), "`passages` is no list"),
        (change("story.passages.0", 5), "a passage is no object"),
        (change("story.passages.0.isEnd", "yes"), "`isEnd` is no truth"),
        (change("story.passages.0.tags", [5]), "`tags` is no list of texts"),
        (
            change("story.passages.0.position.x", True),
            "In position of a passage of the bundle, `x` is no number.",
        ),
        (change("story.passages.0.position.x", 1e300), "`x` is no number"),
        (change("story.passages.0.metadata", []), "`metadata` is no object"),
        (change("story.passages.0.source.text", None), "`text` is no text"),
        (change("story.passages.0.links.0.effects.0.op", "burn"), "No effect is called 'burn'."),
        (change("story.passages.1.name", "A"), "Two passages"),
        (change("story.start", "C"), "start is none of its passages"),
        (change("story.variables.0.type", "blob"), "A variable is malformed"),
        (change("story.variables.0", 5), "A variable is malformed"),
        (
            change("story.passages", [head()["story"]["passages"][0]] * 20_001),
            "more than 20,000 passages",
        ),
    ],
)
def test_wrong_values_are_named(changed: object, message: str) -> None:
    with pytest.raises((BrokenStoryFile, StoryTooLarge)) as refused:
        read_story(packed(changed))

    assert message in refused.value.message


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"\xff", "no UTF-8"), (b"{", "no valid JSON"), (b'{"a":"\x01"}', "U+0001")],
)
def test_a_story_that_is_no_text(content: bytes, message: str) -> None:
    with pytest.raises(BrokenStoryFile) as refused:
        read_story(zipped(("story.json", content)))

    assert message in refused.value.message


def test_a_zip_of_something_else() -> None:
    with pytest.raises(BrokenStoryFile, match=r"holds no story\.json"):
        read_story(zipped(("readme.txt", b"hi")))


def test_a_story_without_scenes_is_not_written() -> None:
    with pytest.raises(BrokenStoryFile):
        write_story(replace(STORY, passages=()), "bundle")
