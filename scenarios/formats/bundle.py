"""How does a story travel to another server whole? A zip of `story.json` and the media, with hashes."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from dataclasses import replace
from typing import Any

from scenarios.formats.base import ExportedFile, ImportedStory, MediaFile
from scenarios.formats.bundle_json import story_from_json, story_to_json
from scenarios.formats.decoding import check_characters, file_stem, json_value
from scenarios.formats.errors import BrokenStoryFile
from scenarios.formats.zip_reading import checked_entries, opened_archive, too_large

VERSION = 1
MAX_STORY_BYTES = 64 * 1024 * 1024
_STORY = "story.json"
_DATE = (1980, 1, 1, 0, 0, 0)
_PLAIN_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}\Z")


def read(data: bytes, filename: str | None = None) -> ImportedStory:  # noqa: ARG001 - every format's shape
    """The story of a bundle with its media, every hash checked.

    Raises StoryTooLarge, BrokenStoryFile, UnsafeStoryFile.
    """
    with opened_archive(data) as archive:
        return _story_in(archive, checked_entries(archive))


def _story_in(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> ImportedStory:
    info = entries.get(_STORY)
    if info is None:
        raise BrokenStoryFile(f"The bundle holds no {_STORY}.", field="file")
    if info.file_size > MAX_STORY_BYTES:
        raise too_large()
    try:
        text = archive.read(info).decode()
    except UnicodeDecodeError as problem:
        raise BrokenStoryFile(f"{_STORY} is no UTF-8 text.", field="file") from problem
    check_characters(text)
    head = json_value(text, _STORY)
    if not isinstance(head, dict) or head.get("bundle") != "storycore":
        raise BrokenStoryFile(f"{_STORY} is not the story of a bundle.", field="file")
    if head.get("version") != VERSION:
        raise BrokenStoryFile(
            f"The bundle has version {head.get('version')!r:.20}; {VERSION} can be read.",
            field="file",
        )
    media = tuple(_media_file(archive, entries, each) for each in _listed(head))
    story = replace(story_from_json(head.get("story")), media=media, format="bundle")
    _check_references(story)
    return story


def _listed(head: dict[str, Any]) -> list[dict[str, Any]]:
    listed = head.get("media")
    if not isinstance(listed, list):
        raise BrokenStoryFile("The bundle has no list of media.", field="file")
    for each in listed:
        texts = ("key", "name", "mimeType", "file", "sha256")
        if not isinstance(each, dict) or not all(isinstance(each.get(key), str) for key in texts):
            raise BrokenStoryFile("The bundle's list of media is malformed.", field="file")
    return listed


def _media_file(
    archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], listed: dict[str, Any]
) -> MediaFile:
    info = entries.get(listed["file"])
    if info is None:
        raise BrokenStoryFile(f"The bundle lacks {listed['file']!r:.80}.", field="file")
    content = archive.read(info)
    if hashlib.sha256(content).hexdigest() != listed["sha256"]:
        raise BrokenStoryFile(f"{listed['file']!r:.80} is not what was packed.", field="file")
    return MediaFile(listed["key"], listed["name"], listed["mimeType"], content)


def _check_references(story: ImportedStory) -> None:
    """Every picture and sound that a scene names is there, once."""
    keys = [each.key for each in story.media]
    if len(set(keys)) != len(keys):
        raise BrokenStoryFile("Two media of the bundle have one key.", field="file")
    for passage in story.passages:
        for key in (passage.image, passage.sound, passage.music):
            if key is not None and key not in keys:
                raise BrokenStoryFile(
                    f"{passage.name!r:.80} uses a medium that the bundle lacks.", field="file"
                )


def write(story: ImportedStory) -> ExportedFile:
    """The story and its media; the same story makes the same bytes."""
    buffer = io.BytesIO()
    listed, contents = [], {}
    for each in story.media:
        digest = hashlib.sha256(each.content).hexdigest()
        suffix = _PLAIN_SUFFIX.search(each.name)
        path = f"media/{digest}{suffix.group().lower() if suffix else ''}"
        contents[path] = each.content
        own = {"key": each.key, "name": each.name, "mimeType": each.mime_type, "file": path}
        listed.append({**own, "size": len(each.content), "sha256": digest})
    head = {
        "bundle": "storycore",
        "version": VERSION,
        "story": story_to_json(story),
        "media": listed,
    }
    with zipfile.ZipFile(buffer, "w") as archive:
        text = json.dumps(head, ensure_ascii=False, indent=1)
        add_entry(archive, _STORY, text.encode(), zipfile.ZIP_DEFLATED)
        for path, content in contents.items():
            add_entry(archive, path, content, zipfile.ZIP_STORED)
    name = f"{file_stem(story.title)}.story.zip"
    return ExportedFile(name, "application/zip", buffer.getvalue())


def add_entry(archive: zipfile.ZipFile, path: str, content: bytes, compression: int) -> None:
    """Add a file without the time of day, so that equal stories make equal archives."""
    info = zipfile.ZipInfo(path, _DATE)
    info.compress_type = compression
    info.external_attr = 0o644 << 16
    archive.writestr(info, content)
