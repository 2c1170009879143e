"""Chapter: start-up, shut-down and the lifespan; each case has a server of its own.

How each of these is played stands in `lifecycle.py`, by the name in `life`. What the
lifespan does is in `settings`, as the variable that `instrument.py` reads.
"""

from __future__ import annotations

from asgi_compare.judge.server.acts import (
    Act,
    Body,
    ReadBody,
    Receive,
    Repeat,
    Send,
    Sleep,
    Start,
)
from asgi_compare.judge.server.case import Case
from asgi_compare.judge.server.texts import http1, lifespan, ws

LIFESPAN = "ASGI_COMPARE_WIRE_LIFESPAN"
SLOW: tuple[Act, ...] = (
    ReadBody(),
    Start(200, ((b"content-length", b"9"),)),
    Body(b"half", True),
    Sleep(1.0),
    Body(b" done"),
)
ENDLESS: tuple[Act, ...] = (
    ReadBody(),
    Start(200),
    Body(b"half", True),
    Receive("http.disconnect", 20.0),
)


CASES: tuple[Case, ...] = (
    Case(
        "startup-before-requests",
        "must",
        "No request is processed before `lifespan.startup.complete`.",
        lifespan(
            "startup-complete-send-event",
            "A server must wait for this message before it starts processing",
        ),
        life="slow",
        settings={LIFESPAN: "slow"},
        interfaces=("asgi",),
    ),
    Case(
        "startup-scope",
        "must",
        "The lifespan scope has its type, its versions, and an empty state.",
        lifespan("scope", "An empty namespace where the application can persist state"),
        life="scope",
        interfaces=("asgi",),
    ),
    Case(
        "startup-failed",
        "should",
        "After `lifespan.startup.failed`, the server logs the message and exits.",
        lifespan(
            "startup-failed-send-event",
            "it should log/print the message provided and then exit",
        ),
        life="failed",
        settings={LIFESPAN: "fail"},
        interfaces=("asgi",),
    ),
    Case(
        "startup-raises",
        "must",
        "An application that refuses the lifespan is served all the same.",
        lifespan("scope", "the server must continue but not send any lifespan events"),
        life="raises",
        settings={LIFESPAN: "raise"},
        interfaces=("asgi",),
    ),
    Case(
        "shutdown-is-waited-for",
        "must",
        "The server waits for `lifespan.shutdown.complete` before it ends.",
        lifespan(
            "shutdown-complete-send-event",
            "A server must wait for this message before terminating",
        ),
        life="shutdown",
        settings={LIFESPAN: "slow"},
        interfaces=("asgi",),
    ),
    Case(
        "shutdown-failed",
        "should",
        "After `lifespan.shutdown.failed`, the server logs the message and ends.",
        lifespan(
            "shutdown-failed-send-event",
            "should log/print the message provided and then terminate",
        ),
        life="shutdown-failed",
        settings={LIFESPAN: "fail-shutdown"},
        interfaces=("asgi",),
    ),
    Case(
        "graceful-stop",
        "may",
        "Whether a response that is under way is finished after SIGTERM is reported.",
        http1("9.5", "SHOULD issue a graceful close on the connection"),
        script=SLOW,
        life="graceful",
    ),
    Case(
        "endless-response-at-stop",
        "may",
        "What becomes of an endless response after SIGTERM is reported.",
        http1("9.5", "SHOULD issue a graceful close on the connection"),
        script=ENDLESS,
        life="endless",
    ),
    Case(
        "second-sigterm",
        "may",
        "What a second SIGTERM does while a response is under way is reported.",
        http1("9.5", "SHOULD issue a graceful close on the connection"),
        script=ENDLESS,
        life="terminated-twice",
    ),
    Case(
        "second-sigint",
        "may",
        "What a second SIGINT does while a response is under way is reported.",
        http1("9.5", "SHOULD issue a graceful close on the connection"),
        script=ENDLESS,
        life="interrupted-twice",
    ),
    Case(
        "websocket-at-stop",
        "may",
        "What becomes of an idle WebSocket after SIGTERM is reported.",
        ws("7.4.1", "such as a server going down"),
        script=(
            Receive("websocket.connect"),
            Send({"type": "websocket.accept"}),
            Receive("websocket.disconnect", 20.0),
        ),
        needs="websocket",
        life="websocket",
    ),
    Case(
        "busy-websocket-at-stop",
        "may",
        "What becomes of a WebSocket after SIGTERM that is being sent to is reported.",
        ws("7.4.1", "such as a server going down"),
        script=(
            Receive("websocket.connect"),
            Send({"type": "websocket.accept"}),
            Repeat({"type": "websocket.send", "text": "tick"}, 400, 0.05),
        ),
        needs="websocket",
        life="websocket",
    ),
    Case(
        "shutdown-after-connections",
        "must",
        "`lifespan.shutdown` comes after the response that was under way.",
        lifespan(
            "shutdown-receive-event",
            "has stopped accepting connections and closed all active connections",
        ),
        script=SLOW,
        life="order",
        interfaces=("asgi",),
    ),
)
