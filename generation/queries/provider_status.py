"""Who makes what on this server, at which price, and does it work?"""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from generation.queries.catalog import Maker, makers_of
from generation.queries.health import health_of
from storycore.mongo.reading import Row


def provider_rows(makers: Sequence[Maker]) -> list[Row]:
    """One row for each maker, with what is known of its health. One command; nobody is asked."""
    health = health_of({one.name for one in makers})
    rows: list[Row] = []
    for maker in makers:
        prices = settings.PROVIDER_PRICES.get(maker.name) or {}
        rows.append(
            {
                "name": maker.name,
                "task": maker.task,
                "is_default": makers_of(maker.task)[0] == maker,
                "is_local": maker.provider is None,
                "models": list(maker.offers.models.get(maker.task) or ()),
                "voices": list(maker.offers.voices) if maker.task == "speech" else [],
                "cost_unit": maker.offers.cost_units.get(maker.task),
                "price": prices.get(maker.task),
                "status": health[maker.name].status,
                "message": health[maker.name].message,
            }
        )
    return rows
