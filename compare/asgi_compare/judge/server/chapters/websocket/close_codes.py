"""Chapter: close frames: codes that may be sent and such that may not; what follows."""

from __future__ import annotations

from asgi_compare.judge.server.case import Case, Check, HearEnd, Leave, Problem, Say
from asgi_compare.judge.server.chapters.websocket.frames import got
from asgi_compare.judge.server.chapters.websocket.handshake import opened
from asgi_compare.judge.server.checks.application import of_call
from asgi_compare.judge.server.checks.frames import close_code
from asgi_compare.judge.server.checks.wire import closed, mild
from asgi_compare.judge.server.client.frames import (
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    close,
    frame,
)
from asgi_compare.judge.server.observed import Call, Observed
from asgi_compare.judge.server.texts import ws, www

VALID = (1001, 1003, 1011, 3000, 4999)
NEVER_SENT = ws("7.4.1", "MUST NOT be set as a status code in a Close control frame")
NOT_USED = ws("7.4.2", "Status codes in the range 0-999 are not used")
RESERVED = ws("7.4.2", "reserved for definition by this protocol")
INVALID = {
    0: NOT_USED,
    999: NOT_USED,
    1004: ws("7.4.1", "The specific meaning might be defined in the future"),
    1006: NEVER_SENT,
    1015: NEVER_SENT,
    1016: RESERVED,
    2999: RESERVED,
    5000: ws("7.4.2", "Status codes in the range 4000-4999 are reserved"),
}
REACHES = www(
    "disconnect-receive-event-ws",
    "The WebSocket close code, as per the WebSocket spec",
)


def _code(code: int) -> Check:
    def test(call: Call) -> object:
        found = [e.get("code") for e in call.received("websocket.disconnect")]
        return found[:1] == [code] or f"the codes {found!r}"

    return of_call(f"websocket.disconnect with {code}", test)


def _no_pong(seen: Observed) -> Problem | None:
    if all(each.opcode != PONG for each in seen.wire.frames):
        return None
    return Problem("Expected nothing but the close frame, but got a pong.")


CASES: tuple[Case, ...] = (
    *(
        opened(
            f"client-closes-with-{code}",
            "must",
            f"The code {code} reaches the application.",
            REACHES,
            _code(code),
            closed(),
            steps=(Say(close(code)), HearEnd(1.0), Leave()),
        )
        for code in VALID
    ),
    *(
        opened(
            f"client-closes-with-invalid-{code}",
            "should",
            f"The code {code}, which no frame may have, is answered with 1002.",
            text,
            closed(),
            close_code((1002,), "the code 1002"),
            steps=(Say(close(code)), HearEnd(1.0), Leave()),
        )
        for code, text in INVALID.items()
    ),
    opened(
        "close-between-fragments",
        "must",
        "A close frame between fragments ends the message with the connection.",
        ws("5.4", "Control frames (see Section 5.5) MAY be injected in the middle"),
        got(),
        closed(),
        mild(_code(1000)),
        steps=(
            Say(frame(TEXT, b"hel", fin=False) + close(1000)),
            HearEnd(1.0),
            Leave(),
        ),
    ),
    opened(
        "message-after-close-frame",
        "must",
        "What follows a close frame is discarded.",
        ws("1.4", "discards any further data received"),
        got(),
        closed(),
        steps=(
            Say(close(1000) + frame(TEXT, b"late")),
            HearEnd(1.0),
            Leave(),
        ),
    ),
    opened(
        "ping-after-close-frame",
        "should",
        "A ping that follows a close frame is not answered.",
        ws("5.5.2", "unless it already received a Close frame"),
        _no_pong,
        closed(),
        steps=(Say(close(1000) + frame(PING, b"late")), HearEnd(1.0), Leave()),
    ),
    opened(
        "fragment-after-close-frame",
        "should",
        "The rest of a message that follows a close frame is discarded.",
        ws("1.4", "discards any further data received"),
        got(),
        closed(),
        steps=(
            Say(
                frame(TEXT, b"hel", fin=False)
                + close(1000)
                + frame(CONTINUATION, b"lo")
            ),
            HearEnd(1.0),
            Leave(),
        ),
    ),
)
