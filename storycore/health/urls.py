"""Where the health checks answer; included at the root by config/urls.py."""

from __future__ import annotations

from django.urls import path

from storycore.health.views import live, ready

urlpatterns = [
    path("health/live", live, name="health-live"),
    path("health/ready", ready, name="health-ready"),
]
