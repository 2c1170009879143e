"""Exchanges as literal data.

`http(...)`, `websocket(...)`, `lifespan(...)` and `wsgi(...)` make one `Example` each
from what happened in it. The scope is that of a plain and complete server; `scope=`
changes some of its keys, and `ABSENT` takes a key away.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from asgi_compare.judge.rules.engine.rule import Example
from asgi_compare.model.transcript import RETURNED, Direction, Ending

Step = tuple[Direction, Any]

ABSENT = object()
SAME: Mapping[str, Any] = MappingProxyType({})
RAISED = Ending("raised", "ValueError: no such protocol")


def sent(kind: str, **keys: Any) -> Step:
    """One event (or call) by the application."""
    return "send", {"type": kind, **keys}


def received(kind: str, **keys: Any) -> Step:
    """One event (or call's result) for the application."""
    return "receive", {"type": kind, **keys}


HTTP_SCOPE: dict[str, Any] = {
    "type": "http",
    "asgi": {"version": "3.0", "spec_version": "2.5"},
    "http_version": "1.1",
    "method": "GET",
    "scheme": "http",
    "path": "/",
    "raw_path": b"/",
    "query_string": b"",
    "root_path": "",
    "headers": [(b"host", b"example.org")],
    "client": ["127.0.0.1", 50000],
    "server": ["127.0.0.1", 8000],
}
WEBSOCKET_SCOPE: dict[str, Any] = {
    **{key: value for key, value in HTTP_SCOPE.items() if key != "method"},
    "type": "websocket",
    "scheme": "ws",
    "subprotocols": ["chat"],
}
LIFESPAN_SCOPE: dict[str, Any] = {
    "type": "lifespan",
    "asgi": {"version": "3.0", "spec_version": "2.0"},
    "state": {},
}


class Stream:
    """A `wsgi.input` and a `wsgi.errors` that have all the methods and no content."""

    def read(self, size: int = -1) -> bytes:
        """Return nothing."""
        return b""

    def readline(self, size: int = -1) -> bytes:
        """Return nothing."""
        return b""

    def readlines(self, hint: int = -1) -> list[bytes]:
        """Return nothing."""
        return []

    def __iter__(self) -> Any:
        return iter(())

    def flush(self) -> None:
        """Do nothing."""

    def write(self, text: str) -> None:
        """Drop the text."""

    def writelines(self, lines: list[str]) -> None:
        """Drop the lines."""

    def __repr__(self) -> str:
        return "<stream>"


ENVIRON: dict[str, Any] = {
    "REQUEST_METHOD": "GET",
    "SCRIPT_NAME": "",
    "PATH_INFO": "/",
    "QUERY_STRING": "",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "8000",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "HTTP_HOST": "example.org",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.input": Stream(),
    "wsgi.errors": Stream(),
    "wsgi.multithread": False,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}


def changed(scope: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the scope with some keys changed, or taken away by `ABSENT`."""
    both = {**scope, **changes}
    return {key: value for key, value in both.items() if value is not ABSENT}


def http(
    *steps: Step, scope: Mapping[str, Any] = SAME, ending: Ending = RETURNED
) -> Example:
    """One HTTP request."""
    return Example(changed(HTTP_SCOPE, scope), steps, ending)


def websocket(
    *steps: Step, scope: Mapping[str, Any] = SAME, ending: Ending = RETURNED
) -> Example:
    """One WebSocket connection."""
    return Example(changed(WEBSOCKET_SCOPE, scope), steps, ending)


def lifespan(
    *steps: Step, scope: Mapping[str, Any] = SAME, ending: Ending = RETURNED
) -> Example:
    """One lifespan."""
    return Example(changed(LIFESPAN_SCOPE, scope), steps, ending)


def wsgi(
    *steps: Step, environ: Mapping[str, Any] = SAME, ending: Ending = RETURNED
) -> Example:
    """One request in WSGI."""
    return Example(changed(ENVIRON, environ), steps, ending, wsgi=True)


REQUEST = received("http.request", body=b"", more_body=False)
LEFT = received("http.disconnect")
START = sent("http.response.start", status=200, headers=[])
BODY = sent("http.response.body", body=b"hello", more_body=False)
MORE = sent("http.response.body", body=b"hello", more_body=True)
OK = http(REQUEST, START, BODY)

CONNECT = received("websocket.connect")
ACCEPT = sent("websocket.accept")
CLOSE = sent("websocket.close")
GONE = received("websocket.disconnect", code=1000)
HI = received("websocket.receive", text="hi")
TALK = websocket(CONNECT, ACCEPT, HI, sent("websocket.send", text="hi"), GONE)

STARTUP = received("lifespan.startup")
STARTED = sent("lifespan.startup.complete")
SHUTDOWN = received("lifespan.shutdown")
STOPPED = sent("lifespan.shutdown.complete")
LIVED = lifespan(STARTUP, STARTED, SHUTDOWN, STOPPED)


def extended(*names: str) -> dict[str, Any]:
    """Change a scope so that the server offers these extensions."""
    return {"extensions": {name: {} for name in names}}
