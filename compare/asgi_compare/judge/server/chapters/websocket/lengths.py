"""Chapter: WebSocket messages at the lengths where the form of a frame changes."""

from __future__ import annotations

from asgi_compare.judge.server.acts import Receive, Send
from asgi_compare.judge.server.case import (
    Case,
    Check,
    HearEnd,
    HearFrames,
    Leave,
    Problem,
    Say,
)
from asgi_compare.judge.server.chapters.websocket.handshake import opened, saying
from asgi_compare.judge.server.checks.application import of_call
from asgi_compare.judge.server.client.frames import BINARY, close, frame
from asgi_compare.judge.server.observed import Call, Observed
from asgi_compare.judge.server.texts import ws

LENGTHS = (125, 126, 65_535, 65_536)
MINIMAL = ws(
    "5.2",
    "the minimal number of bytes MUST be used to encode the length",
)
PAYLOAD = ws("5.2", 'The length of the "Payload data", in bytes')


def _arrived(length: int) -> Check:
    def test(call: Call) -> object:
        events = call.received("websocket.receive")
        found = [len(event.get("bytes") or b"") for event in events]
        return found == [length] or f"messages of {found} bytes"

    return of_call(f"one message of {length} bytes", test)


def _sent(length: int) -> Check:
    wanted = frame(BINARY, b"x" * length, masked=False)

    def check(seen: Observed) -> Problem | None:
        if seen.wire.rest.startswith(wanted):
            return None
        came = [(f.opcode, len(f.payload)) for f in seen.wire.frames]
        begins = seen.wire.rest[:10].hex(" ")
        return Problem(
            f"Expected one frame of {length} bytes with the shortest form of its "
            f"length, but got {came}, which begins {begins}."
        )

    return check


CASES: tuple[Case, ...] = (
    *(
        opened(
            f"message-of-{length}-bytes",
            "must",
            f"A message of {length:,} bytes arrives whole.",
            PAYLOAD,
            _arrived(length),
            steps=(
                Say(frame(BINARY, b"x" * length)),
                Say(close(1000)),
                HearEnd(1.0),
                Leave(),
            ),
        )
        for length in LENGTHS
    ),
    *(
        opened(
            f"server-sends-{length}-bytes",
            "must",
            f"{length:,} bytes are sent with the shortest form of their length.",
            MINIMAL,
            _sent(length),
            steps=(HearFrames(1), Say(close(1000)), HearEnd(1.0), Leave()),
            script=saying(
                Send({"type": "websocket.send", "bytes": b"x" * length}),
                Receive("websocket.disconnect"),
            ),
        )
        for length in LENGTHS
    ),
)
