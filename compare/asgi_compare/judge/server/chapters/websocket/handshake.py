"""Chapter: the WebSocket handshake: what the client asks.

The chapters of what comes after it shake hands first, with what stands here.
"""

from __future__ import annotations

from typing import Any

from asgi_compare.judge.server.acts import Act, Receive, Send
from asgi_compare.judge.server.case import (
    Case,
    Check,
    Hear,
    HearEnd,
    Leave,
    Level,
    Say,
    Step,
    Text,
)
from asgi_compare.judge.server.checks.application import of_call, saw_scope
from asgi_compare.judge.server.checks.wire import (
    answers,
    has,
    mild,
    of_answer,
    refused,
    without_tls,
)
from asgi_compare.judge.server.client.build import request
from asgi_compare.judge.server.observed import Call
from asgi_compare.judge.server.texts import ws, www

CONNECT, ACCEPT = "websocket.connect", "websocket.accept"
UPGRADE, CONNECTION = b"Upgrade: websocket", b"Connection: Upgrade"
KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
ACCEPTS = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
"""What the key of RFC 6455 section 1.3 becomes."""
VERSION = b"Sec-WebSocket-Version: 13"
FIELDS = (UPGRADE, CONNECTION, KEY, VERSION)
SCOPE = "websocket-connection-scope"


def handshake(*more: bytes, without: bytes = b"", **how: Any) -> bytes:
    """Return the bytes of a handshake, without one of its fields if asked."""
    return request(*(each for each in FIELDS if each != without), *more, **how)


ACCEPTING: tuple[Act, ...] = (
    Receive(CONNECT),
    Send({"type": ACCEPT}),
    Receive("websocket.disconnect"),
)


def hand(
    name: str,
    level: Level,
    shows: str,
    text: Text,
    data: bytes,
    *checks: Check,
    script: tuple[Act, ...] = ACCEPTING,
    needs: str = "websocket",
    steps: tuple[Step, ...] = (),
) -> Case:
    """Return a case of a handshake: send it, hear the answer, leave."""
    full = (Say(data), Hear(), *(steps or (Leave(),)))
    return Case(name, level, shows, text, full, checks, script=script, needs=needs)


def saying(*acts: Act) -> tuple[Act, ...]:
    """Return a script that accepts the handshake, and then does this."""
    return (Receive(CONNECT), Send({"type": ACCEPT}), *acts)


def opened(
    name: str,
    level: Level,
    shows: str,
    text: Text,
    *checks: Check,
    steps: tuple[Step, ...] = (HearEnd(1.0), Leave()),
    script: tuple[Act, ...] = ACCEPTING,
) -> Case:
    """Return a case of an open WebSocket: shake hands, then go these steps."""
    return hand(
        name, level, shows, text, handshake(), *checks, steps=steps, script=script
    )


def not_a_websocket(*named: int) -> Check:
    """No WebSocket came of it, and no application was told of one."""

    def check(seen: Any) -> Any:
        found = [c for c in seen.calls if c.scope.get("type") == "websocket"]
        if found:
            return of_call("no WebSocket", lambda c: f"a WebSocket {c.path!r}")(seen)
        if seen.wire.finals and seen.wire.finals[0] in named:
            return None
        if seen.calls and seen.wire.finals:
            return None  # it was taken for plain HTTP, which it may be
        return mild(refused(*named))(seen)

    return check


