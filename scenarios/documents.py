"""How is a story kept? Scenario, Scene and Choice in collections of their own, joined by plain ids."""

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

TITLE_MAX = 200
DESCRIPTION_MAX = 5_000
TEXT_MAX = 1_000_000
CHOICE_TEXT_MAX = 2_000
EXPRESSION_MAX = 2_000
VARIABLES_MAX = 1_000
EFFECTS_MAX = 500
SCENES_MAX = 20_000
CHOICES_PER_SCENE_MAX = 1_000
TAGS_MAX = 100
ORIGIN_MAX = 8_000_000
HISTORY_MAX = 2_000
# MongoDB takes 16 MiB; the rest of the record needs far less than what is left.
PROGRESS_BYTES_MAX = 15_000_000

MEDIA_FIELDS = {"image": "image", "sound": "sound", "music": "sound"}
"""The media fields of a scene and the asset type that each must point at."""


def _effects(help_text: str) -> ListField:
    return ListField(JsonField(depth=2, values=8), max_length=EFFECTS_MAX, help_text=help_text)


class Scenario(StoredDocument):
    """A branching story. Its revision counts the changes to the whole graph and serialises its writers."""

    meta = {
        "collection": "scenarios",
        "indexes": [
            {"fields": ["-created_at", "-_id"], "name": "newest"},
            {"fields": ["author", "-created_at"], "name": "author_newest"},
            {"fields": ["is_published", "-created_at"], "name": "published_newest"},
        ],
    }

    title = TextField(required=True, max_length=TITLE_MAX, help_text="The story's title.")
    description = TextField(max_length=DESCRIPTION_MAX, help_text="What the story is about.")
    author = StringField(required=True, max_length=64, help_text="The id of the user who owns it.")
    is_published = BooleanField(
        required=True, default=False, help_text="Whether everybody may read and play it."
    )
    variables = ListField(
        JsonField(depth=3, values=120),
        max_length=VARIABLES_MAX,
        help_text="The declared variables: name, type, default, min, max, values, description.",
    )
    languages = ListField(
        TextField(max_length=35), max_length=50, help_text="Language tags, the original first."
    )
    revision = IntField(
        required=True, default=0, help_text="Counts the changes to the whole story."
    )
    origin = TextField(
        max_length=ORIGIN_MAX,
        help_text="What an imported file held besides scenes, as JSON: scripts, styles, its own ids.",
    )


class Scene(StoredDocument):
    """One place in a story."""

    meta = {
        "collection": "scenes",
        "indexes": [
            {"fields": ["scenario", "order", "_id"], "name": "scenario_order"},
            # The server itself refuses a second start scene, whatever a writer does.
            {
                "fields": ["scenario"],
                "name": "one_start_scene",
                "unique": True,
                "partialFilterExpression": {"is_start_scene": True},
            },
            *({"fields": [name], "name": f"used_{name}", "sparse": True} for name in MEDIA_FIELDS),
        ],
    }

    scenario = ObjectIdField(required=True, help_text="The scenario it belongs to.")
    title = TextField(required=True, max_length=TITLE_MAX, help_text="The scene's title.")
    text = TextField(default="", max_length=TEXT_MAX, help_text="What the reader reads.")
    image = ObjectIdField(help_text="The picture; an asset of type image.")
    sound = ObjectIdField(help_text="The sound or narration; an asset of type sound.")
    music = ObjectIdField(help_text="The background music; an asset of type sound.")
    position = JsonField(depth=2, values=4, help_text="Where it stands on the editor's canvas.")
    is_start_scene = BooleanField(
        required=True,
        default=False,
        help_text="Whether the story begins here; one scene of each story.",
    )
    is_end_scene = BooleanField(
        required=True, default=False, help_text="Whether the story ends here."
    )
    order = IntField(
        required=True,
        default=0,
        min_value=0,
        max_value=1_000_000,
        help_text="The place among the scenes.",
    )
    visible_if = TextField(
        max_length=EXPRESSION_MAX,
        help_text="When choices may lead here, as an expression; null is always.",
    )
    visible_if_error = JsonField(
        depth=2,
        values=8,
        help_text="Why visible_if cannot be evaluated: message, reason, line, column, caret.",
    )
    on_enter = _effects("What entering it changes: a list of {variable, op, value}.")
    tags = ListField(
        TextField(max_length=200), max_length=TAGS_MAX, help_text="The author's own marks."
    )
    origin = TextField(
        max_length=ORIGIN_MAX,
        help_text="How an imported file wrote it, as JSON: its name, its markup, its extent.",
    )


