"""How is Replicate asked? A prediction is created, looked at until it ends, and its output is fetched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from generation.providers.answering import Fetching, fetched, first_url, media_in, object_in
from generation.providers.base import (
    DOWNLOAD,
    JSON,
    POLL,
    Answer,
    Call,
    Next,
    Offers,
    Order,
    Reply,
    Task,
    Text,
    host_of,
    probing_call,
)
from generation.providers.error_bodies import said_in
from generation.providers.failures import (
    BadOutput,
    NotStarted,
    StoppedThere,
    WrongInput,
    run_failure,
)
from generation.providers.options import option
from generation.providers.ordering import (
    accepted_model,
    nearest_shape,
    number_of,
    present,
    sampling_of,
    seed_of,
    size_of,
    styled_prompt,
    text_of,
)

MODEL = re.compile(r"(?:deployments/)?\w[\w.-]*/\w[\w.-]*(?::\w+)?", re.ASCII)
PREDICTION_ID = re.compile(r"[\w-]{1,100}", re.ASCII)
# The bar that most models draw while they work: ` 35%|███▌      | 7/20`.
PROGRESS = re.compile(r"(\d{1,3})%\|")
ASPECT_RATIOS = ((1, 1), (4, 3), (3, 4), (3, 2), (2, 3), (16, 9), (9, 16))
RESULT_HOSTS = ("replicate.delivery", ".replicate.delivery")
PARAMETERS: Mapping[Task, tuple[str, ...]] = {
    "image": ("negative_prompt", "width", "height", "seed", "style"),
    "speech": ("voice", "language", "speed"),
    "music": ("duration_seconds", "seed", "style"),
    "effect": ("duration_seconds", "seed"),
    "text": ("system", "max_tokens", "temperature", "seed"),
}


@dataclass(frozen=True)
class Replicate:
    """Replicate's predictions."""

    name: ClassVar[str] = "replicate"

    api_key: str = option(means="A token, r8_...", secret=True)
    base_url: str = option("https://api.replicate.com", means="The API's address.", url=True)
    image_model: str = option("recraft-ai/recraft-v3", means="Makes pictures; empty: none.")
    speech_model: str = option("minimax/speech-02-turbo", means="Speaks; empty: none.")
    music_model: str = option("minimax/music-01", means="Makes music; empty: none.")
    effect_model: str = option("", means="Makes sound effects; empty: none.")
    text_model: str = option("meta/meta-llama-3-70b-instruct", means="Writes; empty: none.")
    other_models: tuple[str, ...] = option((), means="Models that an order may name instead.")
    prompt_fields: Mapping[str, str] = option(
        {"speech": "text"}, means="Per task, the input that takes the prompt; else `prompt`."
    )
    size_as: str = option(
        "aspect_ratio",
        means="How the picture model is told a size.",
        choices=("aspect_ratio", "size", "width_height"),
    )
    extra_input: Mapping[str, Any] = option({}, means="Inputs that go with every order.")
    wait_seconds: int = option(
        0, means="Hold the first call so long for a quick result.", between=(0, 60)
    )
    cancel_after_seconds: int = option(
        900, means="Replicate stops a run after so long; 0: never.", between=(0, 86_400)
    )
    result_hosts: tuple[str, ...] = option(RESULT_HOSTS, means="Where results may lie.")
    poll_seconds: float = option(2.0, means="Seconds between two questions.", between=(0.1, 60))
    timeout_seconds: float = option(60.0, means="Seconds for one call.", between=(1, 600))
    max_bytes: int = option(20_000_000, means="The largest result, in bytes.", between=(1, 2**31))

    @property
    def hosts(self) -> frozenset[str]:
        """The API's host."""
        return frozenset({host_of(self.base_url)})

    @property
    def secrets(self) -> tuple[str, ...]:
        """The token."""
        return (self.api_key,)

    def offers(self) -> Offers:
        """Every task that has a model."""
        named: dict[Task, str] = {
            "image": self.image_model,
            "speech": self.speech_model,
            "music": self.music_model,
            "effect": self.effect_model,
            "text": self.text_model,
        }
        models = {task: (model, *self.other_models) for task, model in named.items() if model}
        return Offers(
            tasks=tuple(models),
            models=models,
            cost_units=dict.fromkeys(models, "run"),
            parameters={task: PARAMETERS[task] for task in models},
            cancels=True,
            webhooks=True,
        )

    def authorization(self) -> Mapping[str, str]:
        """The token."""
        return {"Authorization": f"Bearer {self.api_key}"}

    def request(self, order: Order) -> Call:
        """Create a prediction; by its version when the model names one."""
        model = accepted_model(order, self.offers())
        path, version = prediction_path(model)
        field = self.prompt_fields.get(order.task, "prompt")
        inputs = {**self.extra_input, **replicate_input(order, field, self.size_as)}
        hook = {"webhook": order.webhook_url, "webhook_events_filter": ["completed"]}
        return Call(
            "POST",
            f"{self.base_url.rstrip('/')}{path}",
            headers=self._create_headers,
            json={**version, "input": inputs, **(hook if order.webhook_url else {})},
            timeout_seconds=self.timeout_seconds + self.wait_seconds,
            max_bytes=self._answer_bytes,
            paid=True,
        )

    def read(self, reply: Reply, stage: str, order: Order) -> Answer:
        """A prediction at any moment of its life, or the bytes of its output."""
        if stage == DOWNLOAD:
            return media_in(reply, stage, self.secrets)
        return self.read_prediction(object_in(reply, stage, self.secrets), order)

    def read_prediction(self, prediction: Mapping[str, Any], order: Order) -> Answer:
        """The same for a prediction that came by webhook."""
        reference = prediction.get("id")
        if not isinstance(reference, str) or not PREDICTION_ID.fullmatch(reference):
            raise BadOutput("the prediction has no id")
        match prediction.get("status"):
            case "succeeded":
                return self._finished(prediction, order, reference)
            case "failed":
                raise run_failure(said_in(prediction, self.secrets))
            case "canceled":
                raise StoppedThere(said_in(prediction, self.secrets).text)
            case "aborted":
                raise NotStarted("its deadline came first")
            case _:
                # A word that nobody knows yet counts as running; the job's own deadline ends it.
                return self._running(prediction, reference)

    def probe(self) -> Call:
        """A question that costs nothing."""
        return probing_call(f"{self.base_url.rstrip('/')}/v1/account")

    def cancel(self, provider_ref: str) -> Call | None:
        """Stop a prediction."""
        return self._call("POST", f"/v1/predictions/{provider_ref}/cancel")

    @property
    def _create_headers(self) -> dict[str, str]:
        wait = {"Prefer": f"wait={self.wait_seconds}"} if self.wait_seconds else {}
        limit = self.cancel_after_seconds
        return {**wait, **({"Cancel-After": f"{limit}s"} if limit else {})}

    @property
    def _answer_bytes(self) -> int:
        """An answer may hold the output itself, in base64."""
        return max(1_000_000, self.max_bytes * 4 // 3)

    def _call(self, method: str, path: str) -> Call:
        return Call(
            method,
            f"{self.base_url.rstrip('/')}{path}",
            timeout_seconds=self.timeout_seconds,
            max_bytes=self._answer_bytes,
        )

    def _running(self, prediction: Mapping[str, Any], reference: str) -> Next:
        started = prediction.get("status") == "processing"
        return Next(
            self._call("GET", f"/v1/predictions/{reference}"),
            POLL,
            delay_seconds=self.poll_seconds,
            progress=_progress(prediction.get("logs")),
            message="the provider is working" if started else "the provider is starting the model",
            provider_ref=reference,
        )

    def _finished(self, prediction: Mapping[str, Any], order: Order, reference: str) -> Answer:
        usage, details = (
            _usage(prediction),
            present(prediction=reference, version=prediction.get("version")),
        )
        if order.task == "text":
            model = prediction.get("model")
            text = _joined(prediction.get("output"))
            return Text(text, usage, model if isinstance(model, str) else None, details)
        fetching = Fetching(
            self.hosts, self.max_bytes, self.timeout_seconds, self.result_hosts, usage, details
        )
        return fetched(first_url(prediction.get("output")), fetching)


def prediction_path(model: str) -> tuple[str, dict[str, JSON]]:
    """Where predictions of a model are created, and the version that goes with them.

    Raises WrongInput for what is no owner/name, owner/name:version or deployments/owner/name.
    """
    if not MODEL.fullmatch(model):
        raise WrongInput(
            f"{model!r} is no model: owner/name, owner/name:version, deployments/owner/name"
        )
    name, _, version = model.partition(":")
    if version:
        return "/v1/predictions", {"version": version}
    if name.startswith("deployments/"):
        return f"/v1/{name}/predictions", {}
    return f"/v1/models/{name}/predictions", {}


def replicate_input(order: Order, prompt_field: str, size_as: str) -> dict[str, JSON]:
    """An order in the words of Replicate's models. Raises WrongInput for values of a wrong kind."""
    if order.task == "text":
        sampling = sampling_of(order)
        return {
            prompt_field: order.prompt,
            **sampling,
            **present(system_prompt=text_of(order, "system")),
        }
    if order.task == "speech":
        spoken = present(
            voice=text_of(order, "voice"),
            language=text_of(order, "language"),
            speed=number_of(order, "speed", 0.25, 4),
        )
        return {prompt_field: order.prompt, **spoken}
    shared = {prompt_field: styled_prompt(order), **present(seed=seed_of(order))}
    if order.task != "image":
        return {**shared, **present(duration=number_of(order, "duration_seconds", 0.5, 600))}
    negative = present(negative_prompt=text_of(order, "negative_prompt"))
    return {**shared, **negative, **_size_input(size_of(order), size_as)}


def _size_input(size: tuple[int, int] | None, size_as: str) -> dict[str, JSON]:
    if size is None:
        return {}
    if size_as == "width_height":
        return {"width": size[0], "height": size[1]}
    if size_as == "size":
        return {"size": f"{size[0]}x{size[1]}"}
    width, height = nearest_shape(size, ASPECT_RATIOS)
    return {"aspect_ratio": f"{width}:{height}"}


def _joined(output: Any) -> str:
    """A text that may come in pieces. Raises BadOutput for none."""
    pieces = output if isinstance(output, list) else [output]
    text = "".join(piece for piece in pieces if isinstance(piece, str))
    if not text.strip():
        raise BadOutput("it answered with an empty text")
    return text


def _progress(logs: Any) -> int | None:
    found = PROGRESS.findall(logs[-4000:]) if isinstance(logs, str) else []
    return min(int(found[-1]), 100) if found else None


def _usage(prediction: Mapping[str, Any]) -> dict[str, JSON]:
    """What Replicate measured: seconds of work, tokens."""
    metrics = prediction.get("metrics")
    numbers = metrics.items() if isinstance(metrics, Mapping) else ()
    return {str(name): value for name, value in numbers if isinstance(value, (int, float))}
