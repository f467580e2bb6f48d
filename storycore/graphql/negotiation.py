"""In which media type does the client want its answer? Reads Accept as RFC 9110 says."""

from __future__ import annotations

from functools import lru_cache

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"
HTML = "text/html"

# Wildcards stand for plain JSON, which every client reads; HTML is for browsers, which name it.
_WILDCARDS = {JSON: ("application/*", "*/*"), GRAPHQL_RESPONSE: ("application/*", "*/*"), HTML: ()}


@lru_cache(maxsize=512)
def negotiated(accept: str, *, html: bool = False) -> str | None:
    """The media type to answer in; `html` offers a page too. None when the client accepts none of ours.

    The highest quality wins, then a type that was named over one that a wildcard covers, then
    application/graphql-response+json, whose status codes say more.
    """
    if not accept.strip():
        return JSON
    wishes = _wishes(accept)
    offers = (HTML, GRAPHQL_RESPONSE, JSON) if html else (GRAPHQL_RESPONSE, JSON)
    best: tuple[float, bool, bool] = (0.0, False, False)
    chosen = None
    for offer in offers:
        named = wishes.get(offer)
        quality = named if named is not None else _by_wildcard(offer, wishes)
        rank = (quality, named is not None, named is None and offer == JSON)
        if quality > 0 and rank > best:
            best, chosen = rank, offer
    return chosen


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether the client reads gzip; a quality of zero refuses it."""
    return _wishes(accept_encoding).get("gzip", 0.0) > 0 if "gzip" in accept_encoding else False


def _by_wildcard(offer: str, wishes: dict[str, float]) -> float:
    return next((wishes[card] for card in _WILDCARDS[offer] if card in wishes), 0.0)


@lru_cache(maxsize=512)
def _wishes(header: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for item in header.split(",")[:50]:
        name, *parameters = item.split(";")
        quality = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                quality = _quality(value)
        name = name.strip().lower()
        found[name] = max(quality, found.get(name, 0.0))
    return found


def _quality(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return min(value, 1.0) if value > 0 else 0.0
