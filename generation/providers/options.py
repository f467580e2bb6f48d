"""How are a provider's options declared, and which provider do {BACKEND, OPTIONS} of the settings mean?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any, cast, get_type_hints
from urllib.parse import urlsplit

from generation.providers import ENTRY_POINT_GROUP, PROVIDERS
from generation.providers.base import Provider

METHODS = ("offers", "request", "read", "authorization", "cancel")
WORDS: Mapping[Any, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    tuple[str, ...]: "a list of texts",
}


class BadOptions(ValueError):
    """The settings name no provider, or give it what it does not take.

    `complaints` says each fault in one sentence, `valid` lists what would be right.
    """

    def __init__(self, about: str, complaints: Sequence[str], valid: Sequence[str]) -> None:
        self.about = about
        self.complaints = tuple(complaints)
        self.valid = tuple(valid)
        super().__init__(f"{about}: {'; '.join(complaints)}. Valid are {', '.join(valid)}.")


class RetiredProvider(BadOptions):
    """The named provider has ended; `valid` lists what may be used instead."""

    def __init__(self, backend: str, ended: str, replacements: Sequence[str]) -> None:
        super().__init__(f"Provider {backend!r}", [f"its API ended on {ended}"], replacements)


@dataclass(frozen=True)
class Rules:
    """What a value has to be beyond its type; `url` is a base address, `between` includes both ends."""

    url: bool = False
    choices: tuple[str, ...] = ()
    between: tuple[float, float] | None = None


def option(default: Any = MISSING, *, means: str, secret: bool = False, **rules: Any) -> Any:
    """Declare an option: required without a default; its type is the field's.

    `means` is what the documentation says of it, `rules` are those of Rules. A secret is never shown.
    A mapping as default is shared, which frozen adapters that only read it may do.
    """
    metadata = {"means": means, "secret": secret, "rules": Rules(**rules)}
    if isinstance(default, Mapping):
        return field(default_factory=lambda: default, repr=not secret, metadata=metadata)
    return field(default=default, repr=not secret, metadata=metadata)


def open_provider(config: Mapping[str, Any]) -> Provider:
    """The provider that {"BACKEND": name, "OPTIONS": {...}} means. Nothing is connected.

    Raises BadOptions for an unknown name, and for unknown, missing or ill-typed options.
    """
    strange = sorted(set(config) - {"BACKEND", "OPTIONS"})
    backend, options = config.get("BACKEND"), config.get("OPTIONS") or {}
    if strange or not isinstance(backend, str) or not isinstance(options, Mapping):
        raise BadOptions(
            "Provider settings",
            [f"unknown key {name!r}" for name in strange] or ["BACKEND names the provider"],
            ["BACKEND (required)", "OPTIONS"],
        )
    kind = provider_kind(backend)
    return cast("Provider", kind(**checked_options(kind, backend, options)))


def provider_names() -> tuple[str, ...]:
    """Every short name that BACKEND may hold: ours, then those of installed packages."""
    return (*PROVIDERS, *sorted(set(_entry_points()) - set(PROVIDERS)))


def provider_kind(backend: str) -> type[Any]:
    """The class of a name of our table, an entry point, or a dotted path.

    Raises BadOptions; RetiredProvider for one that has ended.
    """
    try:
        if backend in PROVIDERS:
            kind = _imported(PROVIDERS[backend])
        elif backend in _entry_points():
            kind = _entry_points()[backend].load()
        elif "." in backend:
            kind = _imported(backend)
        else:
            raise _bad_backend(backend, "there is no such provider")
    except (ImportError, AttributeError) as error:
        raise _bad_backend(backend, f"it cannot be imported ({error})") from error
    if hasattr(kind, "ended"):
        raise RetiredProvider(backend, kind.ended, kind.replacements)
    if not (isinstance(kind, type) and is_dataclass(kind) and _is_complete(kind)):
        raise _bad_backend(backend, "it is no dataclass with a provider's methods")
    return kind


def checked_options(kind: type[Any], about: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options as the dataclass takes them (lists as tuples, whole numbers as floats).

    Raises BadOptions with every fault at once. A secret's value is never repeated.
    """
    known = {item.name: item for item in fields(kind) if item.init}
    types = get_type_hints(kind)
    complaints = [f"unknown option {name!r}" for name in sorted(set(options) - set(known))]
    taken: dict[str, Any] = {}
    for name, item in known.items():
        if name not in options:
            complaints += [f"option {name!r} is missing"] if _is_required(item) else []
            continue
        value = _as_type(options[name], types[name])
        fault = _fault(value, item, types[name])
        complaints += [f"option {name!r} {fault}"] if fault else []
        taken[name] = value
    if complaints:
        raise BadOptions(f"Options of provider {about!r}", complaints, _shown(known))
    return taken


def _shown(known: Mapping[str, Field[Any]]) -> list[str]:
    return [f"{name} (required)" if _is_required(item) else name for name, item in known.items()]


def _is_required(item: Field[Any]) -> bool:
    return item.default is MISSING and item.default_factory is MISSING


def _as_type(value: Any, expected: Any) -> Any:
    if expected == tuple[str, ...] and isinstance(value, list):
        return tuple(value)
    if expected is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _fault(value: Any, item: Field[Any], expected: Any) -> str | None:
    if not _is_of_type(value, expected):
        return f"must be {WORDS.get(expected, 'an object')}"
    if value == "" and _is_required(item):
        return "is empty"
    rules = item.metadata.get("rules", Rules())
    if rules.choices and value not in rules.choices:
        return f"must be one of {', '.join(rules.choices)}"
    if rules.url and value and not _is_base_url(value):
        return "must be an address such as https://example.org, without user, query or fragment"
    if rules.between and not rules.between[0] <= value <= rules.between[1]:
        return f"must be {rules.between[0]:g} to {rules.between[1]:g}"
    return None


def _is_of_type(value: Any, expected: Any) -> bool:
    if expected == tuple[str, ...]:
        return isinstance(value, tuple) and all(isinstance(item, str) for item in value)
    if expected in (str, int, float, bool):
        return type(value) is expected
    return isinstance(value, Mapping) and all(isinstance(name, str) for name in value)


def _is_base_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and plain and port_is_fine


def _entry_points() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP)}


def _imported(path: str) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


def _is_complete(kind: type[Any]) -> bool:
    return all(callable(getattr(kind, method, None)) for method in METHODS) and all(
        hasattr(kind, name) for name in ("name", "hosts", "secrets")
    )


def _bad_backend(backend: str, fault: str) -> BadOptions:
    return BadOptions(
        f"Provider {backend!r}", [fault], [*provider_names(), "the dotted path of a class"]
    )
