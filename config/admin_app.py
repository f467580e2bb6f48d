"""Django's admin app, with our site in the place of its own."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class StoryCoreAdminConfig(AdminConfig):
    """The site is named, not imported: models are not loaded yet when this is read."""

    default_site = "config.admin_site.StoryCoreAdminSite"
