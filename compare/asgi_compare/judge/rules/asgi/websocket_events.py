"""Rules on the events of WebSocket in ASGI, each taken by itself.

Keys that must be there, and the types of those that are. Header lists have a chapter of
their own (`asgi_headers`), and so has the order (`asgi_websocket_order`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asgi_compare.judge.rules.engine.examples import (
    ACCEPT,
    CLOSE,
    CONNECT,
    GONE,
    TALK,
    received,
    sent,
    websocket,
)
from asgi_compare.judge.rules.engine.judge import Judge
from asgi_compare.judge.rules.engine.judge_websocket import WebSocketJudge
from asgi_compare.judge.rules.engine.rule import RFC6455, WWW, rule
from asgi_compare.judge.rules.engine.values import (
    is_bytes,
    is_encodable,
    is_int,
    kind,
    shown,
)

RECEIVES = WWW + "receive-receive-event"
SENDS = WWW + "send-send-event"
DISCONNECTS = WWW + "disconnect-receive-event-ws"
CLOSES = WWW + "close-send-event"
ONE = "Exactly one of bytes or text must be non-None"
TEXT = {"text": (str, "str"), "bytes": (bytes, "bytes")}


@rule(
    "asgi-websocket/received-payload",
    "server",
    "must",
    "received websocket.receive",
    quote=ONE,
    link=RECEIVES,
    statement="A message for the application has either `text` or `bytes`.",
    why="An application takes the one that is not None.",
    hint="Set one of them; the other is None, or left away.",
    breaks=websocket(CONNECT, ACCEPT, received("websocket.receive"), GONE),
    keeps=websocket(
        CONNECT, ACCEPT, received("websocket.receive", text=None, bytes=b""), GONE
    ),
)
@rule(
    "asgi-websocket/sent-payload",
    "application",
    "must",
    "sent websocket.send",
    quote=ONE,
    link=SENDS,
    statement="A message by the application has either `text` or `bytes`.",
    why="With both, or none, the server cannot know which frame to send.",
    hint="Set one of them; an empty message is `''` or `b''`, not None.",
    breaks=websocket(
        CONNECT, ACCEPT, sent("websocket.send", text="a", bytes=b"a"), CLOSE
    ),
    keeps=websocket(
        CONNECT, ACCEPT, sent("websocket.send", text="", bytes=None), CLOSE
    ),
    invalid=True,
)
def payload(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    there = [key for key in TEXT if event.get(key) is not None]
    if len(there) != 1:
        got = "both" if there else "neither"
        yield f"Expected one of 'text' and 'bytes' in {event['type']!r}, but got {got}"


@rule(
    "asgi-websocket/received-payload-type",
    "server",
    "must",
    "received websocket.receive",
    quote="bytes (byte string) ... text (Unicode string)",
    link=RECEIVES,
    statement="`text` is a str and `bytes` is bytes, in what the server hands over.",
    why="Applications parse one, and decode the other.",
    hint="Decode text frames as UTF-8; hand over binary ones as bytes.",
    breaks=websocket(CONNECT, ACCEPT, received("websocket.receive", text=b"hi"), GONE),
    keeps=TALK,
)
@rule(
    "asgi-websocket/sent-payload-type",
    "application",
    "must",
    "sent websocket.send",
    quote="bytes (byte string) ... text (Unicode string)",
    link=SENDS,
    statement="`text` is a str and `bytes` is bytes, in what the application sends.",
    why="The server chooses the kind of frame by the key.",
    hint="Send bytes with the key `bytes`, and a str with the key `text`.",
    breaks=websocket(CONNECT, ACCEPT, sent("websocket.send", bytes="hi"), CLOSE),
    keeps=websocket(CONNECT, ACCEPT, sent("websocket.send", bytes=b"hi"), CLOSE),
    invalid=True,
)
def payload_type(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    text, data = event.get("text"), event.get("bytes")
    # A large text is kept as an excerpt of its bytes.
    if text is not None and not isinstance(text, str) and not _excerpt(text):
        yield f"Expected text of type str, but got {kind(text)}, {shown(text)}"
    if data is not None and not is_bytes(data):
        yield f"Expected bytes of type bytes, but got {kind(data)}, {shown(data)}"


def _excerpt(value: object) -> bool:
    return is_bytes(value) and not isinstance(value, bytes)


@rule(
    "asgi-websocket/text-not-utf-8",
    "application",
    "must",
    ("sent websocket.send", "sent websocket.close"),
    quote="the whole message MUST contain valid UTF-8",
    link=RFC6455 + "5.6",
    statement="The `text` of a message and the `reason` of a close can be encoded as "
    "UTF-8: they hold no lone surrogates.",
    why="There is no frame that could carry them; a server can only fail.",
    hint="Do not decode with `surrogateescape` what goes to a client.",
    breaks=websocket(CONNECT, ACCEPT, sent("websocket.send", text="\ud83c"), CLOSE),
    keeps=websocket(CONNECT, ACCEPT, sent("websocket.send", text="\U0001f375"), CLOSE),
)
def text_not_utf_8(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    key = "text" if event["type"] == "websocket.send" else "reason"
    text = event.get(key)
    if isinstance(text, str) and not is_encodable(text):
        yield f"Expected a {key} that UTF-8 can carry, but got {shown(text)}"


@rule(
    "asgi-websocket/disconnect-code",
    "server",
    "must",
    "received websocket.disconnect",
    quote="code (int) -- The WebSocket close code, as per the WebSocket spec",
    link=DISCONNECTS,
    statement="`websocket.disconnect` has a `code`, an int.",
    why="An application learns from it why the client has gone.",
    hint="Use 1005 where the client sent none, and 1006 where the socket was lost.",
    breaks=websocket(CONNECT, ACCEPT, received("websocket.disconnect", code="1000")),
    keeps=websocket(CONNECT, ACCEPT, received("websocket.disconnect", code=1005)),
)
def disconnect_code(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    if not is_int(event.get("code")):
        got = shown(event["code"]) if "code" in event else "none"
        yield f"Expected a code that is an int, but got {got}"


@rule(
    "asgi-websocket/disconnect-reason",
    "server",
    "must",
    "received websocket.disconnect",
    quote="reason (Unicode string) -- A reason given for the disconnect",
    link=DISCONNECTS,
    statement="The `reason` of a disconnect is a Unicode string or None.",
    why="Applications write it into their logs.",
    hint="Decode the reason of the close frame as UTF-8.",
    breaks=websocket(
        CONNECT, ACCEPT, received("websocket.disconnect", code=1000, reason=b"bye")
    ),
    keeps=websocket(
        CONNECT, ACCEPT, received("websocket.disconnect", code=1000, reason=None)
    ),
)
@rule(
    "asgi-websocket/close-reason",
    "application",
    "must",
    "sent websocket.close",
    quote="reason (Unicode string) -- A reason given for the closure",
    link=CLOSES,
    statement="The `reason` of a close is a Unicode string or None.",
    why="The server encodes it as UTF-8 into the close frame.",
    hint="Send a str.",
    breaks=websocket(CONNECT, ACCEPT, sent("websocket.close", reason=b"bye")),
    keeps=websocket(CONNECT, ACCEPT, sent("websocket.close", reason=None)),
    invalid=True,
)
def reason_type(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    reason = event.get("reason")
    if reason is not None and not isinstance(reason, str):
        yield f"Expected a reason that is a str, but got {shown(reason)}"


@rule(
    "asgi-websocket/close-code-type",
    "application",
    "must",
    "sent websocket.close",
    quote="code (int) -- The WebSocket close code, as per the WebSocket spec",
    link=CLOSES,
    statement="The `code` of a close is an int, if it is there.",
    why="It is two bytes in the close frame.",
    hint="Write 1000, or leave the key away.",
    breaks=websocket(CONNECT, ACCEPT, sent("websocket.close", code="1000")),
    keeps=websocket(CONNECT, ACCEPT, sent("websocket.close", code=4001)),
    invalid=True,
)
def close_code_type(judge: Judge, event: dict[str, Any]) -> Iterator[str]:
    if "code" in event and not is_int(event["code"]):
        yield f"Expected a code that is an int, but got {shown(event['code'])}"


NEVER_ON_THE_WIRE = frozenset({1005, 1006, 1015})


@rule(
    "asgi-websocket/close-code-value",
    "application",
    "must",
    "sent websocket.close",
    quote="is a reserved value and MUST NOT be set as a status code in a Close "
    "control frame by an endpoint",
    link=RFC6455 + "7.4.1",
    statement="The `code` of a close is one that an endpoint may send.",
    why="1005, 1006 and 1015 only describe what happened; below 1000 is nothing.",
    hint="Use 1000 for a normal end, and 4000 to 4999 for your own meanings.",
    breaks=websocket(CONNECT, ACCEPT, sent("websocket.close", code=1006)),
    keeps=websocket(CONNECT, ACCEPT, sent("websocket.close", code=3000)),
)
def close_code_value(judge: WebSocketJudge, event: dict[str, Any]) -> Iterator[str]:
    code = event.get("code", 1000)
    # Before the handshake is done there is no close frame: the answer is a 403.
    if judge.phase != "open" or not is_int(code):
        return
    if not 1000 <= code < 5000 or code in NEVER_ON_THE_WIRE:
        yield f"Expected a close code that may be sent, but got {code}"


@rule(
    "asgi-websocket/close-reason-length",
    "application",
    "unclear",
    "sent websocket.close",
    quote="All control frames MUST have a payload length of 125 bytes or less",
    link=RFC6455 + "5.5",
    statement="The `reason` of a close has at most 123 bytes in UTF-8. ASGI says that "
    "it can be any string; a close frame has no room for more.",
    why="A server must cut it, or fail.",
    hint="Keep the reason short; send the long story as a message before.",
    breaks=websocket(CONNECT, ACCEPT, sent("websocket.close", reason="x" * 124)),
    keeps=websocket(CONNECT, ACCEPT, sent("websocket.close", reason="x" * 123)),
)
def close_reason_length(judge: WebSocketJudge, event: dict[str, Any]) -> Iterator[str]:
    reason = event.get("reason")
    if judge.phase == "open" and isinstance(reason, str):
        length = len(reason.encode("utf-8", "surrogatepass"))
        if length > 123:
            yield f"Expected a reason of at most 123 bytes, but got {length}"
