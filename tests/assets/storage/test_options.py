"""Is a wrong setting told before the first file is lost?"""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from assets.storage import STORES, open_store
from assets.storage.base import StoredFile

COMPLETE: dict[str, dict[str, Any]] = {
    "local": {"root": "files"},
    "s3": {"bucket": "b"},
    "cloudinary": {"cloud_name": "c", "api_key": "k", "api_secret": "s"},
}


@pytest.mark.parametrize("name", STORES)
def test_required_options_are_enough(name: str) -> None:
    assert open_store(name, COMPLETE[name]).name == name


def test_an_unknown_store_is_refused_with_the_valid_ones() -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        open_store("ftp", {})

    assert str(refusal.value) == "There is no storage 'ftp'. Valid are local, s3, cloudinary."


@pytest.mark.parametrize("name", STORES)
def test_an_unknown_option_is_refused_with_the_valid_ones(name: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="unknown: buket") as refusal:
        open_store(name, {**COMPLETE[name], "buket": "x"})

    for option in COMPLETE[name]:
        assert f"{option} (required)" in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "option"), [(n, o) for n, options in COMPLETE.items() for o in options]
)
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_or_empty_required_option_is_refused(
    name: str, option: str, value: str | None
) -> None:
    without = {key: text for key, text in COMPLETE[name].items() if key != option}

    for options in (without, {**without, option: value}):
        with pytest.raises(ImproperlyConfigured, match=f"missing: {option}"):
            open_store(name, options)


def test_the_whole_complaint() -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        open_store("local", {"path": "x"})

    assert str(refusal.value) == (
        "Options of storage 'local': unknown: path; missing: root. "
        "Valid are root (required), base_url, url_seconds."
    )


def test_a_record_without_extra_is_read() -> None:
    assert StoredFile.from_record({"key": "a", "backend": "local"}) == StoredFile("a", "local")
