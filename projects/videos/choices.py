"""Which values may the fields of a video project have?"""

from __future__ import annotations

LANGUAGES = ("en", "fr", "es", "de", "it", "pt")
USE_CASES = (
    "storytelling", "youtube_short", "explanation", "commercial", "inspirational", "educational", "tutorial",
)  # fmt: skip
DRAFT, SCRIPTED, NARRATED, PICTURED, RENDERED = (
    "draft", "script_generated", "audio_ready", "images_ready", "video_ready",
)  # fmt: skip
AUDIO_GENERATED = "audio_generated"
STATUSES = (DRAFT, SCRIPTED, NARRATED, PICTURED, RENDERED, AUDIO_GENERATED)
SCRIPT_STYLES = ("educational", "inspirational", "comedic", "dramatic", "casual", "professional")
VOICES = ("alloy", "echo", "fable", "onyx", "nova", "shimmer")
IMAGE_STYLES = (
    "realistic", "pixar", "anime", "flat_design", "watercolor", "oil_painting", "sketch",
)  # fmt: skip
RESOLUTIONS = ("720p", "1080p", "1440p", "2160p")
FRAME_RATES = (24, 30, 60)
TEMPLATES = ("basic_fade", "slide_left", "slide_right", "zoom_in", "zoom_out", "ken_burns")
MUSIC = ("none", "soft", "upbeat", "cinematic", "corporate", "ambient")
SUBTITLE_STYLES = ("plain", "boxed", "outlined")
SUBTITLE_POSITIONS = ("bottom", "top")
SOUND_RANGE = (0.7, 1.3)

IMAGES_MAX = 60
SCRIPT_MAX = 10_000
URL_MAX = 2_000
