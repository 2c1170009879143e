"""What a server reads off the wire, in Python's terms.

A server parses the request line and the header fields once and hands the parts over: as
a `scope` in ASGI, as an `environ` in WSGI. This module does the parsing, which is alike
for both, and makes the scope. Everything that can be done once for a request is done
once, in a template; what the application gets is a fresh copy each time, because the
application may keep it and write into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from asgi_compare.contract.scenario import PATIENT, Conversation, Headers, Request

Scope = dict[str, Any]
Extensions = Mapping[str, Mapping[str, Any]]

SERVER = ("127.0.0.1", 8000)
CLIENT = ("127.0.0.1", 50000)
HOST = b"127.0.0.1:8000"

NO_EXTENSIONS: Extensions = {}

ASGI_HTTP = {"version": "3.0", "spec_version": "2.5"}
"""`scope["asgi"]`: the versions that these drivers keep to."""


class Target:
    """A request-target, taken apart."""

    __slots__ = ("authority", "path", "query", "raw_path")

    def __init__(self, target: bytes) -> None:
        self.authority = b""
        # RFC 9112 3.2.2: a server must take the absolute form, too.
        if not target.startswith(b"/") and b"://" in target.partition(b"?")[0]:
            rest = target.partition(b"://")[2]
            self.authority = rest.partition(b"?")[0].partition(b"/")[0]
            target = rest[len(self.authority) :]
            target = target if target.startswith(b"/") else b"/" + target
        self.raw_path, _, self.query = target.partition(b"?")
        self.path = unquote_to_bytes(self.raw_path)
        """Percent-decoded; what it means is for the interface to say."""


def fields(target: Target, given: Headers, added: Headers) -> Headers:
    """Lower-case the names, put Host first, and add what is not there yet."""
    found = tuple((name.lower(), value) for name, value in given)
    names = {name for name, _ in found}
    if target.authority:
        # RFC 9112 3.2.2: the authority of the target goes before any Host field.
        found = tuple(each for each in found if each[0] != b"host")
        found = ((b"host", target.authority), *found)
    elif b"host" not in names:
        found = ((b"host", HOST), *found)
    return found + tuple(each for each in added if each[0] not in names)


def framing(request: Request) -> Headers:
    """Return the field that says how long the body is."""
    if request.chunked:
        return ((b"transfer-encoding", b"chunked"),)
    # RFC 9110 8.6: a client says 0 where the method has a meaning for a body.
    if request.body or request.method.upper() in ("POST", "PUT", "PATCH"):
        return ((b"content-length", b"%d" % sum(map(len, request.body))),)
    return ()


class Prepared:
    """A request as the server has read it, ready to be handed over again and again."""

    __slots__ = (
        "client",
        "environ",
        "headers",
        "pieces",
        "request",
        "target",
        "template",
    )

    def __init__(self, request: Request) -> None:
        self.request = request
        # One object for all clients that do nothing special: quick to be told apart.
        self.client = PATIENT if request.client == PATIENT else request.client
        self.target = Target(request.target)
        self.headers = list(fields(self.target, request.headers, framing(request)))
        self.pieces = request.body or (b"",)
        self.environ: dict[str, Any] | None = None
        """The template of WSGI, made by the driver that needs it."""
        self.template: Scope = {
            "type": "http",
            "asgi": ASGI_HTTP,
            "http_version": "1.1",
            "method": request.method.upper(),
            "scheme": "http",
            **paths(self.target, request.root_path),
            "headers": self.headers,
            "client": CLIENT,
            "server": SERVER,
            "extensions": {},
        }

    def scope(self, state: Mapping[str, Any] | None, extensions: Extensions) -> Scope:
        """Make the connection scope: new dicts and lists, every time."""
        scope = self.template.copy()
        scope["asgi"] = ASGI_HTTP.copy()
        scope["headers"] = self.headers.copy()
        scope["extensions"] = copies(extensions) if extensions else {}
        if state is not None:
            # Lifespan, "Lifespan State": each request gets a shallow copy.
            scope["state"] = dict(state)
        return scope


def paths(target: Target, root_path: str) -> Scope:
    """Return the four keys of a scope that say where the request goes to.

    The client asked for the target below the root path. `path` holds both, as the
    WSGI section of the specification has it: PATH_INFO is `path` without `root_path`.
    """
    return {
        # `path` is decoded from percent-encoding and UTF-8; the specification does not
        # say what becomes of other bytes. All servers that we know put U+FFFD.
        "path": root_path + target.path.decode("utf-8", "replace"),
        "raw_path": quote(root_path).encode() + target.raw_path,
        "query_string": target.query,
        "root_path": root_path,
    }


def copies(extensions: Extensions) -> dict[str, dict[str, Any]]:
    """Copy what the server offers, for one application to write into."""
    return {name: dict(value) for name, value in extensions.items()}


def websocket_scope(
    conversation: Conversation,
    state: Mapping[str, Any] | None,
) -> Scope:
    """Make the connection scope of a WebSocket handshake."""
    target = Target(conversation.target)
    handshake: Headers = (
        (b"upgrade", b"websocket"),
        (b"connection", b"Upgrade"),
        (b"sec-websocket-version", b"13"),
        # The example key of RFC 6455 1.3; nobody computes with it here.
        (b"sec-websocket-key", b"dGhlIHNhbXBsZSBub25jZQ=="),
    )
    if conversation.subprotocols:
        offered = ", ".join(conversation.subprotocols).encode("latin-1")
        handshake += ((b"sec-websocket-protocol", offered),)
    scope: Scope = {
        "type": "websocket",
        "asgi": ASGI_HTTP.copy(),
        "http_version": "1.1",
        "scheme": "ws",
        **paths(target, ""),
        "headers": list(fields(target, conversation.headers, handshake)),
        "client": CLIENT,
        "server": SERVER,
        "subprotocols": list(conversation.subprotocols),
        "extensions": {"websocket.http.response": {}} if conversation.denial else {},
    }
    if state is not None:
        scope["state"] = dict(state)
    return scope


LARGE = 65536
MANY = 256
PREPARED: dict[int, Prepared] = {}


def prepare(request: Request) -> Prepared:
    """Read a request, or find it read.

    Kept by identity, because hashing a request costs more than driving it. The entry
    holds on to its request, so an identity is not given away while it is known here.
    """
    found = PREPARED.get(id(request))
    if found is None:
        found = Prepared(request)
        if sum(map(len, request.body)) <= LARGE:
            if len(PREPARED) >= MANY:
                PREPARED.clear()
            PREPARED[id(request)] = found
    return found
