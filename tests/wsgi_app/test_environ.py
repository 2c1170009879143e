"""Reading requests and writing responses."""

import io
import json
from typing import Any

import pytest

from asgi_compare.contract.scenario import Request
from asgi_compare.drive.in_process.wsgi import exchange
from tests.wsgi_app.serving import Exchange, ask, environ
from wsgi_app.app import application
from wsgi_app.environ import path_below_root, query


def inspected(**others: Any) -> dict[str, Any]:
    path = others.pop("PATH_INFO", "/inspect/x")
    answer: dict[str, Any] = json.loads(ask(application, path, **others).content)
    return answer


def test_body_is_not_read_past_its_length() -> None:
    stream = io.BytesIO(b"abcGET /next")
    answer = inspected(**{"CONTENT_LENGTH": "3", "wsgi.input": stream})
    assert answer["body_length"] == 3
    assert stream.read() == b"GET /next"


def test_body_of_unknown_length_is_not_read() -> None:
    stream = io.BytesIO(b"GET /next")
    assert inspected(**{"wsgi.input": stream})["body_length"] == 0
    assert stream.tell() == 0


def test_body_of_unknown_length_is_read_if_the_server_ends_it() -> None:
    stream = io.BytesIO(b"x" * 100_000)
    answer = inspected(**{"wsgi.input": stream, "wsgi.input_terminated": True})
    assert answer["body_length"] == 100_000


def test_body_that_ends_early_is_refused() -> None:
    stream = io.BytesIO(b"abc")
    given = {"CONTENT_LENGTH": "10", "wsgi.input": stream}
    asked = ask(application, "/echo", "POST", **given)
    assert asked.status == "400 Bad Request"
    assert asked.content == b"Expected 7 bytes more, but the body ended."


@pytest.mark.parametrize("path", ["", "/"])
def test_path_may_be_empty_below_a_root(path: str) -> None:
    given = environ(path, SCRIPT_NAME="/mounted")
    assert Exchange(given).call(application).finish().content == b"Hello, world!"


def test_path_and_query_may_be_missing() -> None:
    assert path_below_root({}) == "/"
    assert query({}) == []


def test_path_is_decoded_as_utf_8() -> None:
    native = "/inspect/café".encode().decode("latin-1")
    assert inspected(PATH_INFO=native)["path"] == "/inspect/café"


def test_path_that_is_not_utf_8_has_replacements() -> None:
    assert inspected(PATH_INFO="/inspect/caf\xe9")["path"] == "/inspect/caf�"


def test_path_of_inspect_may_hold_a_line_break() -> None:
    assert inspected(PATH_INFO="/inspect/a\nb")["path"] == "/inspect/a\nb"


def test_content_fields_are_header_fields_unless_they_are_empty() -> None:
    given = {"CONTENT_TYPE": "text/csv", "CONTENT_LENGTH": "", "HTTP_HOST": "x"}
    assert inspected(**given)["headers"] == [
        ["content-type", "text/csv"],
        ["host", "x"],
    ]


@pytest.mark.parametrize(
    ("given", "client"),
    [
        ({}, None),
        ({"REMOTE_ADDR": "127.0.0.1"}, ["127.0.0.1", None]),
        ({"REMOTE_ADDR": "::1", "REMOTE_PORT": "5000"}, ["::1", 5000]),
    ],
    ids=["unknown", "address", "address and port"],
)
def test_client_is_told_as_far_as_it_is_known(
    given: dict[str, str], client: list[object] | None
) -> None:
    assert inspected(**given)["client"] == client


def test_server_and_version_are_told() -> None:
    answer = inspected(SERVER_NAME="example.org", SERVER_PORT="8080")
    assert answer["server"] == ["example.org", 8080]
    assert answer["http_version"] == "1.1"


@pytest.mark.parametrize(
    "query",
    ["q=caf%C3%A9", "q=café".encode().decode("latin-1")],
    ids=["encoded", "raw"],
)
def test_query_is_read_as_utf_8_whether_it_is_encoded_or_not(query: str) -> None:
    asked = ask(application, f"/items/1?{query}")
    assert json.loads(asked.content)["query"] == [["q", "café"]]


@pytest.mark.parametrize("body", [b"q=caf%C3%A9", "q=café".encode()])
def test_form_is_read_as_utf_8_whether_it_is_encoded_or_not(body: bytes) -> None:
    given = {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
    asked = ask(application, "/form", "POST", **given)
    assert json.loads(asked.content) == {"form": [["q", "café"]]}


def test_number_too_long_for_python_is_no_item() -> None:
    assert ask(application, "/items/" + "9" * 5000).status == "404 Not Found"


def test_event_id_too_long_for_python_is_none_of_ours() -> None:
    asked = ask(application, "/events", HTTP_LAST_EVENT_ID="9" * 5000)
    assert asked.blocks == [
        b"retry: 1000\nid: 1\ndata: event 1\n\n",
        b"id: 2\ndata: event 2\n\n",
        b"id: 3\ndata: event 3\n\n",
    ]


def test_status_205_has_a_length_and_no_content() -> None:
    # By our driver: the validator would have a Content-Type even here.
    answer = exchange(application, Request(target=b"/status/205")).response
    assert answer is not None
    assert (answer.status, answer.body) == (205, b"")
    assert answer.headers == ((b"content-length", b"0"),)


def test_status_without_a_phrase_gets_one() -> None:
    assert ask(application, "/status/599").status == "599 Unknown"


def test_cookie_keeps_the_bytes_that_latin_1_takes_for_blanks() -> None:
    native = "à".encode().decode("latin-1")
    asked = ask(application, "/cookies", HTTP_COOKIE=f"a={native}; b = \t1 ;c")
    assert json.loads(asked.content) == {"cookies": {"a": native, "b": "1"}}
