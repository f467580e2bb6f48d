"""Who acts when a command runs? The operator: whoever may run commands on the server may read every story."""

from __future__ import annotations

from storycore.access import Actor
from storycore.accounts.models import User
from storycore.errors import NotFound

OPERATOR = Actor(user_id="0", name="operator", is_admin=True)


def owner_by_email(email: str) -> Actor:
    """The user who is to own what a command makes. Raises NotFound."""
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise NotFound(f"There is no user {email!r}.", field="owner")
    return Actor(user_id=str(user.pk), name=str(user), is_admin=user.is_staff)
