"""Chapter: the client leaves, or does not read. Does the application hear of it?"""

from __future__ import annotations

from asgi_compare.judge.server.acts import (
    Body,
    ReadBody,
    Receive,
    Repeat,
    Send,
    Sleep,
    Start,
)
from asgi_compare.judge.server.case import (
    Await,
    Case,
    HalfClose,
    Hear,
    HearBytes,
    HearEnd,
    Leave,
    Pause,
    ReadOn,
    Say,
    StopReading,
)
from asgi_compare.judge.server.checks.application import (
    announces,
    ended,
    never_whole,
    of_call,
    received,
    send_raised_os_error,
)
from asgi_compare.judge.server.checks.wire import answers, of_answer
from asgi_compare.judge.server.client.build import CLOSE, post, request
from asgi_compare.judge.server.observed import Observed
from asgi_compare.judge.server.texts import http1, main, www

GONE = www(
    "disconnect-receive-event",
    "Sent to the application if receive is called after a response has been sent or "
    "after the HTTP connection has been closed",
)
SEND_GONE = www(
    "disconnected-client-send-exception",
    "the server should raise a server-specific subclass of OSError",
)
RAISES = (announces("2.4"), send_raised_os_error())
"""The sentence came with version 2.4: before it, `send` did nothing."""
CATCH = www(
    "disconnected-client-send-exception",
    "Servers must be prepared to catch this exception if they raised it",
)
PIECE = {"type": "http.response.body", "body": b"x" * 65_536, "more_body": True}
SMALL = {"type": "http.response.body", "body": b"tick\n", "more_body": True}
STREAM = {"type": "http.response.start", "status": 200, "headers": []}
PIECES = 512
"""Of 64 KiB each: 32 MiB, more than the buffers of two sockets hold."""
LONG = 0.2
"""Seconds from which on a call of `send` has waited for the client."""


def _waited(seen: Observed) -> str:
    if seen.call is None:
        return "The application was not called."
    taken = 0
    for did, event, _, seconds in seen.call.events:
        body = did.startswith("send") and event["type"] == "http.response.body"
        if body and (seconds > LONG or did == "send..."):
            return f"send() took {taken} pieces of 64 KiB before it waited."
        taken += body
    return f"send() took {taken} pieces of 64 KiB, and never waited."


def _disconnects(seen: Observed) -> str:
    count = len(seen.call.received("http.disconnect")) if seen.call else 0
    if count > 1:
        return "It gives http.disconnect again."
    return "It gives nothing more." if count else "There was no http.disconnect."


