"""The accounts app: people who log in."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users and their tokens live in the relational database."""

    name = "storycore.accounts"
    label = "accounts"
