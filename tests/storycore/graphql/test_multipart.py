"""Files come in exactly as the multipart request specification says; everything else is a 400."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.storycore.graphql.conftest import Send

ONE = {
    "query": "mutation ($file: Upload) { store(file: $file) { names } }",
    "variables": {"file": None},
}
MANY = {
    "query": "mutation ($files: [Upload]) { store(files: $files) { names } }",
    "variables": {"files": [None, None]},
}
PLACE = {
    "query": "mutation ($place: Place) { store(place: $place) { names } }",
    "variables": {"place": {"name": "x", "file": None}},
}

Part = tuple[str, str | None, str | bytes]


def multipart(*parts: Part, end: bytes = b"--b--\r\n") -> bytes:
    """The body of these (name, file name or None, content)."""
    pieces = []
    for name, file_name, content in parts:
        disposition = f'form-data; name="{name}"' + (
            f'; filename="{file_name}"' if file_name else ""
        )
        raw = content if isinstance(content, bytes) else content.encode()
        pieces.append(
            b"--b\r\nContent-Disposition: " + disposition.encode() + b"\r\n\r\n" + raw + b"\r\n"
        )
    return b"".join(pieces) + end


def form(operations: Any, places: Any, *files: Part) -> bytes:
    return multipart(
        ("operations", None, json.dumps(operations)), ("map", None, json.dumps(places)), *files
    )


A: Part = ("0", "a.txt", "alpha")
B: Part = ("1", "b.txt", "beta")


@pytest.fixture
def upload(send: Send):
    def post(body: bytes, content_type: str = "multipart/form-data; boundary=b", **headers: str):
        response = send("POST", body, content_type=content_type, **headers)
        return response.status_code, json.loads(response.content)

    return post


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (form(ONE, {"0": ["variables.file"]}, A), ["a.txt:alpha"]),
        (
            form(MANY, {"0": ["variables.files.0"], "1": ["variables.files.1"]}, A, B),
            ["a.txt:alpha", "b.txt:beta"],
        ),
        (form(MANY, {"1": ["variables.files.1"]}, B), ["b.txt:beta"]),
        (form(PLACE, {"0": ["variables.place.file"]}, A), ["a.txt:alpha"]),
        # The specification asks for an order; browsers and libraries do not all keep it.
        (
            multipart(
                A, ("map", None, '{"0": ["variables.file"]}'), ("operations", None, json.dumps(ONE))
            ),
            ["a.txt:alpha"],
        ),
        (form(ONE, {}), []),
    ],
)
def test_files_reach_their_variables(upload, body: bytes, names):
    assert upload(body) == (200, {"data": {"store": {"names": names}}})


def test_a_quoted_boundary_and_other_letters_pass(upload):
    body = form(ONE, {"ü": ["variables.file"]}, ("ü", "märchen.txt", "größer")).replace(
        b"--b", b"--b c"
    )

    status, answer = upload(body, 'multipart/form-data; boundary="b c"')

    assert (status, answer) == (200, {"data": {"store": {"names": ["märchen.txt:größer"]}}})


@pytest.mark.parametrize("name", ["図 à la carte ☃.txt", "Ångström.txt", "naïve à.txt", "🚪.txt"])
def test_a_files_name_keeps_its_letters(upload, name: str):
    assert upload(form(ONE, {"0": ["variables.file"]}, ("0", name, "alpha"))) == (
        200,
        {"data": {"store": {"names": [f"{name}:alpha"]}}},
    )


OPERATIONS = json.dumps(ONE)
MAP = '{"0": ["variables.file"]}'


def operations_with(**changes):
    return json.dumps(ONE | changes)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"--b--\r\n",
        multipart(("operations", None, OPERATIONS), ("map", None, MAP), A, end=b""),
        form(ONE, {"0": ["variables.file"]}, A)[:-20],
        # The parts themselves.
        multipart(("map", None, MAP), A),
        multipart(("operations", None, OPERATIONS), A),
        multipart(
            ("operations", None, OPERATIONS),
            ("operations", None, OPERATIONS),
            ("map", None, MAP),
            A,
        ),
        multipart(("operations", None, OPERATIONS), ("map", None, MAP), ("map", None, MAP), A),
        multipart(("operations", "o.json", OPERATIONS), ("map", None, MAP), A),
        multipart(("operations", None, OPERATIONS), ("map", None, MAP), A, ("more", None, "text")),
        multipart(("operations", None, OPERATIONS), ("map", None, MAP), A, A),
        multipart(("operations", None, OPERATIONS), ("map", None, MAP), A, B),
        multipart(("operations", None, OPERATIONS), ("map", None, MAP), ("0", None, "text")),
        multipart(("operations", None, OPERATIONS), ("map", None, MAP)),
        # operations
        multipart(("operations", None, "{"), ("map", None, MAP), A),
        multipart(("operations", None, ""), ("map", None, MAP), A),
        multipart(("operations", None, b'{"query": "\xff"}'), ("map", None, MAP), A),
        multipart(("operations", None, "[" * 100), ("map", None, MAP), A),
        multipart(
            ("operations", None, '{"query": "{ hello }", "variables": {"x": NaN}}'),
            ("map", None, "{}"),
        ),
        form(7, {}),
        form(None, {"0": ["variables.file"]}, A),
        form([ONE], {"0": ["0.variables.file"]}, A),
        form({}, {}),
        form({"query": 7}, {}),
        form({"query": "{ hello }", "variables": []}, {"0": ["variables.0"]}, A),
        form({"query": "{ hello }", "variables": None}, {"0": ["variables.file"]}, A),
        # map
        multipart(("operations", None, OPERATIONS), ("map", None, "{"), A),
        multipart(("operations", None, OPERATIONS), ("map", None, "[" * 100), A),
        form(ONE, None, A),
        form(ONE, [["variables.file"]], A),
        form(ONE, "variables.file", A),
        form(ONE, {}, A),
        form(ONE, {"0": None}, A),
        form(ONE, {"0": "variables.file"}, A),
        form(ONE, {"0": []}, A),
        form(ONE, {"0": [7]}, A),
        form(ONE, {"0": [["variables.file"]]}, A),
        form(ONE, {"0": ["variables.file", "variables.file"]}, A),
        form(ONE, {"0": ["variables.file"], "1": ["variables.file"]}, A, B),
        # Paths
        form(ONE, {"0": [""]}, A),
        form(ONE, {"0": ["variables"]}, A),
        form(ONE, {"0": ["query"]}, A),
        form(ONE, {"0": ["file"]}, A),
        form(ONE, {"0": ["0.variables.file"]}, A),
        form(ONE, {"0": ["variables.other"]}, A),
        form(ONE, {"0": ["variables.file.x"]}, A),
        form(ONE, {"0": ["variables..file"]}, A),
        form(ONE, {"0": ["variables.file."]}, A),
        form(ONE, {"0": ["variables.__class__"]}, A),
        form(ONE | {"variables": {"file": "taken"}}, {"0": ["variables.file"]}, A),
        form(ONE | {"variables": {"file": False}}, {"0": ["variables.file"]}, A),
        form(MANY, {"0": ["variables.files"]}, A),
        form(MANY, {"0": ["variables.files.2"]}, A),
        form(MANY, {"0": ["variables.files.-1"]}, A),
        form(MANY, {"0": ["variables.files.00"]}, A),
        form(MANY, {"0": ["variables.files.+1"]}, A),
        form(MANY, {"0": ["variables.files.\N{ARABIC-INDIC DIGIT ZERO}"]}, A),
        form(MANY, {"0": ["variables.files.1e0"]}, A),
        form(MANY, {"0": ["variables.files." + "9" * 5000]}, A),
        form(MANY, {"0": ["variables.files.length"]}, A),
        form(
            ONE | {"variables": {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": None}}}}}}}}},
            {"0": ["variables.a.b.c.d.e.f.g.h"]},
            A,
        ),
    ],
)
def test_malformed_requests_are_400(upload, body: bytes):
    status, answer = upload(body)

    assert status == 400
    assert [entry["extensions"]["code"] for entry in answer["errors"]] == ["BAD_USER_INPUT"]
    assert "data" not in answer


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=" + "x" * 300,
        "multipart/form-data; boundary=b; charset=utf-16",
        "multipart/form-data; boundary=c",
        "multipart/mixed; boundary=b",
    ],
)
def test_a_wrong_boundary_or_kind_is_refused(upload, content_type: str):
    status, answer = upload(form(ONE, {"0": ["variables.file"]}, A), content_type)

    assert status in {400, 415}
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_djangos_own_limits_answer_in_json(upload, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    status, answer = upload(form(ONE | {"query": "#" * 2_000}, {}))
    assert (status, answer["errors"][0]["extensions"]["reason"]) == (413, "BODY_TOO_LARGE")

    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    assert upload(multipart(*[("x", None, "")] * 10))[0] == 400
    files: list[Part] = [
        (str(index), "a", "b") for index in range(settings.DATA_UPLOAD_MAX_NUMBER_FILES + 1)
    ]
    assert upload(multipart(*files))[0] == 400


def test_the_number_of_files_and_the_whole_size_have_limits(upload, settings):
    files: list[Part] = [(str(index), "a", "b") for index in range(11)]
    many = MANY | {"variables": {"files": [None] * 11}}

    status, answer = upload(
        form(many, {name: [f"variables.files.{name}"] for name, _, _ in files}, *files)
    )
    assert (status, answer["errors"][0]["extensions"]["reason"]) == (400, "TOO_MANY_FILES")

    settings.GRAPHQL_MAX_UPLOAD_BYTES = 2_000
    status, answer = upload(form(ONE, {"0": ["variables.file"]}, ("0", "a", "x" * 2_000)))
    assert (status, answer["errors"][0]["extensions"]["reason"]) == (413, "BODY_TOO_LARGE")


def test_a_chunked_body_has_no_length_and_is_read_all_the_same(upload):
    body = form(ONE, {"0": ["variables.file"]}, A)

    status, answer = upload(body, HTTP_TRANSFER_ENCODING="chunked")

    assert (status, answer["data"]["store"]["names"]) == (200, ["a.txt:alpha"])


def test_files_are_closed_when_the_answer_is_made(upload, settings, tmp_path):
    settings.FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)

    assert upload(form(ONE, {"0": ["variables.file"]}, A))[0] == 200
    assert upload(form(ONE, {"0": ["variables.other"]}, A))[0] == 400
    assert upload(form(ONE, {"0": ["variables.file"]}, A)[:-7])[0] == 400

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", ["a.txt", 7, {}, {"name": "a"}, [], True])
def test_only_a_file_is_an_upload(send: Send, value):
    response = send("POST", json.dumps(ONE | {"variables": {"file": value}}))

    errors = json.loads(response.content)["errors"]
    assert [one["extensions"]["code"] for one in errors] == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("literal", ['"a.txt"', "7", "{}", '{name: "a"}', "[]", "true", "A"])
def test_a_file_cannot_be_written_into_a_document(send: Send, literal: str):
    query = f"mutation {{ store(file: {literal}) {{ names }} }}"

    response = send("POST", json.dumps({"query": query}))

    errors = json.loads(response.content)["errors"]
    assert [one["extensions"]["code"] for one in errors] == ["GRAPHQL_VALIDATION_FAILED"]
