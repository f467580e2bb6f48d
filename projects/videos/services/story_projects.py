"""How does a way through a story become a project? Scene by scene: words, picture, choice."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

from bson import ObjectId

from projects.videos.choices import IMAGES_MAX, SCRIPT_MAX
from projects.videos.documents import VideoProject
from projects.videos.services.fields import with_consequences
from projects.videos.services.projects import create_project, project_by_number, write_project
from scenarios.logic.graph import edges_of
from scenarios.logic.story import Scene, Story
from scenarios.queries.scenes import readable_scenes
from scenarios.queries.stories import read_story
from storycore.access import Actor, require_login
from storycore.errors import InvalidInput
from storycore.mongo.documents import valid_changes

PROMPT_LETTERS = 400


def create_project_from_scenario(
    actor: Actor,
    scenario: ObjectId,
    path: Sequence[ObjectId] | None = None,
    fields: dict[str, Any] | None = None,
) -> ObjectId:
    """Make a project that tells one way through a story; returns its id.

    `path` names the scenes in order; without it the shortest way from the start to an ending is told, going
    by choices alone and not by their conditions. `fields` are the project's own, as a client sends them.
    Raises Unauthenticated, NotFound, InvalidInput for a way that no choices lead along, or none at all.
    """
    require_login(actor)
    story = read_story(actor, scenario)
    scenes = _named(story, path) if path else _shortest(story)
    if len(scenes) > IMAGES_MAX:
        raise InvalidInput(f"A video tells at most {IMAGES_MAX} scenes.", field="path")
    sections = _sections(scenes)
    script = "\n\n".join(_sentence(one["text"]) for one in sections if one["text"])
    if not script:
        raise InvalidInput("The scenes on this way have no text to narrate.", field="path")
    if len(script) > SCRIPT_MAX:
        raise InvalidInput(
            f"The scenes have {len(script)} characters; a script has at most {SCRIPT_MAX}.",
            field="path",
        )
    body = {
        "title": story.title,
        "use_case": "storytelling",
        **(fields or {}),
        "script_text": script,
    }
    number = create_project(actor, {**body, "status": "script_generated"})
    pictures = readable_scenes(actor, [ObjectId(one.id) for one in scenes], ("image",))
    images = [
        {
            "id": str(ObjectId()),
            "prompt": _prompt(scene),
            "asset": (pictures.get(ObjectId(scene.id)) or {}).get("image"),
            "url": None,
            "error": None,
        }
        for scene in scenes
    ]
    row = project_by_number(number)
    if row is not None:
        changes = {"sections": sections, "images": images, "scenario": scenario}
        write_project(row, with_consequences(valid_changes(VideoProject, changes), row))
    return number


def _named(story: Story, path: Sequence[ObjectId]) -> list[Scene]:
    """The scenes of a path, each reached by a choice of the one before."""
    known = {one.id: one for one in story.scenes}
    ids = [str(one) for one in path]
    for number, key in enumerate(ids):
        if key not in known:
            raise InvalidInput("A scene of the way is not in this story.", field=f"path.{number}")
        if number and all(one.to_scene != key for one in known[ids[number - 1]].choices):
            raise InvalidInput("No choice leads from the scene before.", field=f"path.{number}")
    return [known[key] for key in ids]


def _shortest(story: Story) -> list[Scene]:
    """The fewest scenes from the start to an ending (or to where the story goes no further)."""
    known = {one.id: one for one in story.scenes}
    start = next((one.id for one in story.scenes if one.is_start), None)
    if start is None:
        raise InvalidInput("The story has no start scene.", field="scenarioId")
    edges = edges_of(story)
    before: dict[str, str | None] = {start: None}
    waiting = deque([start])
    while waiting:
        scene = waiting.popleft()
        if known[scene].is_end or not edges[scene]:
            return [known[one] for one in _way(before, scene)]
        for target in edges[scene]:
            if target not in before:
                before[target] = scene
                waiting.append(target)
    raise InvalidInput("No way through the story leads to an ending.", field="scenarioId")


def _way(before: dict[str, str | None], scene: str) -> list[str]:
    way: list[str] = []
    at: str | None = scene
    while at is not None:
        way.append(at)
        at = before[at]
    return way[::-1]


def _sections(scenes: Sequence[Scene]) -> list[dict[str, Any]]:
    followers = [*scenes[1:], None]
    return [
        {
            "title": scene.title,
            "text": " ".join(scene.text.split()),
            "choice": _taken(scene, follower),
        }
        for scene, follower in zip(scenes, followers, strict=True)
    ]


def _taken(scene: Scene, follower: Scene | None) -> str | None:
    if follower is None:
        return None
    return next((one.text for one in scene.choices if one.to_scene == follower.id), None)


def _prompt(scene: Scene) -> str:
    return f"{scene.title}. {' '.join(scene.text.split())}"[:PROMPT_LETTERS]


def _sentence(text: str) -> str:
    """The text as whole sentences: the voice would run into the next scene otherwise."""
    return text if text[-1] in '.!?…"»”' else f"{text}."
