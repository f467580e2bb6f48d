"""A multipart body of unknown length, as streaming clients send it, reaches the live server whole."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from urllib.parse import urlsplit

BODY = (
    b'--b\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{"query": "{ __typename }"}\r\n'
    b'--b\r\nContent-Disposition: form-data; name="map"\r\n\r\n{}\r\n--b--\r\n'
)


def post(url: str, body: bytes) -> tuple[int, dict]:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=20)
    headers = {"Content-Type": "multipart/form-data; boundary=b", "Transfer-Encoding": "chunked"}
    pieces = [body[start : start + 40] for start in range(0, len(body), 40)]
    connection.request("POST", "/graphql", iter(pieces), headers, encode_chunked=True)
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    return response.status, answer


def test_a_chunked_body_is_read_to_its_end(asgi_url: str):
    assert post(asgi_url, BODY) == (200, {"data": {"__typename": "Query"}})


def test_a_chunked_body_that_lacks_its_end_is_400(asgi_url: str):
    status, answer = post(asgi_url, BODY[:-8])

    assert status == 400
    assert answer["errors"][0]["extensions"]["reason"] == "INVALID_MULTIPART"
