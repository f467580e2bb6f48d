"""What is asked of a provider, what is sent, what came back, and what follows: the words all adapters share.

An adapter is a frozen dataclass whose fields are its options. It sends nothing itself: it builds a
Call from an Order and reads the Reply, so a job can store where it stands and no worker has to wait.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Literal, Protocol, Self, TypeAlias, runtime_checkable
from urllib.parse import urlsplit

JSON: TypeAlias = "str | int | float | bool | Sequence[JSON] | Mapping[str, JSON] | None"
Task = Literal["image", "speech", "music", "effect", "text", "video"]
TASKS: tuple[Task, ...] = ("image", "speech", "music", "effect", "text")
"""What words alone can order."""

ALL_TASKS: tuple[Task, ...] = (*TASKS, "video")
"""A video is made from a narration and pictures, so only a project orders one."""

# The stages of one piece of work. An adapter may have more; these are the ones that have a meaning
# outside of it: `create` may cost money, `download` fetches a finished result and may be repeated.
CREATE = "create"
POLL = "poll"
RESULT = "result"
DOWNLOAD = "download"

# What stands before it is what people see of a stage: `poll:queue` is another way to look.
STAGE_PART = ":"

# A call is stored with its job, so these travel only by `authorization()`.
SECRET_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "xi-api-key", "x-api-key", "api-key"}
)


@dataclass(frozen=True)
class Order:
    """One thing to be made.

    `parameters` holds what the caller asked for, absent or None where nothing was asked: model,
    negative_prompt, width, height (pixels), seed, style, voice, language, speed (1 is normal),
    duration_seconds, system, max_tokens, temperature. `idempotency_key` is the same for every try.
    `kind` is set where the order is more than its task: a stage of a video project (script, narration,
    picture, video).
    """

    task: Task
    prompt: str
    parameters: Mapping[str, JSON] = field(default_factory=dict)
    idempotency_key: str = ""
    webhook_url: str | None = None
    kind: str = ""


_LISTS = ("allowed_hosts", "listen_until")


@dataclass(frozen=True)
class Call:
    """One HTTP request, as plain data that a job can store: it never holds a key.

    `paid` marks a request that may cost money each time it is sent; unless `idempotent`, it is not
    sent again when nobody knows whether it arrived. `untrusted` marks an address that came out of an
    answer: it is fetched without a key, only over public addresses, and only from `allowed_hosts`
    (a host, or `.example.org` for every host below it) when that is not empty. `timeout_seconds` is
    for the whole exchange and `max_bytes` for the whole body.

    `optional` marks a question whose answer is only shown: whatever goes wrong, the reply then has the
    status 0 and no body. With `listen_seconds` nothing is asked: a WebSocket is opened and what it says is
    the body, a message a line, until a message's `type` is one of `listen_until` or the time is over.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    json: JSON | None = None
    params: Mapping[str, str] | None = None
    form: Mapping[str, str] | None = None
    timeout_seconds: float = 60.0
    max_bytes: int = 20_000_000
    paid: bool = False
    idempotent: bool = False
    untrusted: bool = False
    allowed_hosts: tuple[str, ...] = ()
    optional: bool = False
    listen_seconds: float = 0.0
    listen_until: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        leaked = SECRET_HEADERS & {name.lower() for name in self.headers}
        if leaked:
            raise ValueError(f"A call is stored, so it may not hold {', '.join(sorted(leaked))}.")

    def to_json(self) -> dict[str, Any]:
        """Plain values for a document."""
        return {**asdict(self), **{name: list(getattr(self, name)) for name in _LISTS}}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Self:
        """The call that a job remembers."""
        return cls(**{**record, **{name: tuple(record.get(name) or ()) for name in _LISTS}})


