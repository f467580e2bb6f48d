"""The floor: what the same answers cost by hand, with the driver, orjson and a bare ASGI app, and nothing else.

Served by the same server as the product (benchmarks/bench_read_path.py); MONGODB_URI says where the data is.
"""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
from bson import ObjectId
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.read_concern import ReadConcern

from scenarios.documents import Scene
from storycore.mongo.documents import valid_new

DATABASE = MongoClient(os.environ["MONGODB_URI"], tz_aware=True, w="majority", journal=True)[
    os.environ.get("MONGODB_NAME", "storycore")
]
THREADS = ThreadPoolExecutor(int(os.environ.get("FLOOR_THREADS", "4")))
PUBLIC = {"is_published": True}


def open_story(key: str) -> bytes:
    """One scenario with its scenes, their picture and sound, and their choices with the target's title."""
    scenario = DATABASE.scenarios.find_one({"_id": ObjectId(key), **PUBLIC}, {"title": 1})
    if scenario is None:
        return b'{"data":{"scenario":null}}'
    scenes = list(
        DATABASE.scenes.find(
            {"scenario": scenario["_id"]},
            {"title": 1, "text": 1, "order": 1, "image": 1, "sound": 1},
            batch_size=10_000,
        ).sort([("order", 1), ("_id", 1)])
    )
    ids = {scene[name] for scene in scenes for name in ("image", "sound") if scene.get(name)}
    assets = {
        asset["_id"]: {"id": str(asset["_id"]), "name": asset["name"], "type": asset["type"]}
        for asset in DATABASE.assets.find(
            {"_id": {"$in": list(ids)}, "deleting": {"$ne": True}, "is_public": True},
            {"name": 1, "type": 1},
            batch_size=10_000,
        )
    }
    titles = {scene["_id"]: scene["title"] for scene in scenes}
    choices: dict[Any, list[Any]] = {scene["_id"]: [] for scene in scenes}
    for choice in DATABASE.choices.find(
        {"from_scene": {"$in": list(titles)}},
        {"text": 1, "to_scene": 1, "from_scene": 1},
        batch_size=10_000,
    ).sort([("order", 1), ("_id", 1)]):
        target = choice["to_scene"]
        choices[choice["from_scene"]].append(
            {
                "id": str(choice["_id"]),
                "text": choice["text"],
                "toScene": {"id": str(target), "title": titles[target]},
            }
        )
    answer = {
        "id": str(scenario["_id"]),
        "title": scenario["title"],
        "scenes": [
            {
                "id": str(scene["_id"]),
                "title": scene["title"],
                "text": scene["text"],
                "order": scene["order"],
                "image": assets.get(scene.get("image")),
                "sound": assets.get(scene.get("sound")),
                "choices": choices[scene["_id"]],
            }
            for scene in scenes
        ],
    }
    return orjson.dumps({"data": {"scenario": answer}})


def list_assets(_key: str) -> bytes:
    """The newest 50 public assets."""
    rows = (
        DATABASE.assets.find(
            {"deleting": {"$ne": True}, "is_public": True}, {"name": 1, "type": 1, "created_at": 1}
        )
        .sort([("created_at", -1), ("_id", -1)])
        .limit(50)
    )
    assets = [
        {
            "id": str(row["_id"]),
            "name": row["name"],
            "type": row["type"],
            "createdAt": row["created_at"].isoformat(),
        }
        for row in rows
    ]
    return orjson.dumps({"data": {"assets": assets}})


def scene_by_id(key: str) -> bytes:
    """One scene of a published scenario with its choices."""
    scene = DATABASE.scenes.find_one({"_id": ObjectId(key)}, {"title": 1, "text": 1, "scenario": 1})
    if scene is None or not DATABASE.scenarios.find_one(
        {"_id": scene["scenario"], **PUBLIC}, {"_id": 1}
    ):
        return b'{"data":{"scene":null}}'
    found = DATABASE.choices.find({"from_scene": scene["_id"]}, {"text": 1}).sort(
        [("order", 1), ("_id", 1)]
    )
    choices = [{"id": str(choice["_id"]), "text": choice["text"]} for choice in found]
    answer = {
        "id": str(scene["_id"]),
        "title": scene["title"],
        "text": scene["text"],
        "choices": choices,
    }
    return orjson.dumps({"data": {"scene": answer}})


def insert_scene(key: str) -> bytes:
    """One validated insert: the whole document of a scene by the rules of its fields, into its collection."""
    given = {"scenario": ObjectId(key), "title": "New", "text": "Words.", "order": 1}
    made = DATABASE.scenes.insert_one(valid_new(Scene, given)).inserted_id
    return orjson.dumps({"data": {"createScene": {"scene": {"id": str(made)}}}})


def insert_unchecked(key: str) -> bytes:
    """The least that an insert can cost: four fields that nobody checks, into a collection without an index."""
    document = {"scenario": ObjectId(key), "title": "New", "text": "Words.", "order": 1}
    made = DATABASE.floor.insert_one(document).inserted_id
    return orjson.dumps({"data": {"createScene": {"scene": {"id": str(made)}}}})


def add_scene(key: str) -> bytes:
    """What a scene costs that may not be lost, doubled or hidden from who reads along: a transaction.

    The same commands as the product's: the story is held and its revision raised, the scene inserted, both
    committed.
    """

    def work(session: ClientSession) -> ObjectId:
        story = DATABASE.scenarios.find_one_and_update(
            {"_id": ObjectId(key)}, {"$inc": {"revision": 1}}, session=session
        )
        if story is None or story["author"] is None:
            raise LookupError(key)
        given = {"scenario": story["_id"], "title": "New", "text": "Words.", "order": 1}
        body = valid_new(Scene, given)
        made: ObjectId = DATABASE.scenes.insert_one(body, session=session).inserted_id
        return made

    with DATABASE.client.start_session() as session:
        made = session.with_transaction(work, ReadConcern("snapshot"))
    return orjson.dumps({"data": {"createScene": {"scene": {"id": str(made)}}}})


ROUTES = {
    "/open_story": open_story,
    "/list_assets": list_assets,
    "/scene_by_id": scene_by_id,
    "/insert_scene": insert_scene,
    "/insert_unchecked": insert_unchecked,
    "/add_scene": add_scene,
}


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """POST /name with the id as the body."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    work = ROUTES.get(scope["path"], lambda _key: b"{}")
    content = await asyncio.get_running_loop().run_in_executor(THREADS, work, body.decode())
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(content)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})
