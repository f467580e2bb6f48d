from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, EntryPoints
from typing import Any, ClassVar

import pytest

from generation.providers import PROVIDERS, options
from generation.providers.coqui import Coqui
from generation.providers.mock import Mock
from generation.providers.options import (
    BadOptions,
    RetiredProvider,
    checked_options,
    open_provider,
    option,
    provider_kind,
    provider_names,
)
from generation.providers.replicate import Replicate


def complaints(config: Mapping[str, Any]) -> tuple[str, ...]:
    with pytest.raises(BadOptions) as refused:
        open_provider(config)
    return refused.value.complaints


def test_a_name_of_the_table_with_its_options() -> None:
    opened = open_provider(
        {"BACKEND": "replicate", "OPTIONS": {"api_key": "r8_x", "wait_seconds": 5}}
    )

    assert opened == Replicate(api_key="r8_x", wait_seconds=5)


def test_without_options() -> None:
    assert open_provider({"BACKEND": "mock"}) == Mock()


def test_a_dotted_path() -> None:
    assert open_provider({"BACKEND": "generation.providers.coqui.Coqui"}) == Coqui()


def test_an_entry_point_of_an_installed_package(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("elsewhere", "generation.providers.coqui:Coqui", "storycore.providers")

    def installed(group: str) -> EntryPoints:
        return EntryPoints([point] if group == "storycore.providers" else [])

    monkeypatch.setattr(options, "entry_points", installed)

    assert open_provider({"BACKEND": "elsewhere"}) == Coqui()
    assert provider_names() == (*PROVIDERS, "elsewhere")


def test_our_own_name_wins_over_an_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("mock", "generation.providers.coqui:Coqui", "storycore.providers")
    monkeypatch.setattr(options, "entry_points", lambda **_: EntryPoints([point]))

    assert open_provider({"BACKEND": "mock"}) == Mock()
    assert provider_names() == tuple(PROVIDERS)


def test_lists_become_tuples_and_whole_numbers_floats() -> None:
    taken = checked_options(
        Coqui, "coqui", {"voices": ["p225", "p226"], "timeout_seconds": 30, "max_bytes": 10}
    )

    assert taken == {"voices": ("p225", "p226"), "timeout_seconds": 30.0, "max_bytes": 10}
    assert type(taken["timeout_seconds"]) is float


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({}, ("BACKEND names the provider",)),
        ({"BACKEND": ""}, ("there is no such provider",)),
        ({"BACKEND": None}, ("BACKEND names the provider",)),
        ({"BACKEND": "mock", "OPTIONS": "x"}, ("BACKEND names the provider",)),
        ({"BACKEND": "mock", "OPTION": {}}, ("unknown key 'OPTION'",)),
        ({"BACKEND": "nobody"}, ("there is no such provider",)),
        ({"BACKEND": "nowhere.Nobody"}, ("it cannot be imported (No module named 'nowhere')",)),
        (
            {"BACKEND": "generation.providers.coqui.Cocky"},
            (
                "it cannot be imported (module 'generation.providers.coqui' has no attribute 'Cocky')",
            ),
        ),
        (
            {"BACKEND": "generation.providers.base.Order"},
            ("it is no dataclass with a provider's methods",),
        ),
        (
            {"BACKEND": "generation.providers.base.host_of"},
            ("it is no dataclass with a provider's methods",),
        ),
        (
            {"BACKEND": "replicate", "OPTIONS": {"key": "x"}},
            ("unknown option 'key'", "option 'api_key' is missing"),
        ),
        ({"BACKEND": "replicate", "OPTIONS": {"api_key": ""}}, ("option 'api_key' is empty",)),
        ({"BACKEND": "replicate", "OPTIONS": {"api_key": 5}}, ("option 'api_key' must be a text",)),
        (
            {"BACKEND": "coqui", "OPTIONS": {"max_characters": "many"}},
            ("option 'max_characters' must be a whole number",),
        ),
        (
            {"BACKEND": "coqui", "OPTIONS": {"max_characters": True}},
            ("option 'max_characters' must be a whole number",),
        ),
        (
            {"BACKEND": "coqui", "OPTIONS": {"timeout_seconds": "1"}},
            ("option 'timeout_seconds' must be a number",),
        ),
        (
            {"BACKEND": "coqui", "OPTIONS": {"timeout_seconds": 0.5}},
            ("option 'timeout_seconds' must be 1 to 3600",),
        ),
        (
            {"BACKEND": "coqui", "OPTIONS": {"voices": "p225"}},
            ("option 'voices' must be a list of texts",),
        ),
        (
            {"BACKEND": "coqui", "OPTIONS": {"voices": ["p225", 1]}},
            ("option 'voices' must be a list of texts",),
        ),
        (
            {"BACKEND": "elevenlabs", "OPTIONS": {"api_key": "k", "force_instrumental": "yes"}},
            ("option 'force_instrumental' must be true or false",),
        ),
        (
            {"BACKEND": "comfyui", "OPTIONS": {"workflow": "{}"}},
            ("option 'workflow' must be an object",),
        ),
        (
            {"BACKEND": "comfyui", "OPTIONS": {"workflow": {1: "{prompt}"}}},
            ("option 'workflow' must be an object",),
        ),
        (
            {"BACKEND": "comfyui", "OPTIONS": {"workflow": {"1": {"inputs": {}}}}},
            ("option 'workflow' has no {prompt}",),
        ),
        (
            {"BACKEND": "huggingface", "OPTIONS": {"api_key": "hf_x", "provider": "nobody"}},
            (
                (
                    "option 'provider' must be one of hf-inference, fal-ai, replicate, together, nscale, "
                    "wavespeed, zai-org"
                ),
            ),
        ),
        (
            {"BACKEND": "openai_compatible", "OPTIONS": {"sizes": ["1024x1024", "big"]}},
            ("option 'sizes' holds 'big'",),
        ),
        (
            {
                "BACKEND": "http",
                "OPTIONS": {"base_url": "http://x", "tasks": ["image", "film"], "path": "go"},
            },
            ("option 'tasks' holds 'film'", "option 'path' must start with /"),
        ),
    ],
)
def test_every_fault_is_named(config: Mapping[str, Any], expected: tuple[str, ...]) -> None:
    assert complaints(config) == expected


