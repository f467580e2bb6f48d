"""Sentences, their times, and the two formats of captions."""

from __future__ import annotations

import pytest

from generation.engines.captions import captions_by_length, sentences_of, srt_of, vtt_of, wrapped


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three? Four…", ["One.", "Two!", "Three?", "Four…"]),
        ("Dr. Who met Mrs. Peel. They left.", ["Dr. Who met Mrs. Peel.", "They left."]),
        ("It is 3.5 m, z. B. here. Yes.", ["It is 3.5 m, z. B. here.", "Yes."]),
        ("A line\nanother line\n\n", ["A line", "another line"]),
        ("« Bonjour. » Puis rien.", ["« Bonjour.", "» Puis rien."]),
        ("", []),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert sentences_of(text) == sentences


def test_times_follow_the_letters_and_fill_the_length() -> None:
    captions = captions_by_length("Short. This one is a good deal longer than that.", 10.0)

    assert captions[0]["start"] == 0.0
    assert captions[0]["end"] == captions[1]["start"]
    assert captions[1]["end"] == pytest.approx(10.0)
    assert captions[0]["end"] < 3


def test_the_files_are_what_players_read() -> None:
    captions = [
        {"text": "First <i>line</i> --> & more", "start": 0.0, "end": 1.25},
        {"text": "x " * 40, "start": 3661.5, "end": 3662.0},
    ]

    srt, vtt = srt_of(captions), vtt_of(captions)

    assert srt.startswith("1\n00:00:00,000 --> 00:00:01,250\nFirst <i>line</i> → & more\n\n2\n")
    assert "01:01:01,500 --> 01:01:02,000" in srt
    assert vtt.startswith(
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.250\nFirst &lt;i&gt;line&lt;/i&gt; → "
    )
    assert max(map(len, srt.splitlines())) <= 42


def test_a_word_that_is_too_long_stands_alone() -> None:
    assert wrapped("a bb " + "c" * 50, 10) == ["a bb", "c" * 50]
