"""May the cookies of this request say who is asking? A foreign page must not act in a user's name.

A browser sends cookies along with simple requests of any page: multipart posts and plain GETs. So a session
counts only when the request carries something that a foreign page cannot send without a CORS preflight, which
our CORS settings refuse: one of the headers below, or a JSON body from the same origin. A token in the
Authorization header is such a thing by itself, and clients without cookies need none.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest

from storycore.graphql.errors import FORBIDDEN, Refusal, problem

PREFLIGHT_HEADERS = (
    "HTTP_GRAPHQL_PREFLIGHT",
    "HTTP_X_REQUESTED_WITH",
    "HTTP_APOLLO_REQUIRE_PREFLIGHT",
    "HTTP_GRAPHQL_REQUIRE_PREFLIGHT",
    "HTTP_X_APOLLO_OPERATION_NAME",
)
_OWN_SITES = frozenset({"same-origin", "none"})


def require_preflight(request: HttpRequest) -> None:
    """Raises Refusal (403) when only a cookie says who asks and a foreign page could have sent the request."""
    if not request.actor.is_authenticated or request.META.get("HTTP_AUTHORIZATION", "").strip():
        return
    if any(request.META.get(header) for header in PREFLIGHT_HEADERS):
        return
    is_plain = request.content_type == "application/json" or request.method == "GET"
    if is_plain and _is_same_origin(request):
        return
    raise Refusal(
        [
            problem(
                "A request that is authenticated by a cookie needs the header GraphQL-Preflight: 1.",
                FORBIDDEN,
                reason="PREFLIGHT_REQUIRED",
            )
        ],
        status=403,
        plain_status=403,
    )


def _is_same_origin(request: HttpRequest) -> bool:
    """What the browser says of the page that sent this; a client that says nothing is no browser."""
    site = request.META.get("HTTP_SEC_FETCH_SITE")
    if site is not None:
        return site in _OWN_SITES
    origin = request.META.get("HTTP_ORIGIN")
    return origin is None or urlsplit(origin).netloc == request.get_host()