CASES: tuple[Case, ...] = (
    Case(
        "disconnect-while-waiting",
        # A server sees a FIN, and no more; a client that has closed its own side only
        # sends the same (see `half-close`).
        "unclear",
        "An application that waits hears `http.disconnect` when the client closes.",
        GONE,
        (Say(request()), Await("receive http.request"), Leave()),
        (received("http.disconnect"), ended()),
        script=(ReadBody(), Receive("http.disconnect")),
    ),
    Case(
        "disconnect-by-reset",
        "must",
        "An application that waits hears `http.disconnect` when the client is gone.",
        GONE,
        (Say(request()), Await("receive http.request"), Leave(reset=True)),
        (received("http.disconnect"), ended()),
        script=(ReadBody(), Receive("http.disconnect")),
    ),
    Case(
        "disconnect-in-the-body",
        "must",
        "A client that leaves in the middle of its body: the application is never told "
        "that the body is whole.",
        GONE,
        (
            Say(post(b"Content-Length: 100000", body=b"x" * 1000)),
            Pause(0.2),
            Leave(),
        ),
        (never_whole(),),
        script=(Receive("http.disconnect"),),
    ),
    Case(
        "disconnect-after-response",
        "must",
        "After the response, `receive` gives `http.disconnect`.",
        GONE,
        (Say(request(CLOSE)), Hear(), Await("ended", 1.0)),
        (received("http.disconnect"),),
        script=(
            ReadBody(),
            Start(200, ((b"content-length", b"5"),)),
            Body(b"hello"),
            Receive("http.disconnect"),
        ),
    ),
    Case(
        "disconnect-after-response-again",
        "may",
        "What `receive` gives when it is asked once more is reported.",
        GONE,
        (Say(request(CLOSE)), Hear(), Await("ended", 1.0)),
        report=_disconnects,
        script=(
            ReadBody(),
            Start(200, ((b"content-length", b"5"),)),
            Body(b"hello"),
            Receive("http.disconnect"),
            Receive("http.disconnect", 1.0),
        ),
    ),
    Case(
        "disconnect-after-response-on-kept-connection",
        "must",
        "The same on a connection that is kept.",
        GONE,
        (Say(request()), Hear(), Await("receive http.disconnect", 1.0)),
        (received("http.disconnect"),),
        script=(
            ReadBody(),
            Start(200, ((b"content-length", b"5"),)),
            Body(b"hello"),
            Receive("http.disconnect", 1.5),
        ),
    ),
    Case(
        "send-after-disconnect",
        "should",
        "`send` raises an OSError once the client has left.",
        SEND_GONE,
        (
            Say(request()),
            HearBytes(b"tick"),
            Leave(reset=True),
            Await("ended", 2.5),
        ),
        RAISES,
        script=(
            ReadBody(),
            Send(STREAM),
            Send(SMALL),
            Receive("http.disconnect"),
            Repeat(SMALL, 20, 0.02),
        ),
    ),
    Case(
        "send-after-disconnect-unseen",
        "should",
        "The same for an application that never asks `receive`.",
        SEND_GONE,
        (
            Say(request()),
            HearBytes(b"tick"),
            Leave(reset=True),
            Await("ended", 2.5),
        ),
        RAISES,
        script=(ReadBody(), Send(STREAM), Repeat(SMALL, 100, 0.02)),
    ),
    Case(
        "error-of-send-is-caught",
        "must",
        "What `send` raises may leave the application; the server goes on.",
        CATCH,
        (
            Say(request()),
            HearBytes(b"tick"),
            Leave(reset=True),
            Await("ended", 2.5),
        ),
        (ended(),),
        script=(ReadBody(), Send(STREAM), Repeat(SMALL, 60, 0.02)),
    ),
    Case(
        "half-close",
        "may",
        "Whether a client that has closed its own side gets its answer is reported.",
        http1("9.6", "closing only the write side of the read/write connection"),
        (Say(request()), HalfClose(), HearEnd(1.0)),
        script=(
            ReadBody(),
            Sleep(0.2),
            Start(200, ((b"content-length", b"5"),)),
            Body(b"hello"),
        ),
        report=lambda seen: (
            "It got the answer." if seen.wire.finals else "It got no answer."
        ),
    ),
    Case(
        "back-pressure",
        "may",
        "How much `send` takes from an application whose client does not read is "
        "reported.",
        www("response-body-send-event", "before returning from a send call"),
        (StopReading(), Say(request()), Pause(1.0), Leave(reset=True)),
        script=(ReadBody(), Send(STREAM), Repeat(PIECE, PIECES)),
        report=_waited,
        danger=True,
    ),
    Case(
        "slow-reader-gets-all",
        "must",
        "A client that reads late gets every byte.",
        www("response-body-send-event", "must flush any data passed to them into the"),
        (
            StopReading(),
            Say(request(CLOSE)),
            Pause(0.5),
            ReadOn(),
            Hear(1, 5.0),
        ),
        (
            answers(200),
            of_answer("4 MiB", lambda a: len(a.body) == 4 << 20 or len(a.body)),
        ),
        script=(
            ReadBody(),
            Start(200),
            *(Body(b"x" * 65_536, True) for _ in range(64)),
            Body(b""),
        ),
    ),
    Case(
        "waiting-send-ends-with-the-client",
        "should",
        "A `send` that waits for a client that then leaves comes to an end.",
        www("response-body-send-event", "before returning from a send call"),
        (StopReading(), Say(request()), Pause(0.5), Leave(reset=True), Await("ended")),
        (ended(),),
        script=(ReadBody(), Send(STREAM), Repeat(PIECE, PIECES)),
        danger=True,
    ),
    Case(
        "application-outlives-response",
        "must",
        "What an application does after its response is not cut short.",
        main("overview", "application"),
        (Say(request(CLOSE)), Hear(), Await("ended")),
        (
            answers(200),
            of_call("a normal return", lambda c: c.ended == "returned" or c.ended),
        ),
        script=(
            ReadBody(),
            Start(200, ((b"content-length", b"5"),)),
            Body(b"hello"),
            Sleep(0.3),
        ),
        interfaces=("asgi",),
    ),
    Case(
        "cancelled-after-disconnect",
        "may",
        "Whether an application that does not ask is cancelled once its client left is "
        "reported.",
        main("connection-scope", "connection"),
        (
            Say(request()),
            Await("called"),
            Pause(0.1),
            Leave(reset=True),
            Await("ended", 1.5),
        ),
        script=(ReadBody(), Send(STREAM), Sleep(1.0)),
        report=lambda seen: (
            f"The call ended as {(seen.call.ended or 'not yet')!r}."
            if seen.call
            else "It was not called."
        ),
    ),
)
