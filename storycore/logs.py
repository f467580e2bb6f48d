"""How does a log line look, and what may never be in one?

Every line of every logger (ours, Django's, the servers', the workers') goes through one formatter: JSON in
production, a readable line at a terminal. It carries the request id and passes `redacted` last.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any, Literal

import orjson
import structlog
from structlog.stdlib import ProcessorFormatter

REQUEST_ID: ContextVar[str] = ContextVar("storycore_request_id", default="")
"""The id of the request that this thread or task works for; empty outside of one."""

HIDDEN = "[hidden]"

Event = MutableMapping[str, Any]

_SECRET_NAMES = re.compile(
    r"(?i)^(authorization|proxy-authorization|cookie|set-cookie|x-api-key|.*password|.*passwd|.*secret(_\w+)?|"
    r".*api_?key|.*(access|refresh|auth|id|csrf)_?token|token)$"
)
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # Authorization: Bearer abc, 'Authorization': 'JWT abc', and a scheme with a token anywhere in a text.
    (re.compile(r"(?i)(authorization[\"']?\s*[:=]\s*[\"']?)[^\"'\r\n,}]+"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)\b(bearer|jwt|basic|token)(\s+)[A-Za-z0-9._~+/=-]{16,}"), rf"\1\2{HIDDEN}"),
    # A JSON web token on its own.
    (re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), HIDDEN),
    # Keys of providers and payment: hf_..., r8_..., sk_live_..., sk-..., whsec_..., key ids of AWS.
    (re.compile(r"\b(?:hf_|r8_|sk[_-]|rk_|pk_live_|whsec_|xi-)[A-Za-z0-9_-]{6,}"), HIDDEN),
    (re.compile(r"\bA[KS]IA[A-Z0-9]{16}\b"), HIDDEN),
    # The password in an address of a database, a broker or any other server.
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://[^\s:/@\"']*):[^\s/\"']*@"), rf"\1:{HIDDEN}@"),
    # What makes a signed address work, and one-time words in addresses.
    (
        re.compile(
            r"(?i)([?&](?:x-amz-signature|x-amz-credential|x-amz-security-token|x-goog-signature|signature|sig|"
            r"token|api_key|key|code|access_token|refresh_token)=)[^&\s\"'<>]+"
        ),
        rf"\1{HIDDEN}",
    ),
)


def redacted(text: str) -> str:
    """The text without keys, tokens, passwords in addresses and signatures."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def structured_formatter(style: Literal["json", "console"]) -> ProcessorFormatter:
    """The formatter that `LOGGING` in the settings names; `style` is LOG_FORMAT."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_request_id,
    ]
    render: structlog.typing.Processor = _render_json if style == "json" else _console()
    return ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder(), without_request],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact_event,
            render,
        ],
    )


def add_request_id(_logger: Any, _name: str, event: Event) -> Event:
    """Put the current request's id on the line; a line outside of a request has none."""
    request_id = REQUEST_ID.get()
    if request_id:
        event.setdefault("request_id", request_id)
    return event


def without_request(_logger: Any, _name: str, event: Event) -> Event:
    """Replace the request that Django hangs on a record by its id.

    Django tells of a failed request after the last middleware is done, so only the request still knows.
    """
    request_id = getattr(event.pop("request", None), "request_id", "")
    if request_id:
        event["request_id"] = request_id
    # What a formatter before ours has left on the record says the same once more.
    for name in ("message", "asctime", "taskName"):
        event.pop(name, None)
    return event


def redact_event(_logger: Any, _name: str, event: Event) -> Event:
    """Hide secrets in every text of the line, whatever it is nested in."""
    for name in list(event):
        event[name] = _without_secrets(name, event[name])
    return event


def _without_secrets(name: object, value: Any) -> Any:
    if isinstance(name, str) and value and _SECRET_NAMES.match(name):
        return HIDDEN
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, dict):
        return {str(key): _without_secrets(key, item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_without_secrets(None, item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return redacted(str(value))


def _render_json(_logger: Any, _name: str, event: Event) -> str:
    line = {"time": event.pop("timestamp", None), "level": event.pop("level", None)}
    line |= {"logger": event.pop("logger", None), "event": event.pop("event", None)} | dict(event)
    return orjson.dumps(line, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _console() -> structlog.typing.Processor:
    return structlog.dev.ConsoleRenderer(colors=False)
