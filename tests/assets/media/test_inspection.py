"""Does the whole check keep its promises: nothing read in vain, nothing left, names cleaned?"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.errors import FileTooLarge, UnsupportedMedia
from assets.media.facts import DeclaredFile, MediaLimits
from assets.media.inspection import inspect
from tests.assets import crafting as make
from tests.assets.hostile import outcome

PICTURE = DeclaredFile("a.png", "image/png", "image")


class Unread(io.BytesIO):
    def read(self, *_: Any) -> bytes:
        raise AssertionError("a file that is too large was read")


def test_a_file_on_disk_is_used_where_it_lies(tmp_path: Path) -> None:
    path = tmp_path / "sent.png"
    path.write_bytes(make.png())

    with inspect(path, PICTURE, MediaLimits()) as checked:
        assert checked.path == path
        assert checked.cleaned is False
        with checked.open() as file:
            assert file.read() == make.png()

    assert path.read_bytes() == make.png()


def test_working_copies_are_gone_when_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    checked = inspect(
        io.BytesIO(make.jpeg(exif=make.exif(6))),
        DeclaredFile("a.jpg", None, "image"),
        MediaLimits(),
    )

    assert checked.path.is_relative_to(tmp_path)
    checked.close()
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_checked_from_its_start_wherever_it_stands() -> None:
    file = io.BytesIO(make.png())
    file.seek(20)

    with inspect(file, PICTURE, MediaLimits()) as checked:
        assert checked.facts.size == len(make.png())


def test_a_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(FileTooLarge) as refusal:
        inspect(Unread(bytes(101)), PICTURE, MediaLimits(image_bytes=100))

    assert refusal.value.status == 413
    assert refusal.value.details["limit"] == 100
    assert refusal.value.message == (
        "The file has 101 bytes. Allowed for a file of type 'image' are 100 bytes."
    )


def test_a_file_of_just_the_allowed_size_is_taken() -> None:
    limits = MediaLimits(image_bytes=len(make.png()))

    inspect(io.BytesIO(make.png()), PICTURE, limits).close()


def test_pictures_and_sounds_have_their_own_limit() -> None:
    limits = MediaLimits(image_bytes=10, sound_bytes=len(make.wav()))

    inspect(io.BytesIO(make.wav()), DeclaredFile("a.wav", None, "sound"), limits).close()


def test_videos_are_refused_before_they_are_read() -> None:
    with pytest.raises(UnsupportedMedia) as refusal:
        inspect(Unread(b"x"), DeclaredFile("a.mp4", "video/mp4", "video"), MediaLimits())

    assert refusal.value.reason == "VIDEO"


def test_the_facts_of_a_picture() -> None:
    with inspect(
        io.BytesIO(make.jpeg((1920, 1080))),
        DeclaredFile("my pic.jpg", None, "image"),
        MediaLimits(),
    ) as checked:
        facts = checked.facts.as_metadata()

    assert facts.pop("placeholder").startswith("data:image/webp;base64,")
    assert len(facts.pop("sha256")) == 64
    assert facts == {
        "size": len(make.jpeg((1920, 1080))),
        "mimeType": "image/jpeg",
        "originalName": "my pic.jpg",
        "width": 1920,
        "height": 1080,
        "frames": 1,
        "dominantColor": facts["dominantColor"],
    }
    assert [(t.box, t.width, t.height, t.mime_type) for t in checked.thumbnails] == [
        (320, 320, 180, "image/webp"),
        (960, 960, 540, "image/webp"),
    ]


def test_the_facts_of_a_sound() -> None:
    with inspect(
        io.BytesIO(make.wav()), DeclaredFile("s.wav", None, "sound"), MediaLimits()
    ) as checked:
        facts = checked.facts.as_metadata()

    assert len(facts.pop("peaks")) == 250
    assert len(facts.pop("sha256")) == 64
    assert facts == {
        "size": len(make.wav()),
        "mimeType": "audio/wav",
        "originalName": "s.wav",
        "duration": 0.5,
        "sampleRate": 8000,
        "channels": 1,
    }
    assert checked.thumbnails == ()


@pytest.mark.parametrize("name", ["jpg", "png", "gif", "webp", "mp3", "wav", "ogg"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_damaged_bytes_are_refused_or_taken_and_never_fail(name: str, data: st.DataObject) -> None:
    whole = {
        "jpg": make.jpeg(exif=make.exif(6), icc_profile=make.SRGB_PROFILE),
        "png": make.animated("PNG"),
        "gif": make.gif(3),
        "webp": make.webp(exif=make.exif(6)),
        "mp3": make.id3((b"TIT2", b"\x00x")) + make.mp3(),
        "wav": make.wav((b"LIST", b"INFO")),
        "ogg": make.ogg(),
    }[name]
    broken = bytearray(whole)
    places = st.integers(0, len(broken) - 1)
    for place in data.draw(st.lists(places, max_size=6)):
        broken[place] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del broken[data.draw(places) :]
    kind = DeclaredFile(f"a.{name}", None, "sound" if name in ("mp3", "wav", "ogg") else "image")

    code, reason = outcome(kind, bytes(broken))

    assert (code == "ACCEPTED") is (reason == "")
