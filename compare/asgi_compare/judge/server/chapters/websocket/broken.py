"""Chapter: WebSocket frames that break the rules, and fail the connection."""

from __future__ import annotations

from asgi_compare.judge.server.case import Case, Check, Hear, HearEnd, Leave, Say, Text
from asgi_compare.judge.server.chapters.websocket.frames import got
from asgi_compare.judge.server.chapters.websocket.handshake import ACCEPTING, handshake
from asgi_compare.judge.server.checks.frames import close_code
from asgi_compare.judge.server.checks.wire import answers, closed, mild
from asgi_compare.judge.server.client.frames import (
    BINARY,
    CONTINUATION,
    PING,
    TEXT,
    frame,
)
from asgi_compare.judge.server.observed import Observed
from asgi_compare.judge.server.texts import ws

FAIL = "the receiving endpoint MUST _Fail the WebSocket Connection_"


def failed(*codes: int) -> Check:
    """The connection is failed: closed, and the application got no message.

    Which code the close frame has is a `should`, and so is that there is one (RFC 6455,
    7.1.7). Without codes, nothing is asked of it.
    """
    said = " or ".join(map(str, codes))

    def check(seen: Observed) -> object:
        for each in (got(), closed()):
            if problem := each(seen):
                return problem
        return mild(close_code(codes, said))(seen) if codes else None

    return check  # type: ignore[return-value]


def _broken(name: str, shows: str, text: Text, data: bytes, *codes: int) -> Case:
    """Shake hands, send these frames, and wait for the end."""
    steps = (Say(handshake()), Hear(), Say(data), HearEnd(1.0), Leave())
    return Case(
        name,
        "must",
        shows,
        text,
        steps,
        (answers(101), failed(*codes)),
        script=ACCEPTING,
        needs="websocket",
    )


CASES: tuple[Case, ...] = (
    _broken(
        "unmasked-frame",
        "A frame that is not masked ends the connection.",
        ws(
            "5.1",
            "The server MUST close the connection upon receiving a frame that is not "
            "masked",
        ),
        # "In this case, a server MAY send a Close frame" (RFC 6455, 5.1).
        frame(TEXT, b"hello", masked=False),
    ),
    *(
        _broken(
            f"reserved-bit-{4 - bit.bit_length()}",
            "A reserved bit without an extension fails the connection.",
            ws("5.2", FAIL),
            frame(TEXT, b"hello", rsv=bit),
            1002,
        )
        for bit in (4, 2, 1)
    ),
    _broken(
        "unknown-data-opcode",
        "An unknown opcode fails the connection.",
        ws("5.2", FAIL),
        frame(0x3, b"hello"),
        1002,
    ),
    _broken(
        "unknown-control-opcode",
        "An unknown control opcode fails the connection.",
        ws("5.2", FAIL),
        frame(0xB, b"hello"),
        1002,
    ),
    _broken(
        "oversize-ping",
        "A control frame of more than 125 bytes fails the connection.",
        ws("5.5", "MUST have a payload length of 125 bytes or less"),
        frame(PING, b"x" * 126),
        1002,
    ),
    _broken(
        "fragmented-ping",
        "A control frame in fragments fails the connection.",
        ws("5.5", "MUST NOT be fragmented"),
        frame(PING, b"x", fin=False) + frame(CONTINUATION, b"y"),
        1002,
    ),
    _broken(
        "continuation-without-beginning",
        "A continuation of nothing fails the connection.",
        ws("5.4", "A fragmented message consists of a single frame with the FIN bit"),
        frame(CONTINUATION, b"hello"),
        1002,
    ),
    _broken(
        "message-inside-a-message",
        "A message between the fragments of another fails the connection.",
        ws("5.4", "MUST NOT be interleaved between the fragments of another"),
        frame(TEXT, b"one", fin=False) + frame(TEXT, b"two"),
        1002,
    ),
    _broken(
        "invalid-utf8",
        "Text that is not UTF-8 fails the connection.",
        ws("8.1", "that endpoint MUST _Fail the WebSocket Connection_"),
        frame(TEXT, b"caf\xe9"),
        1007,
    ),
    _broken(
        "invalid-utf8-in-fragments",
        "The same where it only shows when the fragments are joined.",
        ws("8.1", "that endpoint MUST _Fail the WebSocket Connection_"),
        frame(TEXT, b"caf\xc3", fin=False) + frame(CONTINUATION, b"("),
        1007,
    ),
    _broken(
        "surrogate-in-utf8",
        "A surrogate is no UTF-8.",
        ws("8.1", "that endpoint MUST _Fail the WebSocket Connection_"),
        frame(TEXT, b"\xed\xa0\x80"),
        1007,
    ),
    _broken(
        "claimed-length-beyond-63-bits",
        "A length with the highest bit set fails the connection.",
        ws("5.2", "the most significant bit MUST be 0"),
        frame(BINARY, b"x", claim=(1 << 63) + 1),
        1002,
        1009,
    ),
)
