"""Chapter: permessage-deflate (RFC 7692), where the server negotiates it.

What is asked is what the two ends agree on, and what reaches the application. Where a
server declines, which it may, the cases about compressed messages are unsupported.
"""

from __future__ import annotations

import zlib

from asgi_compare.judge.server.acts import Act
from asgi_compare.judge.server.case import (
    Case,
    Check,
    Hear,
    HearEnd,
    Leave,
    Level,
    Problem,
    Say,
    Text,
)
from asgi_compare.judge.server.chapters.websocket.broken import failed
from asgi_compare.judge.server.chapters.websocket.frames import got
from asgi_compare.judge.server.chapters.websocket.handshake import ACCEPTING, handshake
from asgi_compare.judge.server.checks.wire import answers, mild, no_answer_has
from asgi_compare.judge.server.client.frames import (
    BINARY,
    CONTINUATION,
    TEXT,
    close,
    frame,
)
from asgi_compare.judge.server.observed import Observed
from asgi_compare.judge.server.texts import deflate, ws

EXTENSIONS = b"sec-websocket-extensions"
OFFER = b"Sec-WebSocket-Extensions: permessage-deflate"
COMPRESSED = 4
"""RSV1, which says so (section 6)."""
DECLINE = deflate(
    "7", "A server MUST decline an extension negotiation offer for this extension"
)
DECOMPRESS = deflate("7.2.2", "Decompress the resulting data using DEFLATE")


def compressed(data: bytes) -> bytes:
    """Return the payload of a compressed message (section 7.2.1)."""
    made = zlib.compressobj(wbits=-15)
    return (made.compress(data) + made.flush(zlib.Z_SYNC_FLUSH)).removesuffix(
        b"\x00\x00\xff\xff"
    )


HELLO = compressed("grüße".encode())


def agreed() -> Check:
    """What follows is not asked of a server that declines."""

    def check(seen: Observed) -> Problem | None:
        found = seen.wire.answers[0].values(EXTENSIONS) if seen.wire.answers else []
        if any(b"permessage-deflate" in value for value in found):
            return None
        return Problem("The server does not compress messages.", "unsupported")

    return check


def _asked(
    name: str,
    level: Level,
    shows: str,
    text: Text,
    data: bytes,
    *checks: Check,
    offer: bytes = OFFER,
    script: tuple[Act, ...] = ACCEPTING,
) -> Case:
    steps = (
        Say(handshake(offer) if offer else handshake()),
        Hear(),
        *((Say(data),) if data else ()),
        Say(close(1000)),
        HearEnd(1.0),
        Leave(),
    )
    # A handshake that is refused for its offer has no extension in its answer, either.
    full = (answers(101), *checks) if data else (*checks, mild(answers(101)))
    return Case(name, level, shows, text, steps, full, script=script, needs="websocket")


def _chosen(seen: Observed) -> str:
    found = seen.wire.answers[0].values(EXTENSIONS) if seen.wire.answers else []
    said = b", ".join(found).decode("latin-1")
    return f"It chose {said!r}." if said else "It declined."


def _bombed(seen: Observed) -> str:
    code = seen.wire.close_code
    if seen.call and seen.call.received("websocket.receive"):
        return "A message of 20 MB, compressed to 20 kB: handed over."
    return f"A message of 20 MB, compressed to 20 kB: closed with {code}."


CASES: tuple[Case, ...] = (
    Case(
        "deflate-offered",
        "may",
        "What a server makes of an offer to compress is reported.",
        deflate("5", "extension negotiation response"),
        (Say(handshake(OFFER)), Hear(), Leave()),
        (answers(101),),
        script=ACCEPTING,
        needs="websocket",
        report=_chosen,
    ),
    _asked(
        "deflate-not-offered",
        "must",
        "Without an offer, the answer has no extension.",
        ws("4.1", "has indicated an extension not requested by the client"),
        b"",
        no_answer_has(EXTENSIONS),
        offer=b"",
    ),
    _asked(
        "deflate-unknown-parameter",
        "must",
        "An offer with a parameter that there is not is declined.",
        DECLINE,
        b"",
        no_answer_has(EXTENSIONS),
        offer=OFFER + b"; x-unknown=1",
    ),
    _asked(
        "deflate-invalid-window",
        "must",
        "An offer with a window that cannot be is declined.",
        DECLINE,
        b"",
        no_answer_has(EXTENSIONS),
        offer=OFFER + b"; server_max_window_bits=7",
    ),
    _asked(
        "deflate-repeated-parameter",
        "must",
        "An offer that names a parameter twice is declined.",
        DECLINE,
        b"",
        no_answer_has(EXTENSIONS),
        offer=OFFER + b"; server_no_context_takeover" * 2,
    ),
    _asked(
        "deflate-message",
        "must",
        "A compressed message arrives decompressed.",
        DECOMPRESS,
        frame(TEXT, HELLO, rsv=COMPRESSED),
        agreed(),
        got(("grüße", None)),
    ),
    _asked(
        "deflate-fragments",
        "must",
        "A compressed message in fragments arrives as one.",
        DECOMPRESS,
        frame(TEXT, HELLO[:3], fin=False, rsv=COMPRESSED)
        + frame(CONTINUATION, HELLO[3:]),
        agreed(),
        got(("grüße", None)),
    ),
    _asked(
        "deflate-plain-message",
        "must",
        "A message that is not compressed arrives all the same.",
        deflate(
            "6", 'A message with the bit unset is called an "uncompressed message"'
        ),
        frame(TEXT, b"plain") + frame(BINARY, HELLO, rsv=COMPRESSED),
        agreed(),
        got(("plain", None), (None, "grüße".encode())),
    ),
    Case(
        "deflate-broken-data",
        "must",
        "Data that cannot be decompressed fails the connection.",
        ws("7.1.7", "endpoint MUST _Fail the WebSocket Connection_"),
        (
            Say(handshake(OFFER)),
            Hear(),
            Say(frame(TEXT, b"\xff\xff\xff\xff", rsv=COMPRESSED)),
            HearEnd(1.0),
            Leave(),
        ),
        (answers(101), agreed(), failed()),
        script=ACCEPTING,
        needs="websocket",
    ),
    Case(
        "deflate-bomb",
        "may",
        "Whether a message that grows a thousand times is handed over is reported.",
        ws("10.4", "SHOULD impose a limit on frame sizes and the total message size"),
        (
            Say(handshake(OFFER)),
            Hear(),
            Say(frame(BINARY, compressed(b"\x00" * 20_000_000), rsv=COMPRESSED)),
            Say(close(1000)),
            HearEnd(1.5),
            Leave(),
        ),
        (answers(101), agreed()),
        script=ACCEPTING,
        needs="websocket",
        report=_bombed,
        danger=True,
    ),
)
