"""All addresses on one screen."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from storycore.graphql.view import graphql_view

urlpatterns = [
    path("graphql", graphql_view),
    path("graphql/", graphql_view, name="graphql"),
    path("", include("storycore.health.urls")),
    path("admin/", admin.site.urls),
]
