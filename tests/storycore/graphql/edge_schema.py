"""A small story schema for the tests of the HTTP edge: no database, every kind of failure."""

# ruff: noqa: ARG002 - resolvers take what their fields take
from __future__ import annotations

import time

import graphene
from graphql import GraphQLError

from storycore.errors import Forbidden, InvalidReference, NotFound, RateLimited, Unavailable
from storycore.graphql.uploads import Upload


class Scene(graphene.ObjectType):
    id = graphene.ID(required=True)
    title = graphene.String(required=True)
    number = graphene.Int()
    next = graphene.Field(lambda: Scene)
    choices = graphene.List(graphene.NonNull(lambda: Scene), required=True)

    def resolve_id(self, info):
        return "1"

    def resolve_title(self, info):
        return "The cellar"

    def resolve_number(self, info):
        return "mongodb://user:secret@host is no number"

    def resolve_next(self, info):
        return {}

    def resolve_choices(self, info):
        return [{}, {}]


class Edge(graphene.ObjectType):
    node = graphene.Field(Scene, required=True)

    def resolve_node(self, info):
        return {}


class Connection(graphene.ObjectType):
    edges = graphene.List(graphene.NonNull(Edge), required=True)

    def resolve_edges(self, info):
        return [{}]


class Place(graphene.InputObjectType):
    name = graphene.String(required=True)
    inner = graphene.Field(lambda: Place)
    file = Upload()


class Query(graphene.ObjectType):
    hello = graphene.String(name=graphene.String())
    scene = graphene.Field(Scene, id=graphene.ID())
    required = graphene.String(id=graphene.ID(required=True))
    scenes = graphene.List(Scene, limit=graphene.Int(), offset=graphene.Int())
    connection = graphene.Field(Connection, first=graphene.Int(), last=graphene.Int())
    fail = graphene.String(how=graphene.String(required=True))
    slow = graphene.List(Scene)
    who = graphene.String()
    long = graphene.String()
    stored = graphene.String()

    def resolve_hello(self, info, name="world"):
        return f"Hello {name}"

    def resolve_scene(self, info, id=None):
        return {}

    def resolve_required(self, info, id):
        return id

    def resolve_scenes(self, info, limit=2, offset=0):
        return [{}] * min(limit, 2)

    def resolve_connection(self, info, first=None, last=None):
        return {}

    def resolve_fail(self, info, how):
        raise FAILURES[how]

    def resolve_slow(self, info):
        for _ in range(100):
            yield {}
            time.sleep(0.01)

    def resolve_who(self, info):
        return info.context.actor.user_id

    def resolve_stored(self, info):
        return info.context.memory["client"].story.scenes.find_one()

    def resolve_long(self, info):
        return "story " * 1000


FAILURES = {
    "bug": RuntimeError("mongodb://user:secret@host is down"),
    "graphql": GraphQLError("mongodb://user:secret@host is down"),
    "forbidden": Forbidden("You may not change this scene."),
    "reference": InvalidReference("No such picture.", field="imageId"),
    "missing": NotFound("No such scene."),
    "limited": RateLimited("Too many logins.", retry_after=7),
    "unavailable": Unavailable("The painter does not answer."),
}


class Rename(graphene.Mutation):
    class Arguments:
        title = graphene.String(required=True)

    title = graphene.String(required=True)

    def mutate(self, info, title):
        return Rename(title=title)


class Store(graphene.Mutation):
    class Arguments:
        file = Upload()
        files = graphene.List(Upload)
        place = Place()

    names = graphene.List(graphene.String)

    def mutate(self, info, file=None, files=(), place=None):
        found = [file, *files, (place or {}).get("file")]
        return Store(names=[f"{one.name}:{one.read().decode()}" for one in found if one])


class Mutation(graphene.ObjectType):
    rename = Rename.Field()
    store = Store.Field()


class Subscription(graphene.ObjectType):
    ticks = graphene.Int()


SCHEMA = graphene.Schema(query=Query, mutation=Mutation, subscription=Subscription).graphql_schema
