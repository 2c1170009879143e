"""Chapter: WebSocket on a stream of HTTP/2, by extended CONNECT (RFC 8441).

A client uses it only where the server offers it in its settings, so that it is
unsupported where there is no such offer. What is asked is what HTTP/1.1 has no part in:
the new handshake, and the end.
"""

from __future__ import annotations

from collections.abc import Callable

from asgi_compare.judge.server.acts import Act, Receive, Send
from asgi_compare.judge.server.case import Case, Check, Level, Stream, Text
from asgi_compare.judge.server.checks.application import (
    called,
    of_call,
    received,
    saw_scope,
)
from asgi_compare.judge.server.checks.wire import answers, first, of_answer
from asgi_compare.judge.server.client.frames import (
    CLOSE,
    TEXT,
    Frame,
    close,
    frame,
    frames,
)
from asgi_compare.judge.server.observed import Answer
from asgi_compare.judge.server.texts import rfc8441, www

CONNECT = (
    (b":method", b"CONNECT"),
    (b":protocol", b"websocket"),
    (b":scheme", b"http"),
    (b":authority", b"example.org"),
    (b":path", b"/<case>"),
    (b"sec-websocket-version", b"13"),
)
OFFER = (b"sec-websocket-protocol", b"chat")
ECHO: tuple[Act, ...] = (
    Receive("websocket.connect"),
    Send({"type": "websocket.accept"}),
    Receive("websocket.receive"),
    Send({"type": "websocket.send", "text": "hello"}),
    Receive("websocket.disconnect"),
)
REFUSE: tuple[Act, ...] = (
    Receive("websocket.connect"),
    Send({"type": "websocket.close"}),
)
TALK = (frame(TEXT, b"hello"), close(1000))
SCOPE = "websocket-connection-scope"


def _case(
    name: str,
    shows: str,
    text: Text,
    *checks: Check,
    script: tuple[Act, ...] = ECHO,
    headers: tuple[tuple[bytes, bytes], ...] = CONNECT,
    level: Level = "must",
) -> Case:
    return Case(
        name,
        level,
        shows,
        text,
        checks=checks,
        script=script,
        streams=(Stream(headers, tunnel=TALK),),
        needs="http2",
        interfaces=("asgi",),
    )


def _came(what: str, test: Callable[[Frame], bool]) -> Check:
    """One of the frames that came on the stream passes a test."""

    def check(answer: Answer) -> object:
        found = list(frames(answer.body))
        return any(test(each) for each in found) or repr(found)

    return of_answer(what, check)


CASES: tuple[Case, ...] = (
    _case(
        "websocket-on-http2",
        "Extended CONNECT is answered with 200, and with no Sec-WebSocket-Accept.",
        rfc8441("5", "Implementations using this extended CONNECT to bootstrap"),
        first(200),
        called(1),
        of_answer(
            "no Sec-WebSocket-Accept",
            lambda a: (
                not a.values(b"sec-websocket-accept")
                or a.values(b"sec-websocket-accept")
            ),
        ),
    ),
    _case(
        "websocket-on-http2-scope",
        "The scope is that of a WebSocket, on HTTP/2, with the subprotocols.",
        www(SCOPE, "Optional; if missing default is"),
        saw_scope("type", "websocket"),
        saw_scope("http_version", "2"),
        saw_scope("scheme", "ws"),
        of_call(
            "the subprotocol chat",
            lambda c: (
                list(c.scope.get("subprotocols", ())) == ["chat"]
                or repr(c.scope.get("subprotocols"))
            ),
        ),
        headers=(*CONNECT, OFFER),
    ),
    _case(
        "websocket-on-http2-message",
        "Messages go both ways in DATA frames.",
        rfc8441("5", "proceed with the WebSocket Protocol [RFC6455] using the HTTP/2"),
        received("websocket.receive"),
        _came("the message", lambda f: (f.opcode, f.payload) == (TEXT, b"hello")),
    ),
    _case(
        "websocket-on-http2-close",
        "A close frame is answered, and the application is told.",
        rfc8441("5", "proceed with the WebSocket Protocol [RFC6455] using the HTTP/2"),
        first(200),
        _came("a close frame with 1000", lambda f: (f.opcode, f.code) == (CLOSE, 1000)),
        received("websocket.disconnect"),
    ),
    _case(
        "websocket-on-http2-end",
        "After the close frames, the server ends the stream.",
        rfc8441("5", "Orderly TCP-level closures are represented as END_STREAM flags"),
        first(200),
        of_answer("END_STREAM", lambda a: a.complete or "no end of the stream"),
        level="should",
    ),
    _case(
        "websocket-on-http2-refused",
        "Without `websocket.accept`, the client gets a 403.",
        www("close-send-event", "must close the connection with a HTTP 403 error code"),
        answers(403),
        script=REFUSE,
    ),
)
