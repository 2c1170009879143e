"""Rules on the scope of an HTTP request and of a WebSocket connection.

Both scopes say the same of the request that began the connection, in the same words, so
one rule looks at both. All of them bind the server. What the text calls optional may be
missing; what is there must be of the right type. The headers have a chapter of their
own (`asgi_scope_headers`).

Whether the scope tells the truth about it is for the cases on the wire.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

from asgi_compare.judge.rules.engine.examples import (
    ABSENT,
    BODY,
    CLOSE,
    CONNECT,
    REQUEST,
    START,
    http,
    websocket,
)
from asgi_compare.judge.rules.engine.judge import Judge
from asgi_compare.judge.rules.engine.rule import WWW, rule
from asgi_compare.judge.rules.engine.values import (
    shown,
)

SCOPE = WWW + "http-connection-scope"
BOTH = ("scope http", "scope websocket")
ANSWER = (REQUEST, START, BODY)


@rule(
    "asgi-scope/http-version",
    "server",
    "must",
    BOTH,
    quote='One of "1.0", "1.1" or "2"',
    link=SCOPE,
    statement="`http_version` is '1.0', '1.1' or '2'; a WebSocket has no '1.0'.",
    why="Applications compare it with these texts.",
    hint="Leave out the 'HTTP/', and write '2', not '2.0'; a WebSocket over HTTP/1.1 "
    "has '1.1'.",
    breaks=http(*ANSWER, scope={"http_version": "HTTP/1.1"}),
    keeps=http(*ANSWER, scope={"http_version": "2"}),
)
def http_version(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    version = scope.get("http_version", "1.1" if judge.protocol == "websocket" else 0)
    known = ("1.1", "2") if judge.protocol == "websocket" else ("1.0", "1.1", "2")
    if not isinstance(version, str) or version not in known:
        got = shown(version) if "http_version" in scope else "none"
        yield f"Expected an http_version out of {known!r}, but got {got}"


@rule(
    "asgi-scope/method",
    "server",
    "must",
    "scope http",
    quote="The HTTP method name, uppercased",
    link=SCOPE,
    statement="`method` is a Unicode string in upper case.",
    why="Applications compare it with 'GET' and its kin.",
    hint="Call `.upper()` on what the client sent.",
    breaks=http(*ANSWER, scope={"method": "get"}),
    keeps=http(*ANSWER, scope={"method": "PROPFIND"}),
)
def method(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    value = scope.get("method")
    if not isinstance(value, str) or not value or value != value.upper():
        got = shown(value) if "method" in scope else "none"
        yield f"Expected a method in upper case, but got {got}"


@rule(
    "asgi-scope/scheme",
    "server",
    "must",
    BOTH,
    quote="Optional (but must not be empty)",
    link=SCOPE,
    statement="`scheme`, if it is there, is a Unicode string that is not empty.",
    why="Applications build absolute URLs with it.",
    hint="Say 'http' or 'https' ('ws' or 'wss'), or leave the key away.",
    breaks=http(*ANSWER, scope={"scheme": ""}),
    keeps=http(*ANSWER, scope={"scheme": ABSENT}),
)
def scheme(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    value = scope.get("scheme", "http")
    if not isinstance(value, str) or not value:
        yield f"Expected a scheme that is a str and not empty, but got {shown(value)}"


@rule(
    "asgi-scope/path-type",
    "server",
    "must",
    BOTH,
    quote="path (Unicode string)",
    link=SCOPE,
    statement="`path` is there, and is a Unicode string.",
    why="Every router reads it.",
    hint="Decode the percent-encoding, then UTF-8.",
    breaks=http(*ANSWER, scope={"path": b"/", "raw_path": ABSENT}),
    keeps=http(*ANSWER, scope={"path": "/caf\xe9", "raw_path": b"/caf%C3%A9"}),
)
def path_type(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    if not isinstance(scope.get("path"), str):
        got = shown(scope["path"]) if "path" in scope else "none"
        yield f"Expected a path that is a str, but got {got}"


@rule(
    "asgi-scope/path-not-decoded",
    "server",
    "must",
    BOTH,
    quote="with percent-encoded sequences and UTF-8 byte sequences decoded into "
    "characters",
    link=SCOPE,
    statement="`path` is what `raw_path` says, percent-decoded and read as UTF-8.",
    why="A path that is decoded differently leads to another page.",
    hint="Decode the bytes of `raw_path` once: percent-encoding first, then UTF-8.",
    breaks=http(*ANSWER, scope={"path": "/a%20b", "raw_path": b"/a%20b"}),
    keeps=http(*ANSWER, scope={"path": "/a b", "raw_path": b"/a%20b"}),
)
def path_not_decoded(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    raw, path = scope.get("raw_path"), scope.get("path")
    if not isinstance(raw, bytes) or not isinstance(path, str):
        return
    root = scope.get("root_path", "")
    if b"?" in raw or not raw.startswith(b"/") or not isinstance(root, str):
        return
    try:
        decoded = unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        return
    # Some servers put root_path in front of path alone, some in front of both.
    if path not in (decoded, root + decoded):
        yield f"Expected the path {decoded!r} for {raw!r}, but got {path!r}"


@rule(
    "asgi-scope/raw-path",
    "server",
    "must",
    BOTH,
    quote="The original HTTP path component, excluding any query string, unmodified "
    "from the bytes that were received by the web server",
    link=SCOPE,
    statement="`raw_path`, if it is there, is a byte string without the query.",
    why="Applications that need what was really asked for look here.",
    hint="Cut the target at its first `?`; leave the key away if it is not known.",
    breaks=http(*ANSWER, scope={"raw_path": b"/?a=1", "query_string": b"a=1"}),
    keeps=http(*ANSWER, scope={"path": "/?", "raw_path": b"/%3F"}),
)
def raw_path(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    value = scope.get("raw_path")
    if value is None:
        return
    if not isinstance(value, bytes):
        yield f"Expected a raw_path that is bytes, but got {shown(value)}"
    elif b"?" in value:
        yield f"Expected a raw_path without the query, but got {shown(value)}"


@rule(
    "asgi-scope/query-string",
    "server",
    "must",
    BOTH,
    quote="query_string (byte string)",
    link=SCOPE,
    statement="`query_string` is a byte string; only a WebSocket's may be missing.",
    why="Applications parse it as bytes.",
    hint="Use `b''` where there is no query.",
    breaks=http(*ANSWER, scope={"query_string": "a=1"}),
    keeps=websocket(CONNECT, CLOSE, scope={"query_string": None}),
)
def query_string(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    value = scope.get("query_string")
    if value is None and judge.protocol == "websocket":
        return
    if not isinstance(value, bytes):
        got = shown(value) if "query_string" in scope else "none"
        yield f"Expected a query_string that is bytes, but got {got}"


@rule(
    "asgi-scope/root-path",
    "server",
    "must",
    BOTH,
    quote="root_path (Unicode string)",
    link=SCOPE,
    statement="`root_path`, if it is there, is a Unicode string.",
    why="Applications put it in front of the links that they make.",
    hint="Use `''` where the application is mounted at the root.",
    breaks=http(*ANSWER, scope={"root_path": b""}),
    keeps=http(*ANSWER, scope={"root_path": ABSENT}),
)
def root_path(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    value = scope.get("root_path", "")
    if not isinstance(value, str):
        yield f"Expected a root_path that is a str, but got {shown(value)}"


@rule(
    "asgi-scope/state",
    "server",
    "must",
    (*BOTH, "scope lifespan"),
    quote="state Optional(dict[Unicode string, Any])",
    link=SCOPE,
    statement="`state`, if it is there, is a dict.",
    why="Applications set keys in it, and look them up.",
    hint="Make a shallow copy of the lifespan's dict for each request.",
    breaks=http(*ANSWER, scope={"state": None}),
    keeps=http(*ANSWER, scope={"state": {"pool": object()}}),
)
def state(judge: Judge, scope: dict[str, Any]) -> Iterator[str]:
    if "state" in scope and not isinstance(scope["state"], dict):
        yield f"Expected a state that is a dict, but got {shown(scope['state'])}"