@pytest.mark.parametrize(
    "url",
    ["ftp://x.org", "x.org", "https://", "https://user@x.org", "https://u:p@x.org", "https://x.org?a=b",
     "https://x.org#a", "https://x.org:port", "https://x.org:99999", "https://[::1"],
)  # fmt: skip
def test_an_address_has_to_be_plain(url: str) -> None:
    assert complaints({"BACKEND": "coqui", "OPTIONS": {"base_url": url}}) == (
        "option 'base_url' must be an address such as https://example.org, without user, query or fragment",
    )


@pytest.mark.parametrize(
    "url", ["https://x.org", "http://127.0.0.1:5002", "http://[::1]:5002", "https://x.org/api/"]
)
def test_plain_addresses(url: str) -> None:
    assert open_provider({"BACKEND": "coqui", "OPTIONS": {"base_url": url}}) == Coqui(base_url=url)


def test_the_message_lists_what_is_valid_and_no_secret() -> None:
    with pytest.raises(BadOptions) as refused:
        open_provider({"BACKEND": "fal", "OPTIONS": {"api_key": 12345678, "model": "x"}})

    assert str(refused.value) == (
        "Options of provider 'fal': unknown option 'model'; option 'api_key' must be a text. Valid are "
        "api_key (required), base_url, image_model, speech_model, music_model, effect_model, other_models, "
        "speech_field, extra_input, result_hosts, poll_seconds, timeout_seconds, max_bytes."
    )


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(BadOptions) as refused:
        provider_kind("nobody")

    assert refused.value.valid == (*PROVIDERS, "the dotted path of a class")


def test_playht_refuses_with_the_date_and_the_replacements() -> None:
    with pytest.raises(RetiredProvider) as refused:
        open_provider({"BACKEND": "playht", "OPTIONS": {"api_key": "x", "user_id": "y"}})

    assert str(refused.value) == (
        "Provider 'playht': its API ended on 31 December 2025. Valid are elevenlabs, openai_compatible, "
        "huggingface, replicate, coqui, local."
    )


def test_a_secret_is_not_printed() -> None:
    assert "r8_secret" not in repr(
        open_provider({"BACKEND": "replicate", "OPTIONS": {"api_key": "r8_secret"}})
    )


@dataclass(frozen=True)
class Plain:
    """A dataclass with options of its own, declared without `option`."""

    name: ClassVar[str] = "plain"
    bare: int
    listed: tuple[str, ...] = ()
    computed: Mapping[str, str] = option({}, means="a mapping")


def test_options_may_be_declared_as_plain_fields() -> None:
    assert checked_options(Plain, "plain", {"bare": 3}) == {"bare": 3}
    with pytest.raises(BadOptions) as refused:
        checked_options(Plain, "plain", {"bare": "3"})
    assert refused.value.complaints == ("option 'bare' must be a whole number",)
