"""Chapter: what a call of the application may do, and what is left of it afterwards.

An application cancels its own `receive` to wait for something else as well. No sentence
of the text speaks of that, or of context variables; frameworks rely on both.
"""

from __future__ import annotations

from asgi_compare.judge.server.acts import (
    ANSWER,
    Body,
    ReadBody,
    Receive,
    Send,
    SetContext,
    Sleep,
    Start,
)
from asgi_compare.judge.server.case import (
    Await,
    Case,
    Hear,
    HearEnd,
    Leave,
    Pause,
    Report,
    Say,
)
from asgi_compare.judge.server.chapters.websocket.frames import got
from asgi_compare.judge.server.chapters.websocket.handshake import (
    ACCEPT,
    CONNECT,
    handshake,
)
from asgi_compare.judge.server.checks.application import called, of_call, saw_body
from asgi_compare.judge.server.checks.wire import answers, first
from asgi_compare.judge.server.client.build import CLOSE, post, request, second
from asgi_compare.judge.server.client.frames import TEXT, close, frame
from asgi_compare.judge.server.observed import Call, Observed
from asgi_compare.judge.server.texts import main, www

FIVE = ((b"content-length", b"5"),)
AWAITED = main("applications", "an awaitable callable that will yield a new event")
SCOPE = "http-connection-scope"


def _gave_up(call: Call) -> object:
    tries = [error or event for did, event, error, _ in call.events if did == "receive"]
    return "nothing came" in str(tries[-1:]) or repr(tries)


def _inherited(seen: Observed) -> str:
    found = [call.scope.get("asgi_compare", {}).get("context") for call in seen.calls]
    if len(found) < 2:
        return "There was no second call."
    same = "is still set" if found[1] else "is not set"
    return f"What one request sets in a context variable {same} in the next one."


def _fate(what: str) -> Report:
    def report(seen: Observed) -> str:
        ended = (seen.call.ended or "is under way") if seen.call else "was not called"
        return f"{what}: {ended}."

    return report


CASES: tuple[Case, ...] = (
    Case(
        "receive-can-be-cancelled",
        "unclear",
        "A `receive` that is cancelled gives no event, and the answer is sent.",
        AWAITED,
        (Say(request()), Hear(1, 3.0), Leave()),
        (first(200), of_call("no event from a cancelled receive()", _gave_up)),
        script=(ReadBody(), Receive("", 0.3), Start(200, FIVE), Body(b"hello")),
        interfaces=("asgi",),
    ),
    Case(
        "cancelled-receive-loses-no-body",
        "unclear",
        "A body that comes after a `receive` was cancelled arrives whole.",
        AWAITED,
        (
            Say(post(b"Content-Length: 5", CLOSE)),
            Pause(0.6),
            Say(b"hello"),
            # A server that has it whole before it calls gives it to the first one,
            # and the second one waits for three seconds.
            Hear(1, 4.5),
        ),
        (answers(200), saw_body(b"hello")),
        script=(Receive("", 0.2), ReadBody(), Start(200, FIVE), Body(b"hello")),
        interfaces=("asgi",),
    ),
    Case(
        "cancelled-receive-loses-no-message",
        "unclear",
        "A message that comes after a `receive` was cancelled arrives.",
        AWAITED,
        (
            Say(handshake()),
            Hear(),
            Pause(0.6),
            Say(frame(TEXT, b"hello")),
            Pause(0.2),
            Say(close(1000)),
            HearEnd(1.0),
            Leave(),
        ),
        (answers(101), got(("hello", None))),
        script=(
            Receive(CONNECT),
            Send({"type": ACCEPT}),
            Receive("", 0.2),
            Receive("websocket.disconnect"),
        ),
        needs="websocket",
    ),
    Case(
        "grace-after-disconnect",
        "may",
        "Whether an application that has heard of the end may finish is reported.",
        www("disconnect-receive-event", "after the HTTP connection has been closed"),
        (
            Say(request()),
            Await("receive http.request"),
            Leave(reset=True),
            Await("ended", 2.0),
        ),
        script=(ReadBody(), Receive("http.disconnect"), Sleep(1.0)),
        report=_fate("A second after http.disconnect"),
    ),
    Case(
        "context-over-keep-alive",
        "may",
        "What becomes of a context variable on a kept connection is reported.",
        www(SCOPE, "HTTP connections have a single-request connection scope"),
        (Say(request()), Hear(), Say(second()), Hear(2, 1.0)),
        (called(2),),
        script=(SetContext(), *ANSWER),
        report=_inherited,
    ),
    Case(
        "context-over-pipelining",
        "may",
        "What becomes of a context variable between pipelined requests is reported.",
        www(SCOPE, "HTTP connections have a single-request connection scope"),
        (Say(request() + second()), Hear(2, 1.5)),
        (called(2),),
        script=(SetContext(), *ANSWER),
        report=_inherited,
    ),
)
