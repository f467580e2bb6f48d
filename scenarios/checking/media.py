"""Does every scene have the words, the picture and the sound that it should have?"""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.checking.findings import Finding, called, found
from scenarios.logic.story import Scene, Story


def media_findings(story: Story, long_scene_words: int) -> Iterator[Finding]:
    """EMPTY_TEXT, LONG_SCENE, MISSING_IMAGE and MISSING_SOUND."""
    for scene in story.scenes:
        yield from _words(scene, long_scene_words)
        if not scene.image:
            yield found("MISSING_IMAGE", f"{called(scene)} has no picture.", scene.id)
        if not scene.sound:
            yield found("MISSING_SOUND", f"{called(scene)} has no sound.", scene.id)


def word_count(text: str) -> int:
    """How many words a reader reads: what stands between spaces."""
    return len(text.split())


def _words(scene: Scene, long_scene_words: int) -> Iterator[Finding]:
    words = word_count(scene.text)
    if not words:
        yield found("EMPTY_TEXT", f"{called(scene)} has no text.", scene.id)
    if words > long_scene_words:
        yield found(
            "LONG_SCENE",
            f"{called(scene)} has {words} words, more than {long_scene_words}.",
            scene.id,
        )
    for choice in scene.choices:
        if not choice.text.strip():
            yield found(
                "EMPTY_TEXT", f"A choice of {called(scene)} has no text.", scene.id, choice.id
            )
