"""All addresses on one screen."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path, re_path

from assets.rest import upload
from assets.views import media
from config.rest import api, elsewhere
from scenarios.views import export, play
from storycore.graphql.metrics import metrics_view
from storycore.graphql.view import graphql_view, nowhere_view
from storycore.home import home

urlpatterns = [
    path("", home, name="home"),
    path("graphql", graphql_view),
    path("graphql/", graphql_view, name="graphql"),
    path("graphql/<path:path>", nowhere_view),
    path("", include("storycore.health.urls")),
    path("metrics", metrics_view, name="metrics"),
    path("api/upload", upload),
    path("api/upload/", upload, name="upload"),
    path("api/scenarios/<str:scenario>/export/<str:format_name>", export, name="export"),
    path("play/<str:scenario>", play, name="play"),
    path("play/<str:scenario>/", play),
    path("media/<path:key>", media, name="media"),
    path("admin/", admin.site.urls),
    path("api/", api.urls),
    path("api/<path:path>", elsewhere),
    # A client of these was built against a server of its own, so it asks the bare host.
    re_path(
        r"^(?P<path>(?:projects|scripts|audios|images|video|subtitles|video-template)(?:/.*)?)$",
        elsewhere,
    ),
]