@dataclass(frozen=True)
class Reply:
    """What came back, whole; header names in lower case, `url` the address that answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str = ""


@dataclass(frozen=True)
class Media:
    """A finished picture or sound, as hostile as any upload: nothing in it was looked at.

    `usage` holds what it took in the provider's own units, `details` what is worth keeping with the
    asset (model, seed, the provider's id).
    """

    body: bytes = field(repr=False)
    declared_type: str | None = None
    usage: Mapping[str, JSON] = field(default_factory=dict)
    details: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True)
class Text:
    """A finished text."""

    text: str
    usage: Mapping[str, JSON] = field(default_factory=dict)
    model: str | None = None
    details: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True)
class Next:
    """Not the end yet: send `call` after `delay_seconds` and read its answer as `stage`.

    `provider_ref` is what `cancel` takes; it is stored before anything else is done, so that a
    restart goes on instead of paying again. `progress` is 0 to 100 where the provider tells it.
    `usage` and `details` are known already and no later answer repeats them: the job keeps them and
    adds those of the media.
    """

    call: Call
    stage: str
    delay_seconds: float = 0.0
    progress: int | None = None
    message: str | None = None
    provider_ref: str | None = None
    usage: Mapping[str, JSON] = field(default_factory=dict)
    details: Mapping[str, JSON] = field(default_factory=dict)

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        """Where an untrusted call may be fetched from; empty: any public host."""
        return self.call.allowed_hosts


Answer = Media | Text | Next


@dataclass(frozen=True)
class Offers:
    """What a provider can do, as data: checks at start-up, estimates, docs and the admin read it.

    Per task: `models` (the first is the one that is used unless an order names another),
    `cost_units` (what the price counts: "picture", "character", "second", "token", "run", or
    "nothing" for own machines), `parameters` (those of an order that have an effect here),
    `max_prompt_characters`. `sizes` lists the only sizes of a picture; empty: any.
    """

    tasks: tuple[Task, ...]
    models: Mapping[Task, tuple[str, ...]]
    cost_units: Mapping[Task, str]
    parameters: Mapping[Task, tuple[str, ...]] = field(default_factory=dict)
    max_prompt_characters: Mapping[Task, int] = field(default_factory=dict)
    sizes: tuple[tuple[int, int], ...] = ()
    voices: tuple[str, ...] = ()
    cancels: bool = False
    idempotent: bool = False
    webhooks: bool = False

    def seeded(self, task: Task) -> bool:
        """Whether the same order with the same seed can be expected to give the same result."""
        return "seed" in self.parameters.get(task, ())


class Provider(Protocol):
    """A place where something is made. Everything here is pure: no network, clock, settings."""

    name: ClassVar[str]

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts (with the port, where it is not the scheme's own) that get the key."""
        ...

    @property
    def secrets(self) -> tuple[str, ...]:
        """The keys, to be cut out of everything that is logged or stored."""
        ...

    def offers(self) -> Offers:
        """What this provider can do, with these options."""
        ...

    def request(self, order: Order) -> Call:
        """The first call for an order. Raises WrongInput for what it cannot make."""
        ...

    def read(self, reply: Reply, stage: str, order: Order) -> Answer:
        """What the answer to the call of this stage means (`create` is the first one's).

        Raises one class of failures.py per row of the error table.
        """
        ...

    def authorization(self) -> Mapping[str, str]:
        """The headers with the key; the sender adds them where `may_carry_key` says so."""
        ...

    def cancel(self, provider_ref: str) -> Call | None:
        """The call that stops the work; None where the provider has none."""
        ...


def probing_call(url: str) -> Call:
    """A GET that only wants to know whether somebody answers."""
    return Call("GET", url, timeout_seconds=10.0, max_bytes=5_000_000)


def host_of(url: str) -> str:
    """The host of an address in lower case, with its port unless that is the scheme's own."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    own = {"http": 80, "https": 443, "ws": 80, "wss": 443}.get(parts.scheme)
    return host if parts.port in (None, own) else f"{host}:{parts.port}"


def may_carry_key(provider: Provider, call: Call) -> bool:
    """Whether the key may travel with this call: only to the provider's own hosts."""
    return not call.untrusted and host_of(call.url) in provider.hosts


def is_allowed_host(url: str, allowed_hosts: Sequence[str]) -> bool:
    """Whether an untrusted address lies in the list; an empty list allows every host."""
    host = host_of(url)
    return not allowed_hosts or any(
        host == allowed or (allowed.startswith(".") and host.endswith(allowed))
        for allowed in allowed_hosts
    )


@runtime_checkable
class AskableProvider(Protocol):
    """A provider that has a question which costs nothing: does it answer, and does it accept the key?"""

    def probe(self) -> Call:
        """That question. Any answer but a refusal of the key or a failure of the server is a good one."""
        ...


@runtime_checkable
class BatchProvider(Protocol):
    """A provider that can be asked for many pictures with one call."""

    def request_batch(self, orders: Sequence[Order]) -> Call | None:
        """The call for all of them, or None: then each is asked for alone."""
        ...

    def read_batch(self, reply: Reply, orders: Sequence[Order]) -> list[Call | None]:
        """The calls that fetch the results in the order of `orders`; None for one that is not there."""
        ...
