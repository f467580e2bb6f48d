"""Tokens, cookies, CORS and the content security policy."""

from __future__ import annotations

from datetime import timedelta

from corsheaders.defaults import default_headers

from config import env

ACCESS_TOKEN_LIFETIME = timedelta(minutes=env.integer("ACCESS_TOKEN_MINUTES", 15, least=1))
REFRESH_TOKEN_LIFETIME = timedelta(days=env.integer("REFRESH_TOKEN_DAYS", 14, least=1))
TOKEN_ISSUER = "storycore"  # noqa: S105 - the name of the issuer, not a secret
TOKEN_AUDIENCE = "storycore-api"  # noqa: S105 - the name of the audience, not a secret

CORS_ALLOWED_ORIGINS = env.items("FRONTEND_URL", ("http://localhost:3000", "http://localhost:5173"))
CORS_ALLOW_CREDENTIALS = False
# Headers that GraphQL clients send to prove that a preflight was asked for.
CORS_ALLOW_HEADERS = [
    *default_headers,
    "graphql-preflight",
    "graphql-require-preflight",
    "apollo-require-preflight",
    "x-apollo-operation-name",
    "x-request-id",
]
# The second line is what a player or an editor needs that reads files in ranges.
CORS_EXPOSE_HEADERS = [
    *("X-Total-Count", "Link", "Location", "X-Request-Id", "Retry-After"),
    *("Content-Range", "Accept-Ranges", "Content-Length", "Content-Disposition", "ETag"),
]

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
