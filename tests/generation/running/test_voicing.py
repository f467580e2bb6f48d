"""A pitch that a provider does not know is given to what it sends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generation.running.voicing import with_pitch
from tests.generation.engines.video.conftest import TONE, a_tone, pitch_of, sound_of


@pytest.mark.parametrize(("wanted", "heard"), [(1.2, TONE * 1.2), (1.0, TONE), (None, TONE)])
def test_pitch(tmp_path: Path, settings: Any, wanted: float | None, heard: float) -> None:
    options = {"base_url": "http://127.0.0.1:9", "api_key": "k"}
    settings.PROVIDERS = {
        "speech": {"openai": {"BACKEND": "openai_compatible", "OPTIONS": options}}
    }
    job = {"provider": "openai", "parameters": {"pitch": wanted}}

    with a_tone(tmp_path / "said.wav").open("rb") as file, with_pitch(job, "speech", file) as sound:
        body = sound.read()

    path = tmp_path / ("pitched.wav" if body.startswith(b"RIFF") else "pitched.mp3")
    path.write_bytes(body)
    assert pitch_of(sound_of(path)) == pytest.approx(heard, rel=0.02)
