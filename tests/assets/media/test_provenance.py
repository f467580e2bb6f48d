"""Does a generated file say so itself, in a way that others and our own upload understand?"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import mutagen
import pytest
from PIL import Image, ImageChops

from assets.errors import UnsupportedMedia
from assets.media.facts import DeclaredFile, MediaLimits
from assets.media.inspection import inspect
from assets.media.provenance import GENERATED, Provenance, write_provenance
from tests.assets import crafting as make
from tests.assets.hostile_sounds import ogg_with_comments

MADE = Provenance("acme <model-1>", datetime(2026, 11, 20, 9, 30, tzinfo=UTC))
PICTURES = {
    "jpeg": ("image/jpeg", make.jpeg(icc_profile=make.SRGB_PROFILE)),
    "png": ("image/png", make.saved(make.picture("P"), "PNG", transparency=3)),
    "webp": ("image/webp", make.webp()),
    "webp-lossless": ("image/webp", make.saved(make.picture("RGBA"), "WEBP", lossless=True)),
    "webp-animated": ("image/webp", make.animated("WEBP")),
}
SOUNDS = {
    "mp3": ("audio/mpeg", make.mp3()),
    "wav": ("audio/wav", make.wav()),
    "vorbis": ("audio/ogg", ogg_with_comments()),
    "opus": ("audio/ogg", make.ogg("libopus")),
}


def written(folder: Path, mime_type: str, data: bytes) -> bytes:
    source, target = folder / "source", folder / "target"
    source.write_bytes(data)
    write_provenance(source, target, mime_type, MADE)
    assert source.read_bytes() == data
    return target.read_bytes()


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_carries_it_as_xmp_and_stays_the_same(name: str, tmp_path: Path) -> None:
    mime_type, sent = PICTURES[name]

    marked = written(tmp_path, mime_type, sent)

    before, after = Image.open(io.BytesIO(sent)), Image.open(io.BytesIO(marked))
    xmp = after.info["xmp"]
    xmp = xmp if isinstance(xmp, bytes) else xmp.encode()
    assert GENERATED.encode() in xmp
    assert b"acme &lt;model-1&gt;" in xmp
    assert b"2026-11-20T09:30:00+00:00" in xmp
    assert ImageChops.difference(before.convert("RGBA"), after.convert("RGBA")).getbbox() is None
    assert getattr(after, "n_frames", 1) == getattr(before, "n_frames", 1)


@pytest.mark.parametrize("name", SOUNDS)
def test_a_sound_carries_it_as_a_tag(name: str, tmp_path: Path) -> None:
    mime_type, sent = SOUNDS[name]

    marked = written(tmp_path, mime_type, sent)

    tags = mutagen.File(io.BytesIO(marked)).tags
    if mime_type == "audio/ogg":
        assert tags["DIGITAL_SOURCE_TYPE"] == [GENERATED]
        assert tags["AI_SYSTEM_USED"] == ["acme <model-1>"]
    else:
        assert tags["TXXX:DIGITAL_SOURCE_TYPE"].text == [GENERATED]
        assert tags["TXXX:AI_SYSTEM_USED"].text == ["acme <model-1>"]
        assert GENERATED.encode() in tags.getall("PRIV")[0].data


@pytest.mark.parametrize("name", [*PICTURES, *SOUNDS])
def test_uploaded_again_the_mark_becomes_a_fact(name: str, tmp_path: Path) -> None:
    mime_type, sent = {**PICTURES, **SOUNDS}[name]
    marked = written(tmp_path, mime_type, sent)
    kind = DeclaredFile("", None, "image" if name in PICTURES else "sound")

    with inspect(io.BytesIO(sent), kind, MediaLimits()) as plain:
        assert "aiGenerated" not in plain.facts.as_metadata()
        with inspect(io.BytesIO(marked), kind, MediaLimits()) as again:
            assert again.facts.as_metadata()["aiGenerated"] is True
            assert again.cleaned is True
            assert GENERATED.encode() not in again.path.read_bytes()
            assert again.facts.sound == plain.facts.sound


def test_a_gif_has_no_place_for_it(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedMedia) as refusal:
        written(tmp_path, "image/gif", make.gif())

    assert refusal.value.reason == "NO_PROVENANCE"
