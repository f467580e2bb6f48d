"""How are people and their logins kept? In the relational database, where Django's own apps expect them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager):
    """Makes users; e-mail addresses are compared without regard to case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str) -> User:
        return self.get(email=username.strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person with a login. Staff are admins of all content."""

    email = models.EmailField(unique=True, help_text="The address that this person logs in with.")
    name = models.CharField(max_length=150, blank=True, help_text="The name that others see.")
    is_staff = models.BooleanField(default=False, help_text="Whether this person is an admin.")
    is_active = models.BooleanField(default=True, help_text="Whether this person may log in.")
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar = UserManager()

    class Meta:
        ordering = ("-date_joined",)
        constraints = (
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_any_case"),
        )

    def __str__(self) -> str:
        return self.name or self.email


class RefreshToken(models.Model):
    """One refresh token of a login; using it makes the next one of its family."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="refresh_tokens")
    family = models.UUIDField(db_index=True, help_text="The login that it descends from.")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token's id.")
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"refresh token {self.pk} of user {self.user_id}"


class OneTimeLogin(models.Model):
    """A link to the admin that nobody has used yet."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"one-time login {self.pk} of user {self.user_id}"
