"""Chapter: on a Unix domain socket, where neither end has a host or a port."""

from __future__ import annotations

import ipaddress
from typing import Any

from asgi_compare.judge.server.case import Case, Hear, Leave, Say
from asgi_compare.judge.server.chapters.websocket.handshake import ACCEPTING, handshake
from asgi_compare.judge.server.checks.application import of_call, saw_body
from asgi_compare.judge.server.checks.wire import answers
from asgi_compare.judge.server.client.build import CLOSE, request, sized
from asgi_compare.judge.server.observed import Call, Observed
from asgi_compare.judge.server.texts import http, pep, www

SCOPE = "http-connection-scope"


def _server(call: Call) -> object:
    value = call.scope.get("server")
    return value is None or _is_socket(value) or repr(value)


def _is_socket(value: Any) -> bool:
    if not isinstance(value, list | tuple) or len(value) != 2:
        return False
    path, port = value
    return type(path) is str and path.startswith("/") and port is None


def _client(call: Call) -> object:
    value = call.scope.get("client")
    return value is None or _is_address(value) or repr(value)


def _is_address(value: Any) -> bool:
    if not isinstance(value, list | tuple) or len(value) != 2:
        return False
    host, port = value
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return type(host) is str and type(port) is int


def _named(call: Call) -> object:
    found = {key: call.scope.get(key) for key in ("SERVER_NAME", "SERVER_PORT")}
    return all(type(v) is str and v for v in found.values()) or repr(found)


def _told_of_the_client(seen: Observed) -> str:
    found = seen.call.scope.get("REMOTE_ADDR", "absent") if seen.call else "unknown"
    return f"REMOTE_ADDR is {found!r}."


CASES: tuple[Case, ...] = (
    Case(
        "unix-request",
        "must",
        "A request with a body is answered there as anywhere.",
        http("3.3", "operates over a reliable transport- or session-layer"),
        (Say(sized(b"hello", CLOSE)), Hear()),
        (answers(200), saw_body(b"hello")),
        transport="unix",
    ),
    Case(
        "unix-server",
        "must",
        "`server`, if given, is the path of the socket and None.",
        www(SCOPE, "where path is that of the unix socket"),
        (Say(request(CLOSE)), Hear()),
        (answers(200), of_call("the path of the socket, and None", _server)),
        transport="unix",
        interfaces=("asgi",),
    ),
    Case(
        "unix-client",
        "must",
        "`client`, if given, is an address and a port; there are none here.",
        www(SCOPE, "where host is the remote host's IPv4 or IPv6 address"),
        (Say(request(CLOSE)), Hear()),
        (answers(200), of_call("no client, or an address and a port", _client)),
        transport="unix",
        interfaces=("asgi",),
    ),
    Case(
        "unix-websocket",
        "must",
        "`server` of a WebSocket, if given, is the path of the socket and None.",
        www("websocket-connection-scope", "where path is that of the unix socket"),
        (Say(handshake()), Hear(), Leave()),
        (answers(101), of_call("the path of the socket, and None", _server)),
        script=ACCEPTING,
        needs="websocket",
        transport="unix",
    ),
    Case(
        "unix-environ",
        "must",
        "`SERVER_NAME` and `SERVER_PORT` are there, and not empty.",
        pep("environ-variables", "can never be empty strings, and so are always"),
        (Say(request(CLOSE)), Hear()),
        (answers(200), of_call("both of them, not empty", _named)),
        transport="unix",
        interfaces=("wsgi",),
    ),
    Case(
        "unix-remote-addr",
        "may",
        "What stands in `REMOTE_ADDR` is reported.",
        pep("environ-variables", "should attempt to provide as many other CGI"),
        (Say(request(CLOSE)), Hear()),
        (answers(200),),
        report=_told_of_the_client,
        transport="unix",
        interfaces=("wsgi",),
    ),
)
