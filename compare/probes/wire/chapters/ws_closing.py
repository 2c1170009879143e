"""Chapter: the end of a WebSocket, from either side, and sending after it."""

from __future__ import annotations

from typing import Any

from compare.probes.wire.acts import Act, Fail, Receive, Repeat, Send
from compare.probes.wire.app_checks import (
    ended,
    of_call,
    received,
    send_raised,
    send_raised_os_error,
)
from compare.probes.wire.case import (
    Await,
    Case,
    Check,
    Hear,
    HearEnd,
    HearFrames,
    Leave,
    Level,
    Say,
    Step,
    Text,
)
from compare.probes.wire.chapters.websockets import ACCEPT, CONNECT, handshake
from compare.probes.wire.checks import close_code, closed, either, heard, mild
from compare.probes.wire.frames import BINARY, CLOSE, TEXT, close, frame
from compare.probes.wire.observed import Call
from compare.probes.wire.texts import main, ws, www

DISCONNECT = www("disconnect-receive-event-ws", "The WebSocket close code, as per the")
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
SEND = www("send-send-event", "Exactly one of bytes or text must be non-None")
GONE = www(
    "disconnected-client-send-exception",
    "the server should raise a server-specific subclass of OSError",
)
ERRORS = main(
    "error-handling",
    "it should raise an exception out of the send awaitable back to the application",
)
LISTENING: tuple[Act, ...] = (
    Receive(CONNECT),
    Send({"type": ACCEPT}),
    Receive("websocket.disconnect"),
)
HELLO = {"type": "websocket.send", "text": "hello"}


def _saying(*acts: Act) -> tuple[Act, ...]:
    return (Receive(CONNECT), Send({"type": ACCEPT}), *acts)


def _case(
    name: str,
    level: Level,
    shows: str,
    text: Text,
    *checks: Check,
    steps: tuple[Step, ...] = (HearEnd(1.0), Leave()),
    script: tuple[Act, ...] = LISTENING,
) -> Case:
    full = (Say(handshake()), Hear(), *steps)
    return Case(
        name, level, shows, text, full, checks, script=script, needs="websocket"
    )


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


def _wrong(name: str, shows: str, event: dict[str, Any]) -> Case:
    """A wrong event to an open WebSocket."""
    return _case(
        name,
        "should",
        shows,
        ERRORS,
        send_raised(str(event["type"])),
        steps=(Await("ended", 1.5), Leave()),
        script=_saying(Send(event, may_raise=True)),
    )


