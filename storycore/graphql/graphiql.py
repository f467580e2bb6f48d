"""What does a browser see at /graphql/? GraphiQL from our own files, and nothing from elsewhere."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

VENDORED = Path(__file__).parent / "static" / "vendored.json"

# Styles alone may be inline: the editor places its cursor and its menus by them.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


@dataclass(frozen=True, slots=True)
class Example:
    """A tab that is there on the first visit."""

    query: str
    variables: str = ""


def page(request: HttpRequest) -> HttpResponse:
    """The page; it talks to the address it was loaded from, and to nothing else."""
    opening = {
        "examples": [{"query": one.query, "variables": one.variables} for one in examples()],
        "query": request.GET.get("query", ""),
        "variables": request.GET.get("variables", ""),
    }
    response = render(
        request, "storycore/graphiql.html", {"integrity": integrity(), "opening": opening}
    )
    response["Content-Security-Policy"] = _POLICY
    response["Cache-Control"] = "no-cache"
    response["Vary"] = "Accept"
    return response


def examples() -> list[Example]:
    """The tabs that the project offers: `*.graphql` files of a folder, each with its `.json` of variables."""
    folder = Path(settings.GRAPHIQL_EXAMPLES)
    found = []
    for path in sorted(folder.glob("*.graphql")):
        variables = path.with_suffix(".json")
        found.append(
            Example(
                query=path.read_text(encoding="utf-8"),
                variables=variables.read_text(encoding="utf-8") if variables.is_file() else "",
            )
        )
    return found


@lru_cache(maxsize=1)
def integrity() -> dict[str, str]:
    """The subresource integrity of each vendored file, by its name without folder, dots as underscores."""
    locked: dict[str, Any] = json.loads(VENDORED.read_text(encoding="utf-8"))
    return {
        Path(one["file"]).name.replace(".", "_").replace("-", "_"): one["integrity"]
        for one in locked["files"]
    }
