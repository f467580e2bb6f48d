"""Who acts in a studio that knows no logins? One shared user, where the setting says so."""

from __future__ import annotations

from django.conf import settings

from storycore.access import Actor
from storycore.accounts.services import shared_user

ADDRESS = "studio@storycore.invalid"


def studio_actor(actor: Actor) -> Actor:
    """The caller; somebody without a login acts as the studio's shared user where STUDIO_ANONYMOUS is on."""
    if actor.is_authenticated or not settings.STUDIO_ANONYMOUS:
        return actor
    user = shared_user(ADDRESS, "Studio")
    return Actor(user_id=str(user.pk), name=str(user))