CASES: tuple[Case, ...] = (
    _case(
        "client-closes",
        "must",
        "The code of the client's close frame reaches the application.",
        DISCONNECT,
        _code(4001),
        steps=_closing(close(4001, b"bye")),
    ),
    _case(
        "client-closes-with-reason",
        "must",
        "The reason, if the server gives one, is the client's.",
        www("disconnect-receive-event-ws", "A reason given for the disconnect"),
        of_call("the reason 'bye', or none", _reason),
        steps=_closing(close(4001, b"bye")),
    ),
    _case(
        "client-closes-without-code",
        "should",
        "An empty close frame reaches the application as 1005.",
        NO_CODE,
        _code(1005),
        steps=_closing(close()),
    ),
    _case(
        "close-frame-is-answered",
        "must",
        "A close frame is answered by one, and the connection closed.",
        ws("5.5.1", "the endpoint MUST send a Close frame in response"),
        close_code((1000, 1005), "the code 1000"),
        closed(),
        steps=_closing(close(1000)),
    ),
    _case(
        "client-vanishes",
        "must",
        "The application hears of a client that is gone without a close frame.",
        LOST,
        received("websocket.disconnect"),
        ended(),
        steps=(Leave(reset=True), Await("ended")),
    ),
    _case(
        "client-hangs-up",
        "must",
        "The same where the connection was ended in good order.",
        LOST,
        received("websocket.disconnect"),
        ended(),
        steps=(Leave(), Await("ended")),
    ),
    _case(
        "client-vanishes-code",
        "may",
        "The code that the application gets for a vanished client is reported.",
        ws("7.1.5", "_The WebSocket Connection Close Code_ is considered to be 1006"),
        received("websocket.disconnect"),
        steps=(Leave(reset=True), Await("ended")),
    ),
    _case(
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
    _case(
        "close-frame-with-reserved-code",
        "must",
        "A code that is never sent ends the connection; the answer does not repeat it.",
        ws("7.4.1", "MUST NOT be set as a status code in a Close control frame by an"),
        closed(),
        mild(close_code((1002,), "the code 1002")),
        steps=_closing(close(1005)),
    ),
    _case(
        "close-frame-with-invalid-reason",
        "must",
        "A reason that is not UTF-8 ends the connection.",
        ws("8.1", "that endpoint MUST _Fail the WebSocket Connection_"),
        closed(),
        mild(close_code((1002, 1007), "the code 1007")),
        steps=_closing(close(1000, b"\xff")),
    ),
    _case(
        "server-closes",
        "must",
        "The application's close code reaches the client.",
        CLOSING,
        close_code((4002,), "the code 4002"),
        mild(heard((CLOSE, b"\x0f\xa2bye"))),
        steps=(HearFrames(1), Say(close(4002)), HearEnd(1.0), Leave()),
        script=_saying(
            Send({"type": "websocket.close", "code": 4002, "reason": "bye"}),
            Receive("websocket.disconnect"),
        ),
    ),
    _case(
        "server-closes-without-code",
        "must",
        "Without a code, it is 1000.",
        www("close-send-event", "1000 if none is specified"),
        close_code((1000,), "the code 1000"),
        steps=(HearFrames(1), Say(close(1000)), HearEnd(1.0), Leave()),
        script=_saying(
            Send({"type": "websocket.close"}), Receive("websocket.disconnect")
        ),
    ),
    _case(
        "server-closes-and-hears-of-it",
        "must",
        "After its own close, the application receives `websocket.disconnect`.",
        www("disconnect-receive-event-ws", "the server closing the connection"),
        received("websocket.disconnect"),
        steps=(HearFrames(1), Say(close(1000)), HearEnd(1.0), Leave(), Await("ended")),
        script=_saying(
            Send({"type": "websocket.close"}), Receive("websocket.disconnect")
        ),
    ),
    _case(
        "application-returns",
        "should",
        "When the application returns, the socket is closed.",
        www("websocket", "if the application dies the socket should be closed"),
        either(closed(), close_code(range(1000, 5000), "any code")),
        script=_saying(),
    ),
    _case(
        "application-fails",
        "should",
        "When the application fails, the socket is closed.",
        www("websocket", "if the application dies the socket should be closed"),
        either(closed(), close_code(range(1000, 5000), "any code")),
        script=_saying(Fail()),
    ),
    _case(
        "application-fails-code",
        "may",
        "The close code after an error of the application is reported.",
        ws("7.4.1", "1011 indicates that a server is terminating the connection"),
        script=_saying(Fail()),
    ),
    _case(
        "server-sends-text",
        "must",
        "Text is sent in a text frame, unmasked.",
        ws("5.1", "A server MUST NOT mask any frames that it sends to the client"),
        heard((TEXT, "grüße".encode())),
        steps=(HearFrames(1), Leave()),
        script=_saying(
            Send({"type": "websocket.send", "text": "grüße", "bytes": None}),
            Receive("websocket.disconnect"),
        ),
    ),
    _case(
        "server-sends-bytes",
        "must",
        "Bytes are sent in a binary frame.",
        SEND,
        heard((BINARY, b"\x00\xff")),
        steps=(HearFrames(1), Leave()),
        script=_saying(
            Send({"type": "websocket.send", "bytes": b"\x00\xff"}),
            Receive("websocket.disconnect"),
        ),
    ),
    _case(
        "server-sends-empty-messages",
        "must",
        "An empty text and empty bytes are messages.",
        SEND,
        heard((TEXT, b""), (BINARY, b"")),
        steps=(HearFrames(2), Leave()),
        script=_saying(
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
    _wrong("accept-twice", "A second accept raises.", {"type": ACCEPT}),
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
    _case(
        "websocket-send-after-disconnect",
        "should",
        "`send` raises an OSError once the client has left.",
        GONE,
        send_raised_os_error(),
        steps=(Leave(reset=True), Await("ended", 2.5)),
        script=_saying(Receive("websocket.disconnect"), Repeat(HELLO, 10, 0.02)),
    ),
    _case(
        "websocket-send-after-close",
        "may",
        "What `send` does after the application's own close is reported.",
        main("error-handling", "act as a no-op"),
        steps=(Say(close(1000)), HearEnd(1.0), Leave(), Await("ended")),
        script=_saying(Send({"type": "websocket.close"}), Send(HELLO, may_raise=True)),
    ),
)
