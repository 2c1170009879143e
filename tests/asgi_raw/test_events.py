"""Reading requests, where the contract has no scenario for it."""

import json
import re
from typing import Any

import pytest

from asgi_compare.contract.scenario import Request
from asgi_compare.domain import Ledger
from asgi_compare.drive.in_process.asgi_http import exchange
from asgi_compare.model.transcript import Response
from asgi_raw.app import application
from asgi_raw.events import Event, read_body, spec_version
from asgi_raw.routes import path_below_root
from tests.asgi_raw.serving import END_OF_BODY, http, play


async def ask(request: Request) -> Response:
    response = (await exchange(application, request)).response
    assert response is not None
    return response


async def content(path: str, **scope: Any) -> Any:
    """Ask, and give the JSON of the answer."""
    sent = await play(application, http(path, **scope))
    return json.loads(sent[-1]["body"])


async def test_body_is_joined_from_all_of_its_events() -> None:
    coming = iter(
        [
            {"type": "http.request", "body": b"a", "more_body": True},
            {"type": "http.request", "more_body": True},
            {"type": "http.request", "body": b"b"},
        ]
    )

    async def receive() -> Any:
        return next(coming)

    assert await read_body(receive) == b"ab"


async def test_event_that_is_none_of_a_request_is_refused() -> None:
    expected = "Expected 'http.request', but got 'http.demand'."
    with pytest.raises(ValueError, match=re.escape(expected)):
        await play(application, http("/json"), [{"type": "http.demand"}])


async def test_key_that_nobody_knows_is_no_error() -> None:
    event = {"type": "http.request", "colour": "red"}
    sent = await play(application, http("/"), [event])
    assert sent[-1] == {"type": "http.response.body", "body": b"Hello, world!"}


@pytest.mark.parametrize(
    "query",
    [b"q=caf%C3%A9", "q=café".encode(), b"q=caf%E9", b"q=caf\xe9"],
    ids=["encoded", "raw", "encoded, not UTF-8", "raw, not UTF-8"],
)
async def test_query_is_read_as_utf_8_whether_it_is_encoded_or_not(
    query: bytes,
) -> None:
    answer = await content("/items/1", query_string=query)
    last = "é" if b"\xa9" in query or b"%A9" in query else "�"
    assert answer["query"] == [["q", f"caf{last}"]]


async def test_form_is_read_as_utf_8_whether_it_is_encoded_or_not() -> None:
    for body in (b"q=caf%C3%A9", "q=café".encode()):
        answer = await ask(Request("POST", b"/form", (), (body,)))
        assert json.loads(answer.text) == {"form": [["q", "café"]]}


@pytest.mark.parametrize(
    ("path", "root", "below"),
    [
        ("/json", "", "/json"),
        ("/app/json", "/app", "/json"),
        ("/app/json", "/app/", "/json"),
        ("/app/", "/app", "/"),
        ("/app", "/app", "/"),
        ("/appointments", "/app", "/appointments"),
        ("/json", "/app", "/json"),
        ("/", "", "/"),
        ("", "", "/"),
    ],
)
def test_path_is_what_is_left_below_the_root(path: str, root: str, below: str) -> None:
    """A server that leaves the root out of the path is understood as well."""
    assert path_below_root({"path": path, "root_path": root}) == below


async def test_path_of_inspect_may_hold_a_line_break() -> None:
    assert (await content("/inspect/a\nb"))["path"] == "/inspect/a\nb"


async def test_number_too_long_for_python_is_no_item() -> None:
    sent = await play(application, http("/items/" + "9" * 5000))
    assert sent[0]["status"] == 404


async def test_event_id_too_long_for_python_is_none_of_ours() -> None:
    last = [(b"last-event-id", b"9" * 5000)]
    sent = await play(application, http("/events", headers=last))
    assert [event.get("body") for event in sent[1:]] == [
        b"retry: 1000\nid: 1\ndata: event 1\n\n",
        b"id: 2\ndata: event 2\n\n",
        b"id: 3\ndata: event 3\n\n",
        b"",
    ]


async def test_status_205_has_a_length_and_no_content() -> None:
    """It is the only status without content that says so by a Content-Length."""
    assert await play(application, http("/status/205")) == [
        {
            "type": "http.response.start",
            "status": 205,
            "headers": ((b"content-length", b"0"),),
        },
        {"type": "http.response.body", "body": b""},
    ]


@pytest.mark.parametrize(
    ("scope", "version"),
    [
        ({"asgi": {"version": "3.0", "spec_version": "2.5"}}, (2, 5)),
        ({"asgi": {"version": "3.0", "spec_version": "2.10"}}, (2, 10)),
        ({"asgi": {"version": "3.0"}}, (2, 0)),
        ({}, (2, 0)),
    ],
    ids=["told", "two digits", "not told", "nothing told"],
)
def test_version_is_told_or_the_first(
    scope: dict[str, Any], version: tuple[int, ...]
) -> None:
    assert spec_version(scope) == version
    assert (version >= (2, 3)) == (version != (2, 0))


async def test_cookie_keeps_the_bytes_that_latin_1_takes_for_blanks() -> None:
    fields = [(b"cookie", "a=à; b = \t1 ;c".encode())]
    answer = await content("/cookies", headers=fields)
    assert answer == {"cookies": {"a": "à".encode().decode("latin-1"), "b": "1"}}


async def test_work_is_not_done_for_a_client_that_left_before_its_answer() -> None:
    coming = iter([END_OF_BODY])

    async def receive() -> Event:
        return next(coming)

    async def send(event: Event) -> None:
        raise OSError("the client has left")

    ledger = Ledger()
    scope = http("/background?id=left", "POST", state={"ledger": ledger})
    with pytest.raises(OSError, match="the client has left"):
        await application(scope, receive, send)
    assert ledger.read("left") == ["accepted"]


async def test_request_is_waited_for_though_nobody_reads_its_body() -> None:
    """The answer comes after the last of its events, and not before."""
    happened: list[str] = []

    async def receive() -> Event:
        happened.append("receive")
        return {"type": "http.request", "body": b"x", "more_body": len(happened) < 3}

    async def send(event: Event) -> None:
        happened.append("send")

    await application(http("/"), receive, send)
    assert happened == ["receive"] * 3 + ["send"] * 2


async def test_client_that_leaves_before_its_request_is_whole_gets_no_answer() -> None:
    events: list[Event] = [
        {"type": "http.request", "body": b"x", "more_body": True},
        {"type": "http.disconnect"},
    ]
    assert await play(application, http("/"), events) == []
