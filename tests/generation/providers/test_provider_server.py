"""Does the fake provider fail as it says? A fault matrix is worth what its faults are worth."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.fakes.provider_faults import a_pixel_bomb, asked_in
from tests.fakes.provider_server import ProviderServer, run_provider_server
from tests.house.tree import ROOT

HF = {"Authorization": "Bearer hf_0123456789"}


def picture(server: ProviderServer, prompt: str, **more: Any) -> requests.Response:
    return requests.post(
        f"{server.url}/hf-inference/models/a/b",
        json={"inputs": prompt},
        headers=HF,
        **{"timeout": 10, "allow_redirects": False, **more},
    )


def test_a_good_picture_is_charged_once(provider_server: ProviderServer) -> None:
    answer = picture(provider_server, "a castle")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.content.startswith(b"\x89PNG")
    assert provider_server.charges("a castle") == 1
    assert picture(provider_server, "a castle").content == answer.content
    assert provider_server.charges("a castle") == 2


def test_without_a_key_nothing_is_made(provider_server: ProviderServer) -> None:
    url = f"{provider_server.url}/hf-inference/models/a/b"

    assert requests.post(url, json={"inputs": "x"}, timeout=5).status_code == 401
    assert provider_server.ledger.charges == []
    assert [seen.had_key for seen in provider_server.ledger.requests] == [False]


def test_the_books_hold_no_key(provider_server: ProviderServer) -> None:
    picture(provider_server, "a castle")

    books = requests.get(f"{provider_server.url}/__ledger", timeout=5).json()

    assert "hf_0123456789" not in json.dumps(books)
    assert books["requests"][0]["had_key"] is True
    assert [charge["prompt"] for charge in books["charges"]] == ["a castle"]


def test_the_same_idempotency_key_is_paid_once(provider_server: ProviderServer) -> None:
    def ask(key: str) -> dict[str, Any]:
        return requests.post(
            f"{provider_server.url}/generate",
            json={"task": "image", "prompt": "a castle"},
            headers={"Idempotency-Key": key},
            timeout=5,
        ).json()

    assert ask("job-1") == ask("job-1")
    assert (provider_server.charges("a castle"), provider_server.ledger.replays) == (1, 1)
    assert ask("job-2") != ask("job-1")
    assert provider_server.charges("a castle") == 2


def test_a_fault_for_the_first_times(provider_server: ProviderServer) -> None:
    prompt = "a castle fault:503*2"

    assert [picture(provider_server, prompt).status_code for _ in range(3)] == [503, 503, 200]
    assert provider_server.charges(prompt) == 1
    assert provider_server.ledger.met == {"503": 2}


def test_a_scripted_fault(provider_server: ProviderServer) -> None:
    told = {"match": "job-7", "fault": "429", "times": 1}
    requests.post(f"{provider_server.url}/__script", json=told, timeout=5)

    answer = picture(provider_server, "a castle for job-7")

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
    assert picture(provider_server, "a castle for job-7").status_code == 200
    assert picture(provider_server, "a castle for job-8").status_code == 200


def test_forgetting(provider_server: ProviderServer) -> None:
    picture(provider_server, "a castle fault:503*1")
    requests.post(f"{provider_server.url}/__script", json={"match": "x", "fault": "500"}, timeout=5)

    requests.post(f"{provider_server.url}/__reset", timeout=5)

    assert provider_server.ledger.requests == []
    assert picture(provider_server, "x").status_code == 200


def test_an_answer_that_never_comes_is_charged(provider_server: ProviderServer) -> None:
    with pytest.raises(requests.ReadTimeout):
        picture(provider_server, "a castle fault:timeout", timeout=0.2)

    assert provider_server.charges("a castle fault:timeout") == 1


@pytest.mark.parametrize("fault", ["reset", "reset-midway", "truncated"])
def test_connections_that_break_are_charged(fault: str, provider_server: ProviderServer) -> None:
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        picture(provider_server, f"a castle fault:{fault}")

    assert provider_server.charges(f"a castle fault:{fault}") == 1


def test_a_reset_is_a_reset(provider_server: ProviderServer) -> None:
    parts = urlsplit(provider_server.url)
    body = json.dumps({"inputs": "a castle fault:reset"}).encode()
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as line:
        line.sendall(
            b"POST /hf-inference/models/a/b HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Authorization: Bearer hf_0123456789\r\nContent-Length: %d\r\n\r\n%s"
            % (len(body), body)
        )
        with pytest.raises(ConnectionResetError):
            line.recv(100)


def test_a_slow_answer_drips(provider_server: ProviderServer) -> None:
    with picture(provider_server, "a castle fault:slow", stream=True) as answer:
        begun = time.monotonic()
        received = answer.raw.read(4)
        took = time.monotonic() - begun

    assert received == b"\x89PNG"
    assert 0.1 < took < 2


def test_a_huge_answer_has_no_end_in_sight(provider_server: ProviderServer) -> None:
    with picture(provider_server, "a castle fault:huge", stream=True) as answer:
        assert answer.headers["content-length"] == "300000000"
        assert len(answer.raw.read(1_000_000)) == 1_000_000


@pytest.mark.parametrize(
    ("fault", "status", "kind", "start"),
    [
        ("empty", 200, "image/png", b""),
        ("garbage", 200, "image/png", b"\x00\x01\x02"),
        ("wrong-type", 200, "text/plain", b"just"),
        ("html-200", 200, "text/html", b"<html>"),
        ("json-200", 200, "application/json", b'{"error"'),
        ("svg", 200, "image/png", b"<svg "),
        ("bomb", 200, "image/png", b"\x89PNG"),
        ("html-500", 500, "text/html", b"<!DOCTYPE html>"),
    ],
)
def test_other_bytes(
    fault: str, status: int, kind: str, start: bytes, provider_server: ProviderServer
) -> None:
    answer = picture(provider_server, f"a castle fault:{fault}")

    assert (answer.status_code, answer.headers["content-type"]) == (status, kind)
    assert answer.content.startswith(start)
    assert len(answer.content) < 200_000


def test_redirects(provider_server: ProviderServer) -> None:
    away = picture(provider_server, "a castle fault:redirect")
    round_and_round = picture(provider_server, "a castle fault:redirect-loop")

    assert (away.status_code, away.headers["location"]) == (
        302,
        "http://169.254.169.254/latest/meta-data/",
    )
    assert round_and_round.headers["location"] == f"{provider_server.url}/hf-inference/models/a/b"


def test_the_bomb_has_900_million_pixels() -> None:
    bomb = a_pixel_bomb()

    assert (int.from_bytes(bomb[16:20]), int.from_bytes(bomb[20:24])) == (30_000, 30_000)
    assert len(bomb) < 200_000


def test_an_unknown_fault_is_an_error_of_the_test() -> None:
    with pytest.raises(ValueError, match="There is no fault"):
        asked_in("a castle fault:flood")


def test_an_unknown_path(provider_server: ProviderServer) -> None:
    assert requests.get(f"{provider_server.url}/v9/nothing", timeout=5).status_code == 404
    assert requests.get(f"{provider_server.url}/__nothing", timeout=5).status_code == 404
    assert requests.get(f"{provider_server.url}/files/none-1.png", timeout=5).status_code == 404


def test_a_body_that_leaves_out_what_the_contract_asks_for(provider_server: ProviderServer) -> None:
    answer = requests.post(
        f"{provider_server.url}/hf-inference/models/a/b",
        json={"prompt": "x"},
        headers=HF,
        timeout=5,
    )

    assert (answer.status_code, answer.json()) == (422, {"error": "KeyError: 'inputs'"})


def test_results_may_lie_on_another_host() -> None:
    with run_provider_server(result_host="localhost", polls_needed=1) as server:
        answer = requests.post(
            f"{server.url}/generate", json={"task": "image", "prompt": "a castle"}, timeout=5
        )

    assert answer.json()["url"].startswith("http://localhost:")


def test_it_runs_as_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "tests.fakes.provider_server", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = json.loads(process.stdout.readline())["url"]
            assert requests.get(f"{url}/__ledger", timeout=5).json()["charges"] == []
        finally:
            process.terminate()
