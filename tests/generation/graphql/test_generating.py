"""Ordering over GraphQL: the asset when it is ready in time, else the job; what goes wrong is said."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from bson import ObjectId

from generation.documents import Job
from generation.running.leasing import claim_next
from generation.running.stepping import advance_next
from generation.services.orders import NewMedia, order_media
from storycore.access import Actor
from storycore.mongo.connection import database
from storycore.mongo.reading import count_where
from tests.conftest import Api, CommandCounter
from tests.factories import a_scenario, a_scene
from tests.generation.conftest import Run

IMAGE = """mutation($p: String!, $scene: ID, $seed: Int, $wait: Boolean, $key: String,
  $provider: String, $w: Int) {
  generateImageWithAI(prompt: $p, sceneId: $scene, seed: $seed, wait: $wait, idempotencyKey: $key,
    provider: $provider, width: $w) {
    success message userErrors { field code message }
    asset { id type url width metadata }
    job { id status progress steps { name } log { level text } seed } } }"""
SOUND = """mutation($p: String!, $kind: String, $voice: String) {
  generateSoundWithAI(prompt: $p, kind: $kind, voice: $voice) {
    success userErrors { field code } asset { type duration } job { kind status } } }"""
JOBS = """query($status: String, $kind: String, $limit: Int) {
  jobs(status: $status, kind: $kind, limit: $limit) { id kind status asset { id } } }"""


def order(api: Api, actor: Actor | None, **variables: Any) -> Any:
    answer = api(IMAGE, {"p": "a lighthouse", **variables}, actor)
    return answer if "errors" in answer else answer["data"]["generateImageWithAI"]


def test_without_waiting_the_job_is_answered(api: Api, owner: Actor, mocked: None) -> None:
    payload = order(api, owner, wait=False, seed=7)

    assert (payload["success"], payload["asset"], payload["userErrors"]) == (True, None, [])
    assert (payload["job"]["status"], payload["job"]["seed"]) == ("queued", 7)


def test_what_is_ready_in_time_is_answered_with_the_asset(
    api: Api, owner: Actor, mocked: None, settings: Any
) -> None:
    settings.GENERATION_WAIT_SECONDS = 10.0

    def work() -> None:
        end = time.monotonic() + 8
        while advance_next(["media"]) is None and time.monotonic() < end:
            time.sleep(0.02)

    worker = threading.Thread(target=work)
    worker.start()
    payload = order(api, owner)
    worker.join()

    assert payload["success"], payload
    assert payload["asset"]["type"] == "image"
    assert payload["asset"]["metadata"]["aiGenerated"] is True
    assert payload["job"]["status"] == "completed"
    assert [step["name"] for step in payload["job"]["steps"]][-1] == "completed"


def test_a_failure_in_time_is_a_user_error_with_its_code(
    api: Api, owner: Actor, mocked: None, run_jobs: Run
) -> None:
    first = order(api, owner, p="mock:fail a bell", key="one")
    run_jobs()

    payload = order(api, owner, p="mock:fail a bell", key="one")

    assert payload["job"]["id"] == first["job"]["id"]
    assert payload["success"] is False
    assert [one["code"] for one in payload["userErrors"]] == ["PROVIDER_WRONG_INPUT"]


@pytest.mark.parametrize("kind", ["speech", "music", "effect"])
def test_each_kind_of_sound(api: Api, owner: Actor, mocked: None, run_jobs: Run, kind: str) -> None:
    answer = api(SOUND, {"p": "wind in the reeds", "kind": kind}, owner)["data"][
        "generateSoundWithAI"
    ]
    assert (answer["success"], answer["job"]["kind"]) == (True, kind)

    run_jobs()

    (row,) = api(JOBS, {"kind": kind}, owner)["data"]["jobs"]
    assert row["status"] == "completed"
    assert row["asset"]


@pytest.mark.parametrize(
    ("variables", "field", "code"),
    [
        ({"p": ""}, "prompt", "BAD_USER_INPUT"),
        ({"provider": "x"}, "provider", "PROVIDER_UNKNOWN"),
        ({"scene": "nonsense"}, "sceneId", "BAD_USER_INPUT"),
        ({"scene": str(ObjectId())}, "sceneId", "NOT_FOUND"),
        ({"w": 5}, "width", "BAD_USER_INPUT"),
        ({"seed": -1}, "seed", "BAD_USER_INPUT"),
    ],
)
def test_bad_input_is_a_user_error(
    api: Api, owner: Actor, mocked: None, variables: dict[str, Any], field: str, code: str
) -> None:
    payload = order(api, owner, **variables)

    assert [(one["field"], one["code"]) for one in payload["userErrors"]] == [(field, code)]
    assert count_where(Job, {}) == 0


def test_what_is_null_is_as_if_it_was_not_given(
    api: Api, owner: Actor, mocked: None, settings: Any
) -> None:
    settings.GENERATION_WAIT_SECONDS = 0.3
    begun = time.monotonic()

    waited = order(api, owner, wait=None, seed=None, scene=None)
    sound = api(SOUND, {"p": "a bell", "kind": None}, owner)["data"]["generateSoundWithAI"]

    assert waited["success"] is True
    assert time.monotonic() - begun >= 0.6
    assert (sound["success"], sound["job"]["kind"]) == (True, "speech")


def test_a_key_orders_one_thing_once(api: Api, owner: Actor, mocked: None) -> None:
    first, again = order(api, owner, key="one"), order(api, owner, key="one")
    other = order(api, owner, key="one", p="a bell")
    empty = [order(api, owner, key="", p=words)["job"]["id"] for words in ("a bell", "a horn")]

    assert first["job"]["id"] == again["job"]["id"]
    assert other["userErrors"] == [
        {
            "field": "idempotencyKey",
            "code": "BAD_USER_INPUT",
            "message": "This key has ordered something else before.",
        }
    ]
    assert len(set(empty)) == 2


def test_a_model_that_nobody_offers_is_refused_before_it_is_ordered(
    api: Api, owner: Actor, settings: Any, content: None
) -> None:
    settings.PROVIDERS = {
        "image": {"hf": {"BACKEND": "huggingface", "OPTIONS": {"api_key": "hf_0123456789"}}}
    }
    query = """mutation($m: String) { generateImageWithAI(prompt: "a bell", model: $m, wait: false) {
      userErrors { field code message } job { model } } }"""

    refused = api(query, {"m": "nobody/knows"}, owner)["data"]["generateImageWithAI"]
    known = "black-forest-labs/FLUX.1-schnell"
    taken = api(query, {"m": known}, owner)["data"]["generateImageWithAI"]

    assert refused["userErrors"] == [
        {
            "field": "model",
            "code": "BAD_USER_INPUT",
            "message": f"There is no such model here. There are: {known}.",
        }
    ]
    assert taken == {"userErrors": [], "job": {"model": known}}


def test_an_asset_may_have_a_name_of_its_own(
    api: Api, owner: Actor, mocked: None, run_jobs: Run
) -> None:
    query = """mutation($n: String) {
      generateImageWithAI(prompt: "a bell", name: $n, wait: false) { userErrors { field } job { id } }
      generateAsset(type: "image", name: "The old bell", description: "a bell") { job { id } } }"""

    made = api(query, {"n": "  Bell  One "}, owner)["data"]
    refused = api(query, {"n": "x" * 256}, owner)["data"]["generateImageWithAI"]
    run_jobs()

    names = {row["name"] for row in database()["assets"].find({}, {"name": 1})}
    assert names == {"Bell One", "The old bell"}
    assert made["generateImageWithAI"]["userErrors"] == []
    assert refused["userErrors"] == [{"field": "name"}]


def test_every_field_of_a_job_is_shown(api: Api, owner: Actor, mocked: None, run_jobs: Run) -> None:
    key = order(api, owner, key="mine", p="mock:slow a bell")["job"]["id"]
    query = """query($id: ID!) { job(id: $id) { kind queue status progress step message prompt parameters
      seed provider model priority attempts retryCount nextAttemptAt errorCode errorMessage result
      costEstimate usage idempotencyKey lease { worker until } ownerId sceneId scenarioId projectId
      universeId parentId takeOfId assetId startedAt finishedAt createdAt updatedAt
      steps { name at } log { at level text } } }"""

    waiting = api(query, {"id": key}, owner)["data"]["job"]
    claimed = claim_next(["media"], "worker-1")
    assert claimed is not None
    held = api(query, {"id": key}, owner)["data"]["job"]

    assert (waiting["status"], waiting["lease"], waiting["attempts"]) == ("queued", None, 0)
    assert (held["status"], held["lease"]["worker"]) == ("processing", "worker-1")
    assert held["lease"]["until"] > held["updatedAt"]
    assert (held["idempotencyKey"], held["queue"], held["costEstimate"]) == ("mine", "media", 0.0)


def test_ordering_needs_a_login_and_has_a_rate(
    api: Api, owner: Actor, mocked: None, settings: Any
) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "generate": "2/minute"}
    settings.REDIS_URL = ""

    assert order(api, None)["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert order(api, owner)["success"] is True
    assert order(api, owner)["success"] is True
    limited = order(api, owner)["errors"][0]["extensions"]
    assert limited["code"] == "RATE_LIMITED"
    assert limited["retryAfter"] > 0


def test_jobs_are_listed_for_their_owner_alone(
    api: Api, owner: Actor, stranger: Actor, admin: Actor, mocked: None, run_jobs: Run
) -> None:
    key = order(api, owner)["job"]["id"]
    order(api, stranger)
    run_jobs()

    assert [one["id"] for one in api(JOBS, {"status": "completed"}, owner)["data"]["jobs"]] == [key]
    assert len(api(JOBS, {}, admin)["data"]["jobs"]) == 2
    assert api(JOBS, {})["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert (
        api(JOBS, {"status": "odd"}, owner)["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    )
    one = "query($id: ID!) { job(id: $id) { id } node(id: $id) { id } }"
    assert api(one, {"id": key}, stranger)["data"] == {"job": None, "node": None}
    assert api(one, {"id": key}, owner)["data"] == {"job": {"id": key}, "node": {"id": key}}


def test_a_page_of_jobs_costs_few_commands(
    api: Api, owner: Actor, mocked: None, run_jobs: Run, commands: CommandCounter
) -> None:
    for _ in range(5):
        order(api, owner)
    run_jobs()
    commands.names.clear()

    listed = api(JOBS, {"limit": 50}, owner)["data"]["jobs"]

    assert len(listed) == 5
    assert len(commands.names) <= 3, commands.names


def test_the_mutations_of_jobs(api: Api, owner: Actor, mocked: None, run_jobs: Run) -> None:
    key = order(api, owner)["job"]["id"]

    def act(name: str, **more: Any) -> Any:
        given = "".join(f", {field}: {value}" for field, value in more.items())
        text = f"""mutation($id: ID!) {{ {name}(id: $id{given}) {{
          success userErrors {{ code }} job {{ id status priority }} }} }}"""
        return api(text, {"id": key}, owner)["data"][name]

    assert act("changeJobPriority", priority=2)["job"]["priority"] == 2
    assert act("cancelJob")["job"] == {"id": key, "status": "cancelled", "priority": 2}
    assert act("cancelJob")["userErrors"] == [{"code": "JOB_FINISHED"}]
    again = act("retryJob")["job"]
    assert (again["status"], again["id"] != key) == ("queued", True)
    assert act("rerunJob")["success"] is True
    stats = api("{ jobStats { queued processing completedToday } }", None, owner)["data"][
        "jobStats"
    ]
    assert stats == {"queued": 2, "processing": 0, "completedToday": 0}


def test_providers_and_estimates(api: Api, owner: Actor, mocked: None, settings: Any) -> None:
    settings.PROVIDER_PRICES = {"mock": {"image": 0.02}}
    query = """{ providers(task: "image") { name task isDefault isLocal status models }
      estimateGeneration(task: "image", count: 10) { count provider model cost } }"""

    answer = api(query, None, owner)["data"]

    assert answer["providers"] == [
        {
            "name": "mock",
            "task": "image",
            "isDefault": True,
            "isLocal": False,
            "status": "healthy",
            "models": ["mock"],
        }
    ]
    assert answer["estimateGeneration"]["count"] == 10
    bad = api('{ estimateGeneration(task: "smell") { count } }', None, owner)
    assert bad["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_new_scene_orders_what_it_is_told_to(
    api: Api, owner: Actor, mocked: None, run_jobs: Run
) -> None:
    mutation = """mutation($input: CreateSceneInput!) { createScene(input: $input) { success message
      scene { id } mediaRequests { field jobId message } } }"""
    given = {"scenarioId": str(a_scenario(owner)), "title": "Cave", "text": "It is dark."}

    wanted = {"autoGenerateImage": True, "autoGenerateSound": True, "autoGenerateMusic": True}
    payload = api(mutation, {"input": given | wanted}, owner)["data"]["createScene"]
    run_jobs()

    assert (payload["success"], payload["message"]) == (True, "Scene created.")
    assert [one["field"] for one in payload["mediaRequests"]] == ["image", "sound", "music"]
    row = database()["scenes"].find_one({"_id": ObjectId(payload["scene"]["id"])})
    assert row is not None
    assert all(row[field] for field in ("image", "sound", "music"))


def test_a_new_scene_stays_when_nothing_can_be_ordered(
    api: Api, owner: Actor, mocked: None, settings: Any
) -> None:
    settings.PROVIDERS = {task: {} for task in ("image", "speech", "music", "effect", "text")}
    mutation = """mutation($input: CreateSceneInput!) { createScene(input: $input) { success message
      scene { id } mediaRequests { field jobId message } } }"""
    given = {"scenarioId": str(a_scenario(owner)), "title": "Cave", "text": "It is dark."}

    payload = api(mutation, {"input": given | {"autoGenerateImage": True}}, owner)["data"][
        "createScene"
    ]

    assert payload["success"] is True
    assert payload["scene"]["id"]
    assert "Not ordered: image" in payload["message"]
    assert payload["mediaRequests"][0]["jobId"] is None


def test_scene_media_over_graphql(api: Api, owner: Actor, mocked: None, run_jobs: Run) -> None:
    scenario = a_scenario(owner)
    scene = a_scene(owner, scenario)
    mutation = """mutation($s: ID, $t: ID) { generateSceneMedia(scenarioId: $s, sceneId: $t) {
      success message userErrors { field code } jobs { kind scene { id } } orders { field jobId } } }"""

    payload = api(mutation, {"s": str(scenario)}, owner)["data"]["generateSceneMedia"]

    assert (payload["success"], payload["message"]) == (True, "2 of 2 were ordered.")
    assert {one["kind"] for one in payload["jobs"]} == {"image", "speech"}
    assert {one["scene"]["id"] for one in payload["jobs"]} == {str(scene)}
    neither = api(mutation, {}, owner)["data"]["generateSceneMedia"]
    assert neither["userErrors"] == [{"field": "sceneId", "code": "BAD_USER_INPUT"}]


def test_an_empty_page_is_empty(api: Api, owner: Actor, mocked: None) -> None:
    """To MongoDB a limit of nothing would be no limit."""
    order_media(owner, NewMedia("image", "a castle"))

    answer = api(
        "{ jobs(limit: 0) { id } assets(limit: 0) { id } scenarios(limit: 0) { id } }", actor=owner
    )

    assert answer["data"] == {"jobs": [], "assets": [], "scenarios": []}


def test_what_a_form_leaves_empty_was_not_chosen(api: Api, owner: Actor, mocked: None) -> None:
    query = """mutation { generateImageWithAI(
      prompt: "a castle", provider: "", model: "", idempotencyKey: "", wait: false
    ) { job { id provider idempotencyKey } userErrors { message } } }"""

    first, second = (api(query, actor=owner)["data"]["generateImageWithAI"] for _ in range(2))

    assert first["userErrors"] == []
    assert (first["job"]["provider"], first["job"]["idempotencyKey"]) == ("mock", None)
    assert first["job"]["id"] != second["job"]["id"]


@pytest.mark.parametrize("duration", ["-1", "1e9"])
def test_an_estimate_knows_no_impossible_duration(api: Api, owner: Actor, duration: str) -> None:
    answer = api(
        f'{{ estimateGeneration(task: "speech", duration: {duration}) {{ cost }} }}', actor=owner
    )

    assert answer["errors"][0]["extensions"]["field"] == "duration"


@pytest.mark.parametrize("scene", ["0123456789abcdef01234567", "nonsense"])
def test_a_take_for_a_scene_that_is_not_there(
    api: Api, owner: Actor, mocked: None, run_jobs: Run, scene: str
) -> None:
    key = order_media(owner, NewMedia("image", "a castle"))
    run_jobs()
    query = """mutation($id: ID!, $scene: ID!) {
      chooseTake(id: $id, sceneId: $scene) { userErrors { field } } }"""

    answer = api(query, {"id": str(key), "scene": scene}, owner)

    assert answer["data"]["chooseTake"]["userErrors"] == [{"field": "sceneId"}]
