"""The two WebSockets of the dashboard, and uvicorn under it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from asgi_compare.dashboard.serving import serving
from asgi_compare.dashboard.subjects import Subject


@pytest.fixture
def address(subjects: dict[str, Subject]) -> Iterator[str]:
    with serving(subjects) as found:
        yield found


def talk(address: str, name: str, origin: str | None = None) -> ClientConnection:
    place = urlsplit(address)
    return connect(
        f"ws://{place.netloc}{place.path}{name}",
        origin=Origin(origin or f"http://{place.netloc}"),
    )


def test_watch_tells_a_row_for_each_server(address: str) -> None:
    with talk(address, "live") as watch:
        rows = json.loads(watch.recv(timeout=20))
        counted = rows
        while None in [row["hops"] for row in counted]:
            counted = json.loads(watch.recv(timeout=20))
    assert [row["hops"] for row in counted] == [0, 0]
    assert [row["id"] for row in rows] == ["raw-asgi", "raw-wsgi"]
    for row in rows:
        assert row["ended"] == ""
        assert row["ms"] > 0
        assert row["mib"] > 5


def test_console_speaks_to_all_at_once(address: str) -> None:
    with talk(address, "console") as console:
        console.send(json.dumps({"open": {"kind": "ws", "path": "/ws/echo"}}))
        told = [json.loads(console.recv(timeout=20)) for _ in range(2)]
        assert {(each["id"], each["what"]) for each in told} == {
            ("raw-asgi", "opened"),
            ("raw-wsgi", "refused"),
        }
        console.send(json.dumps({"say": "<b>hello</b>"}))
        told = [json.loads(console.recv(timeout=20)) for _ in range(2)]
    assert [(each["what"], each["text"]) for each in told] == [
        ("said", "<b>hello</b>"),
        ("heard", "<b>hello</b>"),
    ]


def test_console_reads_server_sent_events(address: str) -> None:
    with talk(address, "console") as console:
        wish = {"kind": "sse", "path": "/events", "ids": ["raw-asgi"]}
        console.send(json.dumps({"open": wish}))
        told: list[dict[str, str]] = []
        while not told or told[-1]["what"] != "closed":
            told.append(json.loads(console.recv(timeout=20)))
    assert told[0]["text"] == "HTTP 200"
    assert "data: " in told[1]["text"]


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ("no json", "Expected a JSON object."),
        ("[]", "Expected a JSON object."),
        ({"open": 1}, "Expected a JSON object to open."),
        ({"open": {"kind": "ws", "path": "x"}}, "Expected a path"),
        ({"open": {"kind": "tcp", "path": "/"}}, "Expected 'ws' or 'sse'"),
        ({"open": {"kind": "ws", "path": "/", "ids": ["x"]}}, "Expected ids among"),
    ],
    ids=["no json", "list", "number", "path", "kind", "ids"],
)
def test_console_says_what_is_wrong(
    address: str, message: object, sentence: str
) -> None:
    with talk(address, "console") as console:
        console.send(message if isinstance(message, str) else json.dumps(message))
        told = json.loads(console.recv(timeout=20))
    assert told["what"] == "error"
    assert told["text"].startswith(sentence)


@pytest.mark.parametrize("name", ["live", "console", "nothing"])
def test_foreign_page_gets_no_socket(address: str, name: str) -> None:
    with pytest.raises(InvalidStatus), talk(address, name, "http://evil.example"):
        pass


def test_port_that_is_taken_is_an_error(subjects: dict[str, Subject]) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(OSError, match="in use"),
        serving(subjects, port=taken.getsockname()[1]),
    ):
        pass
