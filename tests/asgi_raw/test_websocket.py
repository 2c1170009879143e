"""WebSocket connections on servers that offer less than others."""

import re
from typing import Any

import pytest

from asgi_raw.app import application
from asgi_raw.events import Event, Scope
from tests.asgi_raw.serving import play

CONNECT = {"type": "websocket.connect"}
ACCEPT = {"type": "websocket.accept"}
CLOSE = {"type": "websocket.close"}
HELLO = {"type": "websocket.receive", "text": "hello"}
GONE = {"type": "websocket.disconnect", "code": 1006}


def websocket(path: str, version: str | None = "2.5", **others: Any) -> Scope:
    """Make the smallest scope of a connection; a "?" in the path begins the query."""
    path, _, query = path.partition("?")
    told = {} if version is None else {"spec_version": version}
    return {
        "type": "websocket",
        "asgi": {"version": "3.0", **told},
        "path": path,
        "query_string": query.encode(),
        "headers": [],
        **others,
    }


@pytest.mark.parametrize(
    ("version", "close"),
    [
        ("2.5", {**CLOSE, "code": 4001, "reason": "later"}),
        ("2.3", {**CLOSE, "code": 4001, "reason": "later"}),
        ("2.2", {**CLOSE, "code": 4001}),
        (None, {**CLOSE, "code": 4001}),
    ],
)
async def test_reason_is_sent_to_servers_that_know_it(
    version: str | None, close: Event
) -> None:
    scope = websocket("/ws/close?code=4001&reason=later", version)
    assert await play(application, scope, [CONNECT, HELLO]) == [ACCEPT, close]


@pytest.mark.parametrize("others", [{"query_string": None}, {}], ids=["None", "no key"])
async def test_query_may_be_missing(others: dict[str, None]) -> None:
    scope = websocket("/ws/close")
    del scope["query_string"]
    sent = await play(application, {**scope, **others}, [CONNECT, HELLO])
    assert sent == [ACCEPT, CLOSE]


@pytest.mark.parametrize("code", ["999", "1005", "2000", "5000", "40000", "", "x"])
async def test_code_that_must_not_be_sent_is_refused(code: str) -> None:
    scope = websocket(f"/ws/close?code={code}")
    assert await play(application, scope, [CONNECT]) == [CLOSE]


async def test_reason_is_cut_where_a_frame_ends() -> None:
    """Between two characters, and not within one."""
    scope = websocket("/ws/close?reason=" + "é" * 100)
    sent = await play(application, scope, [CONNECT, HELLO])
    assert sent == [ACCEPT, {**CLOSE, "reason": "é" * 61}]


async def test_subprotocols_may_be_an_iterator() -> None:
    scope = websocket("/ws/subprotocol", subprotocols=iter(["chat.v1", "other"]))
    assert await play(application, scope, [CONNECT]) == [
        {**ACCEPT, "subprotocol": "chat.v1"},
        {"type": "websocket.send", "text": "chat.v1"},
        CLOSE,
    ]


async def test_path_of_no_endpoint_is_refused() -> None:
    assert await play(application, websocket("/ws/nowhere"), [CONNECT]) == [CLOSE]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([HELLO], "'websocket.connect', but got 'websocket.receive'"),
        (
            [CONNECT, CONNECT],
            "'websocket.receive', but got 'websocket.connect'",
        ),
    ],
    ids=["at the beginning", "later"],
)
async def test_event_that_should_not_come_is_refused(
    events: list[Event], expected: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(f"Expected {expected}.")):
        await play(application, websocket("/ws/echo"), events)


async def test_message_may_have_both_keys() -> None:
    binary = {"type": "websocket.receive", "text": None, "bytes": b""}
    text = {"type": "websocket.receive", "text": "", "bytes": None}
    sent = await play(application, websocket("/ws/echo"), [CONNECT, binary, text, GONE])
    assert sent == [
        ACCEPT,
        {"type": "websocket.send", "bytes": b""},
        {"type": "websocket.send", "text": ""},
    ]


async def test_client_may_leave_before_it_says_anything() -> None:
    assert await play(application, websocket("/ws/close"), [CONNECT, GONE]) == [ACCEPT]


async def test_endpoint_under_a_root_is_found() -> None:
    scope = websocket("/app/ws/echo", root_path="/app")
    assert await play(application, scope, [CONNECT, GONE]) == [ACCEPT]
