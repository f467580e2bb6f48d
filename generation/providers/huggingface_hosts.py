"""Who makes pictures, speech and texts on a Hugging Face token, where, and with which models?"""

from __future__ import annotations

from collections.abc import Mapping

from generation.providers.base import Task

HF_INFERENCE, FAL, REPLICATE = "hf-inference", "fal-ai", "replicate"
TOGETHER, NSCALE = "together", "nscale"
WAVESPEED, ZAI = "wavespeed", "zai-org"
# Where each of them is asked with a key of its own; one that starts with hf_ goes to the router.
OWN_ADDRESSES: Mapping[str, str] = {
    FAL: "https://fal.run",
    REPLICATE: "https://api.replicate.com",
    TOGETHER: "https://api.together.xyz",
    NSCALE: "https://inference.api.nscale.com",
    WAVESPEED: "https://api.wavespeed.ai",
    ZAI: "https://api.z.ai",
}
HF_START = "hf_"
CHAT = "/v1/chat/completions"
# Where those chat that do, with a key of their own; the router does it in one place for all of them.
OWN_CHATS: Mapping[str, str] = {
    TOGETHER: CHAT,
    NSCALE: CHAT,
    ZAI: "/api/paas/v4/chat/completions",
}
# A question that costs nothing, with a key of their own.
OWN_PROBES: Mapping[str, str] = {
    REPLICATE: "/v1/account",
    WAVESPEED: "/api/v3/balance",
    ZAI: "/api/paas/v4/models",
}
# What each of them calls its models; an empty name means that it does not do this.
MODELS: Mapping[str, Mapping[Task, str]] = {
    HF_INFERENCE: {
        "image": "black-forest-labs/FLUX.1-schnell",
        "speech": "facebook/mms-tts-eng",
    },
    FAL: {"image": "fal-ai/flux/schnell", "speech": "fal-ai/kokoro/american-english"},
    REPLICATE: {"image": "black-forest-labs/flux-schnell", "speech": "minimax/speech-02-turbo"},
    TOGETHER: {"image": "black-forest-labs/FLUX.1-schnell", "speech": "cartesia/sonic-2"},
    NSCALE: {"image": "black-forest-labs/FLUX.1-schnell", "speech": ""},
    WAVESPEED: {"image": "wavespeed-ai/flux-schnell", "speech": ""},
    ZAI: {"image": "glm-image", "speech": ""},
}
