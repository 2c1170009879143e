"""Chapter: what the application sends on an open WebSocket, and after its end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from asgi_compare.judge.server.acts import Receive, Repeat, Send
from asgi_compare.judge.server.case import Await, Case, HearEnd, HearFrames, Leave, Say
from asgi_compare.judge.server.chapters.websocket.handshake import (
    ACCEPT,
    opened,
    saying,
)
from asgi_compare.judge.server.checks.application import (
    announces,
    how_send_went,
    send_raised,
    send_raised_os_error,
)
from asgi_compare.judge.server.checks.frames import heard
from asgi_compare.judge.server.client.frames import BINARY, TEXT, close
from asgi_compare.judge.server.texts import main, ws, www

SEND = www("send-send-event", "Exactly one of bytes or text must be non-None")
GONE = www(
    "disconnected-client-send-exception",
    "the server should raise a server-specific subclass of OSError",
)
ERRORS = main(
    "error-handling",
    "it should raise an exception out of the send awaitable back to the application",
)
HELLO = {"type": "websocket.send", "text": "hello"}
AGAIN = {"type": ACCEPT}


def _wrong(name: str, shows: str, event: dict[str, Any]) -> Case:
    """A wrong event to an open WebSocket."""
    return opened(
        name,
        "should",
        shows,
        ERRORS,
        send_raised(str(event["type"])),
        steps=(Await("ended", 1.5), Leave()),
        script=saying(Send(event, may_raise=True)),
    )


CASES: tuple[Case, ...] = (
    opened(
        "server-sends-text",
        "must",
        "Text is sent in a text frame, unmasked.",
        ws("5.1", "A server MUST NOT mask any frames that it sends to the client"),
        heard((TEXT, "grüße".encode())),
        steps=(HearFrames(1), Leave()),
        script=saying(
            Send({"type": "websocket.send", "text": "grüße", "bytes": None}),
            Receive("websocket.disconnect"),
        ),
    ),
    opened(
        "server-sends-bytes",
        "must",
        "Bytes are sent in a binary frame.",
        SEND,
        heard((BINARY, b"\x00\xff")),
        steps=(HearFrames(1), Leave()),
        script=saying(
            Send({"type": "websocket.send", "bytes": b"\x00\xff"}),
            Receive("websocket.disconnect"),
        ),
    ),
    opened(
        "server-sends-empty-messages",
        "must",
        "An empty text and empty bytes are messages.",
        SEND,
        heard((TEXT, b""), (BINARY, b"")),
        steps=(HearFrames(2), Leave()),
        script=saying(
            Send({"type": "websocket.send", "text": ""}),
            Send({"type": "websocket.send", "bytes": b""}),
            Receive("websocket.disconnect"),
        ),
    ),
    _wrong(
        "send-nothing",
        "A send with neither text nor bytes raises.",
        {"type": "websocket.send"},
    ),
    _wrong(
        "send-text-as-bytes",
        "A text that is bytes raises.",
        {"type": "websocket.send", "text": b"hello"},
    ),
    _wrong(
        "send-bytes-as-text",
        "Bytes that are text raise.",
        {"type": "websocket.send", "bytes": "hello"},
    ),
    # A valid event at the wrong time: no text says that `send` raises for it.
    replace(
        _wrong("accept-twice", "What becomes of a second accept is reported.", AGAIN),
        level="may",
        checks=(),
        report=how_send_went(ACCEPT),
    ),
    _wrong(
        "send-unknown-websocket-type",
        "An event of a type that does not exist raises.",
        {"type": "websocket.ping"},
    ),
    _wrong(
        "send-http-event-to-websocket",
        "An event of another protocol raises.",
        {"type": "http.response.start", "status": 200, "headers": []},
    ),
    opened(
        "websocket-send-after-disconnect",
        "should",
        "`send` raises an OSError once the client has left.",
        GONE,
        announces("2.4"),
        send_raised_os_error(),
        steps=(Leave(reset=True), Await("ended", 2.5)),
        script=saying(Receive("websocket.disconnect"), Repeat(HELLO, 10, 0.02)),
    ),
    opened(
        "websocket-send-after-close",
        "may",
        "What `send` does after the application's own close is reported.",
        main("error-handling", "act as a no-op"),
        steps=(Say(close(1000)), HearEnd(1.0), Leave(), Await("ended")),
        script=saying(Send({"type": "websocket.close"}), Send(HELLO, may_raise=True)),
    ),
)
