"""How is this server, over GraphQL?"""

from __future__ import annotations

from typing import Any

import graphene
from django.conf import settings

from storycore.health import parts


class HealthPart(graphene.ObjectType):
    """A part that the server leans on: its database, its broker, a provider."""

    name = graphene.String(required=True, description="database, storage, broker, worker ...")
    status = graphene.String(
        required=True, description="healthy, unhealthy, or not_configured where nothing is asked."
    )
    latency_ms = graphene.Float(
        description="How long its answer took; null where nothing was asked."
    )
    message = graphene.String(required=True, description="How it is, in a sentence.")


class Health(graphene.ObjectType):
    """How the server and everything that it leans on is."""

    status = graphene.String(
        required=True,
        description="healthy; degraded when a part does not work; unhealthy without the database.",
    )
    service = graphene.String(required=True, description="The name of this service.")
    version = graphene.String(required=True, description="Its version.")
    mode = graphene.String(required=True, description="mock, development or production.")
    timestamp = graphene.DateTime(required=True, description="When the parts were asked (UTC).")
    uptime_seconds = graphene.Int(required=True, description="How long this process has run.")
    memory_usage_mb = graphene.Float(required=True, description="The memory of this process.")
    services = graphene.List(
        graphene.NonNull(HealthPart), required=True, description="Every part, asked side by side."
    )


class HealthQueries(graphene.ObjectType):
    """The root fields of this module."""

    class Meta:
        abstract = True

    health = graphene.Field(
        Health, required=True, description="Is the server well? Open to everybody, as on REST."
    )

    def resolve_health(self: Any, _info: graphene.ResolveInfo) -> Health:
        report = parts.report()
        return Health(
            status=report.status,
            service=parts.SERVICE,
            version=settings.VERSION,
            mode=parts.mode(),
            timestamp=report.at,
            uptime_seconds=parts.uptime_seconds(),
            memory_usage_mb=parts.memory_mb(),
            services=[
                HealthPart(
                    name=one.name, status=one.status, latency_ms=one.latency_ms, message=one.message
                )
                for one in report.services
            ],
        )
