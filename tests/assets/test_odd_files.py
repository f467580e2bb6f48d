"""Are strange but valid files taken, with the right facts?"""

from __future__ import annotations

import hashlib
import io

import pytest

from assets.media.facts import MediaLimits
from assets.media.inspection import inspect
from tests.assets.odd_files import OddFile, odd_files

FILES = tuple(odd_files())


def test_there_are_at_least_twenty() -> None:
    assert len({file.name for file in FILES}) >= 20


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name or "nameless")
def test_taken_with_its_facts(file: OddFile) -> None:
    with inspect(io.BytesIO(file.data), file.declared, MediaLimits()) as checked:
        stored = checked.path.read_bytes()
        metadata = checked.facts.as_metadata()

    assert metadata["mimeType"] == file.mime_type
    assert {name: metadata.get(name) for name in file.facts} == file.facts
    assert checked.cleaned is file.cleaned
    assert (stored != file.data) is file.cleaned
    assert metadata["size"] == len(stored)
    assert metadata["sha256"] == hashlib.sha256(stored).hexdigest()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name or "nameless")
def test_what_was_stored_needs_no_second_cleaning(file: OddFile) -> None:
    with inspect(io.BytesIO(file.data), file.declared, MediaLimits()) as checked:
        stored = checked.path.read_bytes()

    with inspect(io.BytesIO(stored), file.declared, MediaLimits()) as again:
        assert again.cleaned is False
        assert again.facts == checked.facts