class Choice(StoredDocument):
    """A way from one scene to another of the same story."""

    meta = {
        "collection": "choices",
        "indexes": [
            {"fields": ["from_scene", "order", "_id"], "name": "from_order"},
            {"fields": ["to_scene"], "name": "to_scene"},
            {"fields": ["scenario"], "name": "scenario"},
        ],
    }

    scenario = ObjectIdField(required=True, help_text="The scenario of both scenes.")
    from_scene = ObjectIdField(required=True, help_text="The scene that it leaves.")
    to_scene = ObjectIdField(required=True, help_text="The scene that it leads to.")
    text = TextField(required=True, max_length=CHOICE_TEXT_MAX, help_text="What the reader picks.")
    condition = TextField(
        max_length=EXPRESSION_MAX,
        help_text="When it is available, as an expression; null is always.",
    )
    condition_error = JsonField(
        depth=2,
        values=8,
        help_text="Why the condition cannot be evaluated: message, reason, line, column, caret.",
    )
    effects = _effects("What taking it changes: a list of {variable, op, value}.")
    once = BooleanField(default=False, help_text="Whether it can be taken only once in a play.")
    order = IntField(
        required=True,
        default=0,
        min_value=0,
        max_value=1_000_000,
        help_text="The place among the scene's choices.",
    )


class Progress(StoredDocument):
    """One reader's way through a story, tied to the revision that it was last played in."""

    meta = {
        "collection": "progress",
        "indexes": [
            {"fields": ["user", "-updated_at"], "name": "user_newest", "sparse": True},
            {"fields": ["scenario", "user"], "name": "scenario_user"},
        ],
    }

    scenario = ObjectIdField(required=True, help_text="The story that is read.")
    user = StringField(
        max_length=64, help_text="The id of the reader; null for a reader with a token."
    )
    token_hash = StringField(
        max_length=64, help_text="SHA-256 of the token of an anonymous reader."
    )
    current_scene = ObjectIdField(required=True, help_text="Where the reader is.")
    history = ListField(
        DictField(), help_text="The choices taken: {scene, choice, at, variables before}."
    )
    variables = DictField(default=None, help_text="What every variable holds now.")
    is_completed = BooleanField(
        required=True, default=False, help_text="Whether the reader is at an ending."
    )
    percentage = FloatField(
        required=True, default=0.0, help_text="Distinct visited scenes in hundred reachable ones."
    )
    total_time_spent = FloatField(
        required=True, default=0.0, help_text="Seconds of reading, as told."
    )
    revision = IntField(required=True, help_text="The story's revision that it was last played in.")
    moved = IntField(
        required=True,
        default=0,
        help_text="How often the reader was moved because a scene had gone.",
    )
    version = IntField(required=True, default=0, help_text="Counts the changes to this record.")
    started_at = DateTimeField(help_text="When the present play began (UTC).")


class Presence(StoredDocument):
    """Somebody has a story open. Held by the process that serves them, and gone when that process is.

    The key begins with the scenario's id, so that a removal, which names nothing but the key, says where.
    """

    meta = {
        "collection": "presences",
        "indexes": [
            {"fields": ["scenario", "created_at"], "name": "scenario_arrival"},
            {"fields": ["expires_at"], "name": "expiry", "expireAfterSeconds": 0},
        ],
    }

    key = StringField(primary_key=True, max_length=80, help_text="Scenario and connection.")
    scenario = ObjectIdField(required=True, help_text="The scenario that is open.")
    user = StringField(
        max_length=64, help_text="The id of the user; null for a reader without a login."
    )
    expires_at = DateTimeField(
        required=True, help_text="Until when it counts without a sign of life (UTC)."
    )
