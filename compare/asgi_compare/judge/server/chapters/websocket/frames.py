"""Chapter: WebSocket frames that keep the rules: messages, fragments, pings."""

from __future__ import annotations

from asgi_compare.judge.server.case import (
    Case,
    Check,
    Drip,
    Hear,
    HearEnd,
    Leave,
    Level,
    Pause,
    Say,
    Text,
)
from asgi_compare.judge.server.chapters.websocket.handshake import ACCEPTING, handshake
from asgi_compare.judge.server.checks.application import of_call
from asgi_compare.judge.server.checks.frames import heard
from asgi_compare.judge.server.checks.wire import answers
from asgi_compare.judge.server.client.frames import (
    BINARY,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    close,
    frame,
)
from asgi_compare.judge.server.observed import Call
from asgi_compare.judge.server.texts import ws, www

FRAGMENTS = www(
    "websocket",
    "handle message fragmentation themselves, and deliver complete messages",
)
RECEIVE = www("receive-receive-event", "Exactly one of bytes or text must be non-None")


def messages(call: Call) -> list[tuple[object, object]]:
    """Return the messages that the application received: text and bytes of each."""
    events = call.received("websocket.receive")
    return [(event.get("text"), event.get("bytes")) for event in events]


def got(*wanted: tuple[object, object]) -> Check:
    """The application received just these messages."""

    def test(call: Call) -> object:
        return messages(call) == list(wanted) or repr(messages(call))

    return of_call(f"the messages {list(wanted)!r}", test)


def _sizes(call: Call) -> list[int]:
    return [len(e.get("bytes") or b"") for e in call.received("websocket.receive")]


def _talk(
    name: str, level: Level, shows: str, text: Text, data: bytes, *checks: Check
) -> Case:
    """Shake hands, send these frames and a proper close, hear all that comes."""
    steps = (
        Say(handshake()),
        Hear(),
        Say(data),
        Say(close(1000)),
        HearEnd(1.0),
        Leave(),
    )
    full = (answers(101), *checks)
    return Case(
        name, level, shows, text, steps, full, script=ACCEPTING, needs="websocket"
    )


CASES: tuple[Case, ...] = (
    _talk(
        "text-message",
        "must",
        "A text message arrives as text, and only as text.",
        RECEIVE,
        frame(TEXT, "grüße".encode()),
        got(("grüße", None)),
    ),
    _talk(
        "binary-message",
        "must",
        "A binary message arrives as bytes, and only as bytes.",
        RECEIVE,
        frame(BINARY, b"\x00\xff"),
        got((None, b"\x00\xff")),
    ),
    _talk(
        "empty-text-message",
        "must",
        "An empty text is a message.",
        RECEIVE,
        frame(TEXT),
        got(("", None)),
    ),
    _talk(
        "empty-binary-message",
        "must",
        "An empty binary message is a message.",
        RECEIVE,
        frame(BINARY),
        got((None, b"")),
    ),
    _talk(
        "fragmented-message",
        "must",
        "Fragments arrive as one message.",
        FRAGMENTS,
        frame(TEXT, b"hel", fin=False)
        + frame(CONTINUATION, b"l", fin=False)
        + frame(CONTINUATION, b"o"),
        got(("hello", None)),
    ),
    _talk(
        "fragmented-inside-a-character",
        "must",
        "A fragment may end inside a character.",
        ws("5.6", "the whole message MUST contain valid UTF-8"),
        frame(TEXT, b"gr\xc3", fin=False) + frame(CONTINUATION, b"\xbc\xc3\x9fe"),
        got(("grüße", None)),
    ),
    _talk(
        "fragmented-with-empty-fragments",
        "must",
        "Fragments may be empty.",
        ws("5.4", "MUST support receiving both fragmented and unfragmented messages"),
        frame(BINARY, b"", fin=False)
        + frame(CONTINUATION, b"a", fin=False)
        + frame(CONTINUATION, b""),
        got((None, b"a")),
    ),
    _talk(
        "ping-between-fragments",
        "must",
        "A control frame may stand between fragments.",
        ws(
            "5.4",
            "An endpoint MUST be capable of handling control frames in the middle",
        ),
        frame(TEXT, b"hel", fin=False) + frame(PING, b"p") + frame(CONTINUATION, b"lo"),
        got(("hello", None)),
        heard((PONG, b"p")),
    ),
    _talk(
        "medium-message",
        "must",
        "A message whose length takes two bytes arrives whole.",
        ws("5.2", "the following 2 bytes interpreted as a 16-bit unsigned integer"),
        frame(BINARY, b"x" * 1000),
        got((None, b"x" * 1000)),
    ),
    _talk(
        "large-message",
        "must",
        "A message whose length takes eight bytes arrives whole.",
        ws("5.2", "the following 8 bytes interpreted as a 64-bit unsigned integer"),
        frame(BINARY, b"x" * 70_000),
        of_call(
            "70,000 bytes",
            lambda c: _sizes(c) == [70_000] or f"messages of {_sizes(c)} bytes",
        ),
    ),
    _talk(
        "ping",
        "must",
        "A ping is answered by a pong with the same data.",
        ws("5.5.2", "an endpoint MUST send a Pong frame in response"),
        frame(PING, b"are you there"),
        heard((PONG, b"are you there")),
    ),
    _talk(
        "ping-is-not-for-the-application",
        "should",
        "Pings and pongs do not reach the application.",
        www("websocket", "should handle PING/PONG messages themselves"),
        frame(PING, b"a") + frame(PONG, b"b"),
        got(),
    ),
    _talk(
        "unasked-pong",
        "must",
        "A pong that nobody asked for is taken without a word.",
        ws("5.5.3", "A Pong frame MAY be sent unsolicited"),
        frame(PONG, b"x") + frame(TEXT, b"after"),
        got(("after", None)),
    ),
    Case(
        "frame-in-single-bytes",
        "must",
        "A frame is understood however its bytes arrive.",
        ws("5.2", "base framing protocol"),
        (
            Say(handshake()),
            Hear(),
            Drip(frame(TEXT, b"hello")),
            Pause(0.1),
            Say(close(1000)),
            HearEnd(1.0),
            Leave(),
        ),
        (answers(101), got(("hello", None))),
        script=ACCEPTING,
        needs="websocket",
    ),
    Case(
        "message-too-large",
        "may",
        "Whether a frame that claims 20 MB is waited for is reported.",
        ws("10.4", "SHOULD impose a limit on frame sizes and the total message size"),
        (
            Say(handshake()),
            Hear(),
            Say(frame(BINARY, b"", claim=20_000_000)),
            HearEnd(0.7),
            Leave(),
        ),
        (answers(101),),
        script=ACCEPTING,
        needs="websocket",
        report=lambda seen: (
            f"20 MB: closed with {seen.wire.close_code}."
            if seen.wire.ended or seen.wire.told_to_close
            else "20 MB: waited for."
        ),
        danger=True,
    ),
)
