"""Why can a story file not be read or written?"""

from __future__ import annotations

from storycore.errors import InvalidInput


class UnknownStoryFormat(InvalidInput):
    """Neither the name, the file's ending nor its bytes tell a format that can be read."""

    code = "UNKNOWN_STORY_FORMAT"


class StoryTooLarge(InvalidInput):
    """The file holds more bytes or passages than are accepted."""

    code = "STORY_TOO_LARGE"
    status = 413


class BrokenStoryFile(InvalidInput):
    """The file claims a format and does not keep to it; the message says where."""

    code = "BROKEN_STORY_FILE"


class UnsafeStoryFile(InvalidInput):
    """The file tries what no honest story needs: entities, bombs, paths out of its folder."""

    code = "UNSAFE_STORY_FILE"
