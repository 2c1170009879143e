"""Chapter: the end of a WebSocket, from either side."""

from __future__ import annotations

from asgi_compare.judge.server.acts import Fail, Receive, Send
from asgi_compare.judge.server.case import (
    Await,
    Case,
    Check,
    HearEnd,
    HearFrames,
    Leave,
    Say,
    Step,
)
from asgi_compare.judge.server.chapters.websocket.handshake import opened, saying
from asgi_compare.judge.server.checks.application import ended, of_call, received, since
from asgi_compare.judge.server.checks.frames import close_code, heard
from asgi_compare.judge.server.checks.wire import closed, either, mild
from asgi_compare.judge.server.client.frames import CLOSE, close, frame
from asgi_compare.judge.server.observed import Call
from asgi_compare.judge.server.texts import ws, www

DISCONNECT = www(
    "disconnect-receive-event-ws",
    "The WebSocket close code, as per the WebSocket spec",
)
NO_CODE = www(
    "disconnect-receive-event-ws",
    "If no code was received in the frame from the client, the server should set this "
    "to 1005",
)
LOST = www("disconnect-receive-event-ws", "or loss of the socket")
CLOSING = www(
    "close-send-event",
    "the server must close the socket with the close code passed in the message",
)


SLOWLY = (HearEnd(2.0), Leave())
"""A server may look only once a second for applications that have ended."""


def _closing(data: bytes) -> tuple[Step, ...]:
    return (Say(data), HearEnd(1.0), Leave())


def _code(*allowed: int) -> Check:
    said = " or ".join(map(str, allowed))

    def test(call: Call) -> object:
        events = call.received("websocket.disconnect")
        codes = [event.get("code") for event in events]
        return (len(codes) > 0 and codes[0] in allowed) or f"the codes {codes!r}"

    return of_call(f"websocket.disconnect with {said}", test)


def _reason(call: Call) -> object:
    events = call.received("websocket.disconnect")
    reasons = [event.get("reason") for event in events]
    return reasons in (["bye"], [None]) or repr(reasons)


CASES: tuple[Case, ...] = (
    opened(
        "client-closes",
        "must",
        "The code of the client's close frame reaches the application.",
        DISCONNECT,
        _code(4001),
        steps=_closing(close(4001, b"bye")),
    ),
    opened(
        "client-closes-with-reason",
        "must",
        "The reason, if the server gives one, is the client's.",
        www("disconnect-receive-event-ws", "A reason given for the disconnect"),
        of_call("the reason 'bye', or none", _reason),
        steps=_closing(close(4001, b"bye")),
    ),
    opened(
        "client-closes-without-code",
        "should",
        "An empty close frame reaches the application as 1005.",
        NO_CODE,
        _code(1005),
        steps=_closing(close()),
    ),
    opened(
        "close-frame-is-answered",
        "must",
        "A close frame is answered by one, and the connection closed.",
        ws("5.5.1", "the endpoint MUST send a Close frame in response"),
        close_code((1000, 1005), "the code 1000"),
        closed(),
        steps=_closing(close(1000)),
    ),
    opened(
        "client-vanishes",
        "must",
        "The application hears of a client that is gone without a close frame.",
        LOST,
        received("websocket.disconnect"),
        ended(),
        steps=(Leave(reset=True), Await("ended")),
    ),
    opened(
        "client-hangs-up",
        "must",
        "The same where the connection was ended in good order.",
        LOST,
        received("websocket.disconnect"),
        ended(),
        steps=(Leave(), Await("ended")),
    ),
    opened(
        "client-vanishes-code",
        "may",
        "The code that the application gets for a vanished client is reported.",
        ws("7.1.5", "_The WebSocket Connection Close Code_ is considered to be 1006"),
        received("websocket.disconnect"),
        steps=(Leave(reset=True), Await("ended")),
    ),
    opened(
        "close-frame-of-one-byte",
        "must",
        "A close frame with half a code fails the connection.",
        ws(
            "5.5.1", "the first two bytes of the body MUST be a 2-byte unsigned integer"
        ),
        closed(),
        mild(close_code((1002,), "the code 1002")),
        steps=_closing(frame(CLOSE, b"\x03")),
    ),
    opened(
        "close-frame-with-reserved-code",
        "must",
        "A code that is never sent ends the connection; the answer does not repeat it.",
        ws(
            "7.4.1",
            "MUST NOT be set as a status code in a Close control frame by an endpoint",
        ),
        closed(),
        mild(close_code((1002,), "the code 1002")),
        steps=_closing(close(1005)),
    ),
    opened(
        "close-frame-with-invalid-reason",
        "must",
        "A reason that is not UTF-8 ends the connection.",
        ws("8.1", "that endpoint MUST _Fail the WebSocket Connection_"),
        closed(),
        mild(close_code((1002, 1007), "the code 1007")),
        steps=_closing(close(1000, b"\xff")),
    ),
    opened(
        "server-closes",
        "must",
        "The application's close code reaches the client.",
        CLOSING,
        close_code((4002,), "the code 4002"),
        # The reason came with version 2.3.
        since("2.3", mild(heard((CLOSE, b"\x0f\xa2bye")))),
        steps=(HearFrames(1), Say(close(4002)), HearEnd(1.0), Leave()),
        script=saying(
            Send({"type": "websocket.close", "code": 4002, "reason": "bye"}),
            Receive("websocket.disconnect"),
        ),
    ),
    opened(
        "server-closes-without-code",
        "must",
        "Without a code, it is 1000.",
        www("close-send-event", "1000 if none is specified"),
        close_code((1000,), "the code 1000"),
        steps=(HearFrames(1), Say(close(1000)), HearEnd(1.0), Leave()),
        script=saying(
            Send({"type": "websocket.close"}), Receive("websocket.disconnect")
        ),
    ),
    opened(
        "server-closes-and-hears-of-it",
        "must",
        "After its own close, the application receives `websocket.disconnect`.",
        www("disconnect-receive-event-ws", "the server closing the connection"),
        received("websocket.disconnect"),
        steps=(HearFrames(1), Say(close(1000)), HearEnd(1.0), Leave(), Await("ended")),
        script=saying(
            Send({"type": "websocket.close"}), Receive("websocket.disconnect")
        ),
    ),
    opened(
        "application-returns",
        "should",
        "When the application returns, the socket is closed.",
        www("websocket", "if the application dies the socket should be closed"),
        either(closed(), close_code(range(1000, 5000), "any code")),
        steps=SLOWLY,
        script=saying(),
    ),
    opened(
        "application-fails",
        "should",
        "When the application fails, the socket is closed.",
        www("websocket", "if the application dies the socket should be closed"),
        either(closed(), close_code(range(1000, 5000), "any code")),
        steps=SLOWLY,
        script=saying(Fail()),
    ),
    opened(
        "application-fails-code",
        "may",
        "The close code after an error of the application is reported.",
        ws("7.4.1", "1011 indicates that a server is terminating the connection"),
        steps=SLOWLY,
        script=saying(Fail()),
    ),
)
