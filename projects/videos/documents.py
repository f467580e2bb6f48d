"""How is a video project kept? One document: the form of the AI Studio, and what the stages have made."""

from __future__ import annotations

from mongoengine import DictField, FloatField, IntField, ListField, ObjectIdField, StringField

from projects.videos.choices import (
    DRAFT,
    FRAME_RATES,
    IMAGE_STYLES,
    IMAGES_MAX,
    LANGUAGES,
    MUSIC,
    RESOLUTIONS,
    SCRIPT_MAX,
    SCRIPT_STYLES,
    SOUND_RANGE,
    STATUSES,
    TEMPLATES,
    URL_MAX,
    USE_CASES,
    VOICES,
)
from storycore.mongo.documents import StoredDocument
from storycore.mongo.fields import JsonField, TextField


class VideoProject(StoredDocument):
    """A video on its way from an idea to a file.

    `key` is the id that REST clients know it by: their own, or the document's id as text. `extra` holds what
    a client sent beyond the known fields, so that it comes back. The assets are what the stages
    made; `audio_path`, `video_url`, `thumbnail` and `duration` what a client said of files made elsewhere.
    """

    meta = {
        "collection": "video_projects",
        "indexes": [
            {"fields": ["owner", "key"], "name": "owner_key", "unique": True},
            {"fields": ["owner", "-created_at", "-_id"], "name": "owner_newest"},
            {"fields": ["owner", "status", "_id"], "name": "owner_status"},
            {"fields": ["-created_at", "-_id"], "name": "newest"},
            {"fields": ["images.asset"], "name": "images_asset", "sparse": True},
            {"fields": ["narration_asset"], "name": "narration_asset", "sparse": True},
            {"fields": ["video_asset"], "name": "video_asset", "sparse": True},
            {"fields": ["thumbnail_asset"], "name": "thumbnail_asset", "sparse": True},
        ],
    }

    key = TextField(required=True, max_length=100, help_text="The id that REST clients use.")
    owner = StringField(required=True, max_length=64, help_text="The id of the user who owns it.")
    title = TextField(max_length=300, help_text="What the video is called.")
    description = TextField(max_length=5_000, help_text="What it is about.")
    language = StringField(choices=LANGUAGES, help_text="The language of script and narration.")
    use_case = StringField(
        choices=USE_CASES, help_text="What it is for; youtube_short is upright, all else is wide."
    )
    status = StringField(
        required=True,
        choices=STATUSES,
        default=DRAFT,
        help_text="How far it is: draft, script_generated, audio_ready, images_ready, video_ready.",
    )
    script_text = TextField(max_length=SCRIPT_MAX, help_text="What the narrator says.")
    script_style = StringField(choices=SCRIPT_STYLES, help_text="The tone of the script.")
    voice_id = StringField(choices=VOICES, help_text="Who narrates.")
    audio_speed = FloatField(
        min_value=SOUND_RANGE[0], max_value=SOUND_RANGE[1], help_text="1 is normal; 0.7 to 1.3."
    )
    audio_pitch = FloatField(
        min_value=SOUND_RANGE[0],
        max_value=SOUND_RANGE[1],
        help_text="1 is the voice's own; 0.7 to 1.3.",
    )
    audio_path = TextField(max_length=URL_MAX, help_text="A narration that was made elsewhere.")
    image_style = StringField(choices=IMAGE_STYLES, help_text="How the pictures look.")
    # Checked and put together by the service; an asset in it is an ObjectId, which is no JSON.
    images = ListField(
        DictField(),
        max_length=IMAGES_MAX,
        help_text="The pictures in order: id, prompt, asset or url, error.",
    )
    resolution = StringField(choices=RESOLUTIONS, help_text="The shorter side of the video.")
    fps = IntField(choices=FRAME_RATES, help_text="Pictures a second.")
    video_template_id = StringField(
        choices=TEMPLATES, help_text="How one picture follows the other."
    )
    background_music = StringField(choices=MUSIC, help_text="The mood of the music, or none.")
    video_url = TextField(max_length=URL_MAX, help_text="A video that was made elsewhere.")
    thumbnail = TextField(max_length=URL_MAX, help_text="Its preview picture.")
    duration = FloatField(min_value=0, help_text="Its length in seconds.")
    video_inspirations = ListField(
        TextField(max_length=URL_MAX), max_length=50, help_text="Videos to be inspired by."
    )
    subtitles = JsonField(
        depth=2, values=10, help_text="How captions are shown: burn, style, position."
    )
    sections = ListField(
        JsonField(depth=2, values=10),
        max_length=IMAGES_MAX,
        help_text="The scenes of a story: title, text, the choice taken; one picture each.",
    )
    scenario = ObjectIdField(help_text="The story that it tells.")
    extra = JsonField(depth=10, values=2_000, help_text="What clients sent beyond these fields.")
    narration_asset = ObjectIdField(help_text="The narration that was made or chosen here.")
    narration = JsonField(
        depth=4, values=20_000, help_text="What is known of it: seconds, captions, script."
    )
    video_asset = ObjectIdField(help_text="The video that was made.")
    thumbnail_asset = ObjectIdField(help_text="Its preview picture.")
    video = JsonField(depth=4, values=200, help_text="What is known of it: seconds, resolution.")
    stale = ListField(
        StringField(choices=("narration", "video")),
        help_text="What was made before the script, the narration or the pictures changed.",
    )
    search_text = StringField(default="", help_text="All its words in lower case, for the search.")
    revision = IntField(required=True, default=0, help_text="Counts the changes.")
