"""Is a stored sound the sent one without its tags, and is its decoder kept in bounds?"""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest

from assets.errors import CorruptFile, SoundTooLong
from assets.media.anatomy import SoundAnatomy
from assets.media.decoding import decode_sound
from assets.media.facts import DeclaredFile, MediaLimits, SoundFacts
from assets.media.formats import OGG
from assets.media.inspection import inspect
from assets.media.sounds import decode_facts
from assets.media.waveform import Waveform
from tests.assets import crafting as make
from tests.assets.hostile_sounds import ogg_with_comments

COVER = make.id3((b"TIT2", b"\x00secret title"), (b"PRIV", b"secret owner"))


def checked(data: bytes, name: str = "", **limits: int) -> tuple[bytes, SoundFacts]:
    with inspect(
        io.BytesIO(data), DeclaredFile(name, None, "sound"), MediaLimits(**limits)
    ) as media:
        assert media.facts.sound is not None
        return media.path.read_bytes(), media.facts.sound


def test_tags_go_and_every_frame_stays() -> None:
    assert checked(COVER + make.mp3() + b"TAG" + b"secret".ljust(125))[0] == make.mp3()


def test_lists_go_and_every_sample_stays() -> None:
    assert checked(make.wav((b"LIST", b"INFOsecret"), (b"bext", b"secret" * 100)))[0] == make.wav()


@pytest.mark.parametrize("codec", ["libvorbis", "libopus"])
def test_comments_go_and_every_sample_stays(codec: str, tmp_path: Path) -> None:
    sent = make.encoded(codec, "ogg", 1.0, "-metadata", "title=secret title")
    assert b"secret title" in sent

    kept, _ = checked(sent)

    assert b"secret" not in kept
    assert b"Lavf" not in kept
    assert samples_of(kept, tmp_path) == samples_of(sent, tmp_path)


def samples_of(data: bytes, folder: Path) -> tuple[float, tuple[float, ...]]:
    path = folder / "sound.ogg"
    path.write_bytes(data)
    codecs = ("vorbis", "libvorbis", "opus", "libopus")
    decoded = decode_sound(path, "ogg", codecs, 1.0, MediaLimits())
    return decoded.seconds, decoded.peaks


def test_comments_of_every_part_of_a_chain_go() -> None:
    first, second = ogg_with_comments(b"TITLE=secret one"), ogg_with_comments(b"TITLE=secret two")

    kept, facts = checked(first + second)

    assert b"secret" not in kept
    assert facts.duration == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize(
    ("data", "seconds", "rate", "channels"),
    [
        (make.wav(seconds=2.0), 2.0, 8000, 1),
        (make.mp3(3.0), 3.0, 44_100, 1),
        (make.encoded("libmp3lame", "mp3", 2.0, "-ac", "2"), 2.0, 44_100, 2),
        (make.ogg("libvorbis", 3.0), 3.0, 44_100, 1),
        (make.ogg("libopus", 3.0), 3.0, 48_000, 1),
    ],
)
def test_length_rate_and_channels(data: bytes, seconds: float, rate: int, channels: int) -> None:
    _, facts = checked(data)

    assert facts.duration == pytest.approx(seconds, abs=0.06)
    assert (facts.sample_rate, facts.channels) == (rate, channels)


def test_peaks_rise_with_a_sound_that_fades_in() -> None:
    _, facts = checked(make.wav(seconds=2.0))

    assert len(facts.peaks) == 254
    assert all(0 <= peak <= 1 for peak in facts.peaks)
    assert facts.peaks[20] < facts.peaks[120] < facts.peaks[240]
    assert max(facts.peaks) == pytest.approx(10_000 / 32_768, abs=0.02)


def test_a_longer_sound_than_promised_still_has_at_most_256_peaks() -> None:
    waveform = Waveform(0.01)

    waveform.read(io.BytesIO(b"\x00\x40" * 8000))

    assert waveform.samples == 8000
    assert 128 <= len(waveform.peaks()) <= 256
    assert set(waveform.peaks()) == {0.5}


def test_the_loudest_sample_counts_whatever_its_sign() -> None:
    waveform = Waveform(1.0)

    waveform.read(io.BytesIO(b"\x00\x80" + b"\x00\x00" * 31))

    assert waveform.peaks() == (1.0,)


def test_seconds_are_limited() -> None:
    checked(make.wav(seconds=2.0), sound_seconds=2)
    with pytest.raises(SoundTooLong) as refusal:
        checked(make.wav(seconds=2.1), sound_seconds=2)

    assert refusal.value.details["limit"] == 2


def test_a_decoder_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "long.mp3"
    path.write_bytes(make.mp3(60.0) * 30)
    started = time.monotonic()

    with pytest.raises(CorruptFile) as refusal:
        decode_sound(path, "mp3", ("mp3float",), 1800.0, MediaLimits(decode_seconds=0))

    assert refusal.value.reason == "UNDECODABLE"
    assert time.monotonic() - started < 20


def test_a_decoder_that_takes_too_much_memory_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(make.wav(seconds=60.0))

    with pytest.raises(CorruptFile):
        decode_sound(path, "wav", ("pcm_s16le",), 60.0, MediaLimits(decoder_bytes=1 << 20))


@pytest.mark.parametrize(
    ("data", "demuxer", "codecs"),
    [
        (make.wav(), "mp3", ("mp3float",)),
        (make.wav(), "wav", ("mp3float",)),
        (make.ogg("flac"), "ogg", ("vorbis",)),
        (b"ffconcat version 1.0\nfile 'sound.wav'\n", "wav", ("pcm_s16le",)),
    ],
    ids=["other-container", "other-codec", "other-ogg", "playlist"],
)
def test_only_the_named_container_and_codecs_are_opened(
    data: bytes, demuxer: str, codecs: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(data)

    with pytest.raises(CorruptFile):
        decode_sound(path, demuxer, codecs, 0.5, MediaLimits())


def test_headers_that_no_reader_understands_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "sound.ogg"
    path.write_bytes(b"OggS but no more")

    with pytest.raises(CorruptFile) as refusal:
        decode_facts(path, OGG, SoundAnatomy(kept=(), seconds=1.0), MediaLimits())

    assert refusal.value.reason == "UNDECODABLE"


def test_half_a_sample_is_no_sound() -> None:
    waveform = Waveform(1.0)

    waveform.read(io.BytesIO(b"\x01"))

    assert (waveform.samples, waveform.peaks()) == (0, ())
