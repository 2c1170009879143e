"""The transcripts of the run made by hand: what each cell of it would have shown.

Every answer is made up, in the shape that its interface gives it: events for ASGI and
WSGI, and on a wire only what a client sees. Which cells there are is `sample.py`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asgi_compare.contract.scenario import Conversation, Request, Scenario
from asgi_compare.model.transcript import Dialogue, Ending, Event, Response, Transcript

SECURITY = (
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)

Headers = tuple[tuple[bytes, bytes], ...]


def transcript_of(
    scenario: Scenario, implementation: str, interface: Any, host: str
) -> Transcript:
    """Make up what was seen of one scenario in one cell."""
    exchange = scenario.exchange
    own: Headers = SECURITY if implementation.startswith("django") else ()
    own = ((b"content-type", b"text/plain; charset=utf-8"), *own)
    servers: Headers = ((b"date", b"Fri, 20 Nov"), (b"server", host.encode()))
    headers = own if interface != "wire" else own + servers
    made: dict[str, Any] = {"threads": (140001,)}
    if isinstance(exchange, Request):
        made["answer"] = Response(200, "OK", headers, b"Hello, world!", (13,))
        if interface == "asgi":
            made |= {"scope": _scope(exchange), "events": _asgi(exchange, own)}
        elif interface == "wsgi":
            made["events"] = _wsgi(own)
    elif isinstance(exchange, Conversation):
        heard = exchange.says
        made["answer"] = Dialogue(Response(101), heard=heard, code=1000)
        if interface == "asgi":
            made["events"] = _dialogue(heard)
    if scenario.endpoint == "error" and interface != "wire":
        made["ending"] = Ending("raised", "RuntimeError: on purpose", 41_000)
    took = len(scenario.shows) * 3210
    return Transcript(scenario.name, interface, elapsed_ns=took, **made)


def _scope(request: Request) -> Mapping[str, Any]:
    path, _, query = request.target.partition(b"?")
    headers = [[b"host", b"127.0.0.1"], *map(list, request.headers)]
    return {
        "type": "http",
        "http_version": "1.1",
        "method": request.method,
        "path": path.decode(),
        "raw_path": path,
        "query_string": query,
        "headers": headers,
    }


def _asgi(request: Request, headers: Headers) -> tuple[Event, ...]:
    pieces = request.body or (b"",)
    received = [
        {"type": "http.request", "body": piece, "more_body": n < len(pieces)}
        for n, piece in enumerate(pieces, 1)
    ]
    start = {"type": "http.response.start", "status": 200, "headers": list(headers)}
    end = {"type": "http.response.body", "body": b"Hello, world!", "more_body": False}
    return _events(
        [("receive", e) for e in received] + [("send", start), ("send", end)]
    )


def _wsgi(headers: Headers) -> tuple[Event, ...]:
    texts = [(name.decode(), value.decode()) for name, value in headers]
    return _events(
        [
            ("send", {"type": "start_response", "status": "200 OK", "headers": texts}),
            ("send", {"type": "yield", "body": b"Hello, world!"}),
            ("send", {"type": "close"}),
        ]
    )


def _dialogue(heard: tuple[str | bytes, ...]) -> tuple[Event, ...]:
    pairs: list[tuple[str, Any]] = [("receive", {"type": "websocket.connect"})]
    pairs.append(("send", {"type": "websocket.accept"}))
    for message in heard:
        key = "text" if isinstance(message, str) else "bytes"
        pairs.append(("receive", {"type": "websocket.receive", key: message}))
        pairs.append(("send", {"type": "websocket.send", key: message}))
    pairs.append(("receive", {"type": "websocket.disconnect", "code": 1000}))
    return _events(pairs)


def _events(pairs: list[tuple[str, Any]]) -> tuple[Event, ...]:
    return tuple(
        Event(n * 1700, direction, event, len(event.get("body", b"")), 140001)  # type: ignore[arg-type]
        for n, (direction, event) in enumerate(pairs, 1)
    )
