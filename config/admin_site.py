"""Which admin site is served? Django's own, with our name and a link that logs in once."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.cache import never_cache

from storycore.accounts.one_time_login import redeem
from storycore.errors import Forbidden


class StoryCoreAdminSite(admin.AdminSite):
    """The stock admin."""

    site_header = "StoryCore"
    site_title = "StoryCore admin"
    index_title = "Content and people"

    def get_urls(self) -> list[Any]:
        return [path("one-time-login/", one_time_login), *super().get_urls()]


@never_cache
def one_time_login(request: HttpRequest) -> HttpResponse:
    """Log the link's user in and go to the admin; a link that is no good any more answers 403 in words."""
    try:
        user = redeem(request.GET.get("token", ""))
    except Forbidden as problem:
        context = {"title": "This link does not work", "message": problem.message}
        return TemplateResponse(request, "admin/one_time_login.html", context, status=403)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    response = HttpResponseRedirect("/admin/")
    response["Referrer-Policy"] = "no-referrer"
    return response
