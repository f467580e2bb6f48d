"""Which providers are there, by which name?"""

from __future__ import annotations

from collections.abc import Mapping

# Imported when first opened, so a broken adapter breaks only those who chose it.
PROVIDERS: Mapping[str, str] = {
    "huggingface": "generation.providers.huggingface.HuggingFace",
    "fal": "generation.providers.fal.Fal",
    "replicate": "generation.providers.replicate.Replicate",
    "openai_compatible": "generation.providers.openai_compatible.OpenAICompatible",
    "elevenlabs": "generation.providers.elevenlabs.ElevenLabs",
    "comfyui": "generation.providers.comfyui.ComfyUI",
    "coqui": "generation.providers.coqui.Coqui",
    "http": "generation.providers.http_service.HttpService",
    "playht": "generation.providers.playht.PlayHT",
    "mock": "generation.providers.mock.Mock",
}
ENTRY_POINT_GROUP = "storycore.providers"
