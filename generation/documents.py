"""How is a job kept? One document that says what to do, how far it is, and who holds it."""

from __future__ import annotations

from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    FloatField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

from storycore.mongo.documents import StoredDocument
from storycore.mongo.fields import JsonField, TextField

QUEUED, PROCESSING = "queued", "processing"
COMPLETED, FAILED, CANCELLED = "completed", "failed", "cancelled"
OPEN = (QUEUED, PROCESSING)
FINAL = (COMPLETED, FAILED, CANCELLED)
STATUSES = (*OPEN, *FINAL)

PROMPT_MAX = 10_000
LINES_MAX = 200
STEPS_MAX = 50
PRIORITY = 5


class Job(StoredDocument):
    """A piece of work that outlives processes.

    `due` is the one moment that decides who may take it: for a waiting job when it is to be tried, for a
    held one when its holder's lease runs out. Each claim raises `fence`, and every write of a holder names
    the fence it got: a holder that was given up can no longer change anything.
    """

    meta = {
        "collection": "jobs",
        "indexes": [
            {
                "fields": ["queue", "priority", "turn"],
                "name": "open_by_turn",
                "partialFilterExpression": {"status": {"$in": list(OPEN)}},
            },
            {"fields": ["-created_at", "-_id"], "name": "newest"},
            {"fields": ["owner", "-created_at"], "name": "owner_newest"},
            {"fields": ["status", "-created_at"], "name": "status_newest"},
            {"fields": ["scenario", "-created_at"], "name": "scenario_newest", "sparse": True},
            {"fields": ["project", "-created_at"], "name": "project_newest", "sparse": True},
            {"fields": ["scene"], "name": "scene", "sparse": True},
            {"fields": ["parent"], "name": "parent", "sparse": True},
            {"fields": ["take_of"], "name": "takes", "sparse": True},
            {"fields": ["asset"], "name": "asset", "sparse": True},
            {
                "fields": ["owner", "idempotency_key"],
                "name": "same_order",
                "unique": True,
                "partialFilterExpression": {"idempotency_key": {"$type": "string"}},
            },
            {
                "fields": ["owner", "joins"],
                "name": "open_order",
                "unique": True,
                "partialFilterExpression": {
                    "joins": {"$type": "string"},
                    "status": {"$in": list(OPEN)},
                },
            },
            {
                "fields": ["finished_at"],
                "name": "unannounced",
                "partialFilterExpression": {"announced": False},
            },
        ],
    }

    kind = StringField(
        required=True, max_length=40, help_text="What is made: image, speech, music..."
    )
    task = StringField(
        max_length=20, help_text="What providers are asked for, where that is not the kind itself."
    )
    queue = StringField(required=True, max_length=40, help_text="Which workers do it.")
    status = StringField(
        required=True,
        choices=STATUSES,
        default=QUEUED,
        help_text="queued, processing, completed, failed or cancelled; the last three are final.",
    )
    owner = StringField(
        required=True, max_length=64, help_text="The id of the user who ordered it."
    )
    asset_name = StringField(
        max_length=255, help_text="What the asset is called, if not by the prompt."
    )
    prompt = TextField(default="", max_length=PROMPT_MAX, help_text="What was asked for, in words.")
    parameters = JsonField(
        values=5_000, help_text="What was asked for, in values: width, height, voice ..."
    )
    seed = IntField(help_text="The number that makes the same order give the same result.")
    provider = StringField(max_length=80, help_text="Who makes it.")
    providers = ListField(
        StringField(max_length=80),
        help_text="Who may make it, in the order in which they are tried.",
    )
    model = StringField(max_length=200, help_text="With which model.")
    scene = ObjectIdField(help_text="The scene that gets what is made.")
    media_field = StringField(
        max_length=20, help_text="Which place of the scene: image, sound, music."
    )
    scenario = ObjectIdField(help_text="The scenario of that scene.")
    project = StringField(max_length=64, help_text="The project that it is for.")
    universe = StringField(max_length=64, help_text="The universe that it is for.")
    priority = IntField(
        required=True,
        default=PRIORITY,
        min_value=1,
        max_value=10,
        help_text="1 comes first, 10 last.",
    )
    turn = IntField(required=True, default=0, help_text="Its place among jobs of one priority.")
    parent = ObjectIdField(help_text="The job that waits for this one.")
    take_of = ObjectIdField(help_text="The first job of the takes that this one belongs to.")
    is_public = BooleanField(default=False, help_text="Whether everybody may see what it makes.")

    progress = IntField(required=True, default=0, min_value=0, max_value=100, help_text="Per cent.")
    step = StringField(max_length=80, help_text="What is being done.")
    steps = ListField(DictField(), help_text="The steps so far: {name, at}.")
    message = TextField(max_length=500, help_text="How it is going, in a sentence.")
    lines = ListField(DictField(), help_text="The log: {at, level, text}.")

    attempts = IntField(required=True, default=0, help_text="How often a worker began it.")
    retry_count = IntField(required=True, default=0, help_text="How often it was tried again.")
    next_attempt_at = DateTimeField(help_text="When it will be tried again.")
    error_code = StringField(max_length=80, help_text="Why it failed, for programs.")
    error_message = TextField(max_length=1_000, help_text="Why it failed, in a sentence.")

    asset = ObjectIdField(help_text="The asset that it made.")
    result = JsonField(help_text="What it made, when that is no asset.")
    cost_estimate = FloatField(min_value=0, help_text="What it was expected to cost.")
    usage = JsonField(help_text="What the provider says it took.")
    idempotency_key = StringField(
        max_length=200, help_text="The caller's name for this order; the same name orders once."
    )
    joins = StringField(
        max_length=64,
        help_text="What the owner's orders share that are one job while it is not done.",
    )

    due = DateTimeField(required=True, help_text="When it may be taken (again).")
    worker = StringField(max_length=120, help_text="Who holds it.")
    fence = IntField(required=True, default=0, help_text="Counts its holders.")
    yielded = BooleanField(help_text="True when the last holder gave it back on purpose.")
    work = DictField(
        default=None,
        help_text="How far the work is: the call to send, the provider's id, staged bytes.",
    )
    announced = BooleanField(help_text="False from its end until all who wait were told.")

    started_at = DateTimeField(help_text="When a worker first began it.")
    finished_at = DateTimeField(help_text="When it came to its end.")
