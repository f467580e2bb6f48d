"""The mutations of logins and users."""

from __future__ import annotations

import graphene

from storycore.accounts import services, tokens
from storycore.accounts.graphql.types import User
from storycore.accounts.middleware import actor_of
from storycore.accounts.queries import own_user
from storycore.accounts.services import WrongCredentials
from storycore.errors import Unauthenticated
from storycore.graphql.context import Context
from storycore.graphql.mutation import Mutation
from storycore.graphql.relations import Column, One
from storycore.limits import check_rate
from storycore.mongo.reading import Row


def _token() -> Column:
    return Column(
        graphene.String, "token", description="The access token; null when nobody is logged in."
    )


def _refresh_token() -> Column:
    return Column(
        graphene.String, "refresh_token", description="Trades once for the next pair of tokens."
    )


def _pair(pair: tokens.TokenPair) -> Row:
    return {"token": pair.access, "refresh_token": pair.refresh}


class Login(Mutation):
    """Logs in. A wrong password answers success false and no token, and is no GraphQL error."""

    class Arguments:
        email = graphene.String(required=True, description="The e-mail address.")
        password = graphene.String(required=True, description="The password.")

    token = _token()
    refresh_token = _refresh_token()
    user = One(User, by="user", load=own_user, description="Who is logged in now.")

    @classmethod
    def perform(cls, context: Context, *, email: str, password: str) -> Row:
        try:
            user, pair = services.log_in(email, password, context.client)
        except WrongCredentials as problem:
            return cls.refused(problem)
        # The rest of this operation is answered to the one who just logged in.
        context.actor = actor_of(user)
        return {**_pair(pair), "user": context.actor.user_id, "message": "Logged in."}


class RefreshToken(Mutation):
    """Trades a refresh token for a new pair. A token works once; using it again ends the login."""

    class Arguments:
        refresh_token = graphene.String(required=True, description="The refresh token.")

    token = _token()
    refresh_token = _refresh_token()

    @classmethod
    def perform(cls, _context: Context, *, refresh_token: str) -> Row:
        try:
            _user, pair = tokens.rotate(refresh_token)
        except Unauthenticated as problem:
            return cls.refused(problem)
        return {**_pair(pair), "message": "Refreshed."}


class Logout(Mutation):
    """Ends the login that the refresh token belongs to. A token that is not valid is no error."""

    class Arguments:
        refresh_token = graphene.String(description="The refresh token of the login.")

    @classmethod
    def perform(cls, _context: Context, *, refresh_token: str | None = None) -> Row:
        if refresh_token:
            tokens.revoke(refresh_token)
        return {"message": "Logged out."}


class CreateUserInput(graphene.InputObjectType):
    """A new person. Nobody can choose a role for themselves."""

    email = graphene.String(required=True, description="The e-mail address to log in with.")
    password = graphene.String(
        required=True, description="At least 8 characters, not a common one."
    )
    name = graphene.String(description="The name that others see.")


class CreateUser(Mutation):
    """Registers a person without any special role."""

    class Arguments:
        input = CreateUserInput(required=True, description="The new person.")

    user = One(User, by="user", load=own_user, description="The new user.")

    @classmethod
    def perform(cls, context: Context, *, input: dict[str, str]) -> Row:
        check_rate("create_user", f"address:{context.client}")
        user = services.create_user(input["email"], input["password"], input.get("name") or "")
        if not context.actor.is_authenticated:
            context.actor = actor_of(user)
        return {"user": str(user.pk), "message": "User created."}


class AccountMutations(graphene.ObjectType):
    """The root fields of this module."""

    class Meta:
        abstract = True

    login = Login.field()
    refresh_token = RefreshToken.field()
    logout = Logout.field()
    create_user = CreateUser.field()