CASES: tuple[Case, ...] = (
    hand(
        "handshake",
        "must",
        "The handshake is answered with 101 and the hash of the key.",
        ws("4.2.2", "If the server chooses to accept the incoming connection, it MUST"),
        handshake(),
        answers(101),
        has(b"sec-websocket-accept", ACCEPTS),
        of_answer(
            "Upgrade: websocket",
            lambda a: (
                [v.lower() for v in a.values(b"upgrade")] == [b"websocket"]
                or a.values(b"upgrade")
            ),
        ),
        saw_scope("type", "websocket"),
    ),
    hand(
        "handshake-connect-event",
        "must",
        "The first event is `websocket.connect`.",
        www("connect-receive-event", "when the client initially opens a connection"),
        handshake(),
        of_call(
            "websocket.connect first",
            lambda c: (
                [e["type"] for e in c.received()[:1]] == [CONNECT]
                or repr(c.received()[:1])
            ),
        ),
    ),
    hand(
        "handshake-in-odd-case",
        "must",
        "The words of the handshake are case-insensitive; Connection may be a list.",
        ws("4.2.1", "treated as an ASCII case-insensitive value"),
        request(
            b"upgrade: WebSocket", b"connection: keep-alive, uPgRaDe", KEY, VERSION
        ),
        answers(101),
    ),
    hand(
        "handshake-without-key",
        "must",
        "Without a key, there is no WebSocket.",
        ws("4.2.1", "the server MUST stop processing the client's handshake"),
        handshake(without=KEY),
        not_a_websocket(400),
    ),
    hand(
        "handshake-with-short-key",
        "should",
        "A key that is not 16 bytes in base64 is refused.",
        ws("4.2.1", "when decoded, is 16 bytes in length"),
        handshake(b"Sec-WebSocket-Key: c2hvcnQ=", without=KEY),
        not_a_websocket(400),
    ),
    hand(
        "handshake-without-version",
        "must",
        "Without a version, there is no WebSocket.",
        ws("4.2.1", "the server MUST stop processing the client's handshake"),
        handshake(without=VERSION),
        not_a_websocket(400, 426),
    ),
    hand(
        "handshake-with-other-version",
        "must",
        "Another version is refused.",
        ws("4.2.2", "the server MUST abort the WebSocket handshake"),
        handshake(b"Sec-WebSocket-Version: 12", without=VERSION),
        not_a_websocket(400, 426),
    ),
    hand(
        "handshake-with-other-version-names-its-own",
        "must",
        "The refusal of another version names the one that is spoken.",
        ws("4.4", "it MUST respond with a |Sec-WebSocket-Version| header field"),
        handshake(b"Sec-WebSocket-Version: 12", without=VERSION),
        of_answer(
            "13 in Sec-WebSocket-Version",
            lambda a: (
                b"13" in b",".join(a.values(b"sec-websocket-version")).split(b",")
                or a.values(b"sec-websocket-version")
            ),
        ),
    ),
    hand(
        "handshake-by-post",
        "must",
        "A handshake is a GET, and nothing else.",
        ws("4.2.1", "the server MUST stop processing the client's handshake"),
        handshake(b"Content-Length: 0", method=b"POST"),
        not_a_websocket(400, 405),
    ),
    hand(
        "handshake-on-http-1.0",
        "must",
        "A handshake needs HTTP/1.1 at least.",
        ws("4.2.1", "the server MUST stop processing the client's handshake"),
        handshake(version=b"HTTP/1.0"),
        not_a_websocket(400, 426, 505),
    ),
    hand(
        "handshake-without-connection",
        "must",
        "Without `Connection: Upgrade`, there is no WebSocket.",
        ws("4.2.1", "A |Connection| header field that includes the token"),
        handshake(without=CONNECTION),
        not_a_websocket(400),
    ),
    hand(
        "handshake-without-upgrade",
        "must",
        "Without `Upgrade: websocket`, it is a plain request.",
        ws("4.2.1", "An |Upgrade| header field containing the value"),
        handshake(without=UPGRADE),
        not_a_websocket(400),
    ),
    hand(
        "subprotocols-offered",
        "must",
        "The application sees what the client offers, in order.",
        www(SCOPE, "Subprotocols the client advertised"),
        handshake(
            b"Sec-WebSocket-Protocol: one, two", b"Sec-WebSocket-Protocol: three"
        ),
        of_call(
            "one, two, three",
            lambda c: (
                list(c.scope.get("subprotocols") or ()) == ["one", "two", "three"]
                or repr(c.scope.get("subprotocols"))
            ),
        ),
    ),
    hand(
        "websocket-scope",
        "must",
        "The scope of a WebSocket has its types, its path and its query.",
        www(SCOPE, "HTTP request target excluding any query string"),
        handshake(target=b"/<case>/%C3%A9?a=1"),
        without_tls(of_call("the types of the scope", lambda c: _scope(c))),
    ),
)


def _scope(call: Call) -> object:
    scope = call.scope
    wanted = {
        "path": str(scope.get("path", "")).endswith("/é"),
        "query_string": scope.get("query_string") == b"a=1",
        "scheme": scope.get("scheme", "ws") == "ws",
        "http_version": scope.get("http_version", "1.1") == "1.1",
        "subprotocols": list(scope.get("subprotocols") or ()) == [],
        "asgi": isinstance(scope.get("asgi"), dict),
    }
    bad = [key for key, good in wanted.items() if not good]
    return not bad or ", ".join(f"{key} {scope.get(key)!r}" for key in bad)
