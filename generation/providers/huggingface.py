"""How is Hugging Face asked? Its router passes an order to hf-inference, or to others on the same token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from generation.providers.answering import (
    Fetching,
    chat_text,
    fetched,
    first_url,
    media_in,
    object_in,
    openai_picture,
)
from generation.providers.base import (
    CREATE,
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
    host_of,
    probing_call,
)
from generation.providers.error_bodies import said_in
from generation.providers.failures import Gone, UnknownAfterSend, failure_of, run_failure
from generation.providers.fal import RESULT_HOSTS as FAL_HOSTS
from generation.providers.fal import fal_details, fal_input
from generation.providers.huggingface_hosts import (
    CHAT,
    FAL,
    HF_INFERENCE,
    HF_START,
    MODELS,
    NSCALE,
    OWN_ADDRESSES,
    OWN_CHATS,
    OWN_PROBES,
    REPLICATE,
    TOGETHER,
)
from generation.providers.huggingface_runs import RUNS
from generation.providers.options import option
from generation.providers.ordering import (
    accepted_model,
    chat_messages,
    present,
    sampling_of,
    seed_of,
    size_of,
    styled_prompt,
    text_of,
)
from generation.providers.replicate import RESULT_HOSTS as REPLICATE_HOSTS
from generation.providers.replicate import prediction_path, replicate_input

PARAMETERS: Mapping[Task, tuple[str, ...]] = {
    "image": ("negative_prompt", "width", "height", "seed", "style"),
    "speech": (),
    "text": ("system", "max_tokens", "temperature", "seed"),
}
NOT_SERVED = "this model is not served by {}"


@dataclass(frozen=True)
class HuggingFace:
    """Hugging Face's router, or one of the providers behind it with a key of its own."""

    name: ClassVar[str] = "huggingface"

    api_key: str = option(
        means="A token, hf_...; another key goes to the provider's own host.", secret=True
    )
    base_url: str = option("https://router.huggingface.co", means="The router's address.", url=True)
    provider: str = option(
        HF_INFERENCE, means="Who makes pictures and speech on this token.", choices=tuple(MODELS)
    )
    own_address: str = option(
        "", means="The provider's own host, for a key of its own; empty: the known one.", url=True
    )
    image_model: str = option("", means="Makes pictures, named as that provider names it.")
    speech_model: str = option("", means="Speaks, named as that provider names it.")
    text_model: str = option("meta-llama/Llama-3.1-8B-Instruct", means="Writes; empty: none.")
    other_models: tuple[str, ...] = option((), means="Models that an order may name instead.")
    extra_parameters: Mapping[str, Any] = option(
        {}, means="Inputs that go with every picture or speech."
    )
    poll_seconds: float = option(
        2.0, means="Seconds between two questions about a run.", between=(0.1, 60)
    )
    timeout_seconds: float = option(120.0, means="Seconds for one call.", between=(1, 600))
    max_bytes: int = option(20_000_000, means="The largest result, in bytes.", between=(1, 2**31))

    @property
    def hosts(self) -> frozenset[str]:
        """The router's host, or the provider's own."""
        return frozenset({host_of(self._address)})

    @property
    def secrets(self) -> tuple[str, ...]:
        """The token."""
        return (self.api_key,)

    def offers(self) -> Offers:
        """Pictures, speech, text. No music: no provider behind the router makes it."""
        named: dict[Task, str] = {
            "image": self.image_model or MODELS[self.provider]["image"],
            "speech": self.speech_model or MODELS[self.provider]["speech"],
            "text": self.text_model if self._chats else "",
        }
        models = {task: (model, *self.other_models) for task, model in named.items() if model}
        units: dict[Task, str] = {"image": "run", "speech": "run", "text": "token"}
        return Offers(
            tasks=tuple(models),
            models=models,
            cost_units={task: units[task] for task in models},
            parameters={task: PARAMETERS[task] for task in models},
        )

    def authorization(self) -> Mapping[str, str]:
        """The token, whoever does the work; fal has a scheme of its own for its own keys."""
        scheme = "Key" if self._is_own and self.provider == FAL else "Bearer"
        return {"Authorization": f"{scheme} {self.api_key}"}

    def request(self, order: Order) -> Call:
        """One call that is answered with the result, or with its address."""
        model = accepted_model(order, self.offers())
        if order.task == "text":
            body: dict[str, JSON] = {
                "model": model,
                "messages": chat_messages(order),
                **sampling_of(order),
            }
            return self._post(OWN_CHATS[self.provider] if self._is_own else CHAT, body)
        if self.provider == FAL:
            body = {**self.extra_parameters, **fal_input(order)}
            return self._post(f"{self._prefix}/{quote(model, safe='/')}", body)
        if self.provider == REPLICATE:
            return self._replicate(model, order)
        if self.provider in (TOGETHER, NSCALE):
            return self._openai_shaped(model, order)
        if (runs := RUNS.get(self.provider)) is not None:
            body = runs.body(model, order, self.extra_parameters)
            return self._post(f"{self._prefix}{runs.path(model)}", body, runs.headers)
        parameters = {**self.extra_parameters, **(_drawing(order) if order.task == "image" else {})}
        inputs = styled_prompt(order) if order.task == "image" else order.prompt
        body = {"inputs": inputs, **({"parameters": parameters} if parameters else {})}
        return self._post(f"/hf-inference/models/{quote(model, safe='/')}", body)

    def read(self, reply: Reply, stage: str, order: Order) -> Answer:
        """The bytes or the text; behind the router an address of them."""
        if stage == DOWNLOAD:
            return media_in(reply, stage, self.secrets)
        if reply.status == 404 and stage == CREATE:
            said = failure_of(reply, secrets=self.secrets)
            whose = self.provider if order.task != "text" else "the router"
            raise Gone(f"{NOT_SERVED.format(whose)} ({said.said})", http_status=404)
        if order.task == "text":
            return chat_text(reply, stage, self.secrets)
        if self.provider in RUNS:
            return self._run(object_in(reply, stage, self.secrets), reply, stage)
        if self.provider == HF_INFERENCE or (order.task == "speech" and self.provider == TOGETHER):
            return media_in(reply, stage, self.secrets)
        if self.provider in (TOGETHER, NSCALE):
            fetching = Fetching(self.hosts, self.max_bytes, self.timeout_seconds)
            return openai_picture(object_in(reply, stage, self.secrets), fetching)
        return self._elsewhere(object_in(reply, stage, self.secrets))

    def probe(self) -> Call:
        """A question that costs nothing."""
        path = OWN_PROBES.get(self.provider, "/v1/models") if self._is_own else "/v1/models"
        return probing_call(f"{self._address}{path}")

    def cancel(self, provider_ref: str) -> Call | None:
        """Nothing runs on after its call."""
        return None

    @property
    def _is_own(self) -> bool:
        """Whether the key is one of the provider's own."""
        return self.provider in OWN_ADDRESSES and not self.api_key.startswith(HF_START)

    @property
    def _address(self) -> str:
        own = self.own_address or OWN_ADDRESSES.get(self.provider, "")
        return (own if self._is_own else self.base_url).rstrip("/")

    @property
    def _prefix(self) -> str:
        """What the router wants before the provider's own path."""
        return "" if self._is_own else f"/{self.provider}"

    @property
    def _chats(self) -> bool:
        """The router always does; of the providers themselves, those with OpenAI's API."""
        return not self._is_own or self.provider in OWN_CHATS

    def _openai_shaped(self, model: str, order: Order) -> Call:
        if order.task == "speech":
            spoken = present(voice=text_of(order, "voice"), language=text_of(order, "language"))
            body = {"model": model, "input": order.prompt, "response_format": "mp3", **spoken}
            return self._post(f"{self._prefix}/v1/audio/speech", {**body, **self.extra_parameters})
        drawn = _drawing(order)
        # The same thing is called otherwise by each of them.
        answered = "base64" if self.provider == TOGETHER else "b64_json"
        if self.provider == NSCALE and "width" in drawn:
            drawn["size"] = f"{drawn.pop('width')}x{drawn.pop('height')}"
        body = {"model": model, "prompt": styled_prompt(order), "response_format": answered}
        return self._post(
            f"{self._prefix}/v1/images/generations", {**body, **self.extra_parameters, **drawn}
        )

    def _post(
        self, path: str, body: Mapping[str, JSON], headers: Mapping[str, str] | None = None
    ) -> Call:
        return Call(
            "POST",
            f"{self._address}{path}",
            headers=headers or {},
            json=body,
            timeout_seconds=self.timeout_seconds,
            max_bytes=self.max_bytes,
            paid=True,
        )

    def _replicate(self, model: str, order: Order) -> Call:
        path, version = prediction_path(model)
        field = "text" if order.task == "speech" else "prompt"
        inputs = {**self.extra_parameters, **replicate_input(order, field, "aspect_ratio")}
        return self._post(f"{self._prefix}{path}", {**version, "input": inputs}, {"Prefer": "wait"})

    def _run(self, answer: Mapping[str, Any], reply: Reply, stage: str) -> Answer:
        runs = RUNS[self.provider]
        before = urlsplit(self._address).path + self._prefix
        asked = "" if stage == CREATE else urlsplit(reply.url).path.removeprefix(before)
        state = runs.state(answer, asked, self.secrets)
        if state.done:
            return fetched(state.url, Fetching(self.hosts, self.max_bytes, self.timeout_seconds))
        call = Call(
            "GET",
            f"{self._address}{self._prefix}{state.path}",
            headers=runs.headers,
            timeout_seconds=self.timeout_seconds,
        )
        return Next(
            call,
            POLL,
            delay_seconds=self.poll_seconds,
            message="the provider is working",
            provider_ref=state.path,
        )

    def _elsewhere(self, answer: Mapping[str, Any]) -> Answer:
        url = first_url(answer)
        if answer.get("status") in ("failed", "canceled") or (answer.get("error") and not url):
            raise run_failure(said_in(answer, self.secrets))
        if url is None and self.provider == REPLICATE:
            raise UnknownAfterSend("no output within the 60 seconds that the router waits")
        hosts = FAL_HOSTS if self.provider == FAL else REPLICATE_HOSTS
        details = (
            fal_details(answer) if self.provider == FAL else present(prediction=answer.get("id"))
        )
        fetching = Fetching(
            self.hosts, self.max_bytes, self.timeout_seconds, hosts, details=details
        )
        return fetched(url, fetching)


def _drawing(order: Order) -> dict[str, JSON]:
    size = size_of(order)
    return present(
        negative_prompt=text_of(order, "negative_prompt"),
        width=size[0] if size else None,
        height=size[1] if size else None,
        seed=seed_of(order),
    )
