"""What the fake provider remembers: every request, every charge, every run, and which faults are still due."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import asdict, dataclass, field
from itertools import count
from typing import Any

from generation.providers.mock_media import canned_picture, canned_sound
from tests.fakes.provider_faults import Fault, asked_in, stage_of

TYPES = {
    "image": "image/png",
    "speech": "audio/mpeg",
    "music": "audio/mpeg",
    "effect": "audio/mpeg",
}


@dataclass
class Charge:
    """One thing that was paid for; `delivered` counts how often its bytes left whole."""

    id: str
    provider: str
    task: str
    model: str
    prompt: str
    key: str | None
    delivered: int = 0


@dataclass
class Run:
    """A piece of work that goes on after its call."""

    charge: Charge
    polls: int = 0
    cancelled: bool = False
    seed: int = 0
    graph: dict[str, Any] = field(default_factory=dict)
    client: str = ""


@dataclass
class Seen:
    """One request as it came; the key itself is not kept, only whether there was one."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    had_key: bool


@dataclass
class Ledger:
    """Everything that tests read afterwards. `polls_needed` is how long a run goes on."""

    polls_needed: int = 2
    deaf_sockets: bool = False
    requests: list[Seen] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    runs: dict[str, Run] = field(default_factory=dict)
    cancels: list[str] = field(default_factory=list)
    scripts: list[tuple[str, Fault]] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    taken: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    replays: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)
    numbers: Any = field(default_factory=lambda: count(1))

    def reset(self) -> None:
        with self.lock:
            self.requests.clear()
            self.charges.clear()
            self.runs.clear()
            self.cancels.clear()
            self.scripts.clear()
            self.met.clear()
            self.taken.clear()
            self.replays = 0

    def script(
        self, match: str, name: str, times: int | None = None, stage: str | None = None
    ) -> None:
        """Let every order whose prompt contains `match` meet a fault, without a word in the prompt."""
        self.scripts.append((match, Fault(name, stage or stage_of(name), times)))

    def fault_for(self, prompt: str, stage: str) -> str | None:
        """The fault that this order meets now; it counts as met."""
        with self.lock:
            scripted = [fault for match, fault in self.scripts if match in prompt]
            for fault in [*asked_in(prompt), *scripted]:
                key = (prompt, fault.name, fault.stage)
                if fault.stage != stage or (
                    fault.times is not None and self.taken[key] >= fault.times
                ):
                    continue
                self.taken[key] += 1
                self.met[fault.name] += 1
                return fault.name
        return None

    def charge(self, provider: str, task: str, model: str, prompt: str, key: str | None) -> Charge:
        """Book a paid piece of work; the same key again is the same piece."""
        with self.lock:
            again = [one for one in self.charges if key and one.key == key]
            if again:
                self.replays += 1
                return again[0]
            made = Charge(f"{provider}-{next(self.numbers)}", provider, task, model, prompt, key)
            self.charges.append(made)
            return made

    def as_json(self) -> dict[str, Any]:
        with self.lock:
            return {
                "charges": [asdict(charge) for charge in self.charges],
                "requests": [asdict(request) for request in self.requests],
                "runs": {name: asdict(run) for name, run in self.runs.items()},
                "cancels": list(self.cancels),
                "met": dict(self.met),
                "replays": self.replays,
            }


def media_of(charge: Charge, *, wav: bool = False) -> tuple[bytes, str]:
    """The bytes of a piece of work, the same each time they are asked for, and their type."""
    if charge.task == "image":
        return canned_picture(charge.prompt, 0, 96, 64), "image/png"
    if wav:
        return canned_sound(charge.prompt, 0, 0.5), "audio/wav"
    return a_silent_mp3(charge.prompt), "audio/mpeg"


def a_silent_mp3(prompt: str, frames: int = 40) -> bytes:
    """MPEG-1 layer III, 128 kbit/s, 44.1 kHz: about a second of silence.

    Silence needs only the head of each frame; the rest is free for telling one prompt from another.
    """
    head = b"\xff\xfb\x90\xc4" + bytes(32)
    mark = prompt.encode("ascii", "replace").replace(b"\xff", b"?")[:200]
    return (head + mark.ljust(417 - len(head), b"\0")) * frames
