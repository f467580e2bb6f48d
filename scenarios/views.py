"""Which pages and files of stories can be fetched directly? Exports, and the player."""

from __future__ import annotations

import json

from bson import ObjectId
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from scenarios.services.download_links import actor_of_link, require_writable
from scenarios.services.exporting import export_story
from scenarios.services.player_page import player_page
from storycore.access import Actor
from storycore.errors import NotFound, StoryCoreError
from storycore.ids import find_id

# The page runs its own scripts and shows media; whatever a story says is text.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; "
    "media-src 'self' https: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


@require_safe
def export(request: HttpRequest, scenario: str, format_name: str) -> HttpResponse:
    """A story as a file, for who may read it: by login, by a signed address, or because it is published."""
    try:
        key = _scenario_id(scenario)
        require_writable(format_name)
        actor: Actor = request.actor
        token = request.GET.get("token")
        if token:
            actor = actor_of_link(token, key, format_name) or actor
        file = export_story(actor, key, format_name)
    except StoryCoreError as problem:
        return JsonResponse(
            {"detail": problem.message, "code": problem.code}, status=problem.status
        )
    is_text = file.mime_type.startswith("text/")
    response = HttpResponse(
        file.content, content_type=f"{file.mime_type}; charset=utf-8" if is_text else file.mime_type
    )
    response["Content-Disposition"] = content_disposition_header(True, file.filename)  # noqa: FBT003 - Django's signature
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    # An exported page is for the reader's disk; here it could act for them.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_safe
def play(request: HttpRequest, scenario: str) -> HttpResponse:
    """The player for a published story, or for one's own after a login."""
    try:
        page = player_page(request.actor, _scenario_id(scenario))
    except StoryCoreError as problem:
        status = 404 if isinstance(problem, NotFound) else problem.status
        text = render_to_string("scenarios/no_play.html", {"message": problem.message})
        response = HttpResponse(text, status=status)
    else:
        data = json.dumps(page.data, ensure_ascii=False).replace("<", "\\u003c")
        context = {"title": page.title, "language": page.language, "data": data}
        response = HttpResponse(render_to_string("scenarios/play.html", context))
    response["Content-Security-Policy"] = _POLICY
    response["Cache-Control"] = "private, no-cache"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _scenario_id(text: str) -> ObjectId:
    """The id in an address; a malformed one finds nothing, as in any other read."""
    key = find_id(text)
    if key is None:
        raise NotFound("There is no such scenario.", field="scenario")
    return key
