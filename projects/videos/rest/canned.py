"""What do answers look like, for a front end that has no backend yet? The same each time; nothing is made."""

from __future__ import annotations

from typing import Any

_SHOTS: list[dict[str, Any]] = [
    {
        "id": f"mock_shot_{number}",
        "order_index": number,
        "name": name,
        "prompt": prompt,
        "duration_seconds": 4.0,
        "shot_type": shot_type,
    }
    for number, (name, prompt, shot_type) in enumerate(
        [
            ("The harbour", "A quiet harbour before sunrise, fog over the water", "wide"),
            ("The keeper", "An old lighthouse keeper looks up from a letter", "medium"),
            ("The light", "The lamp of the lighthouse comes on, close", "close_up"),
        ]
    )
]
SEQUENCE: dict[str, Any] = {
    "id": "mock_sequence_1",
    "project_id": "mock_project_1",
    "name": "The lighthouse",
    "shots": _SHOTS,
    "total_duration": sum(shot["duration_seconds"] for shot in _SHOTS),
    "prompt": "An old keeper lights the lamp once more",
}
AUDIO: dict[str, Any] = {
    "id": "mock_audio_1",
    "project_id": "mock_project_1",
    "type": "voice",
    "format": "wav",
    "duration_seconds": 3.5,
    "file_size_bytes": 154_394,
    "file_url": "/media/sound/mock_audio_1.wav",
    "sample_rate": 22_050,
    "channels": 1,
    "status": "completed",
}
HEALTH: dict[str, Any] = {
    "id": "mock_health_1",
    "status": "healthy",
    "service": "storycore",
    "version": "0.0.0",
    "mode": "mock",
    "timestamp": "2026-01-01T00:00:00.000+00:00",
}
