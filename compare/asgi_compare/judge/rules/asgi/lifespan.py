"""Its scope, its events and their order.

An application that raises at the scope has no lifespan, and that breaks nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asgi_compare.judge.rules.engine.examples import (
    ABSENT,
    LIVED,
    RAISED,
    SHUTDOWN,
    STARTED,
    STARTUP,
    STOPPED,
    lifespan,
    sent,
)
from asgi_compare.judge.rules.engine.judge_lifespan import LifespanJudge
from asgi_compare.judge.rules.engine.rule import LIFESPAN, MAIN, rule
from asgi_compare.judge.rules.engine.values import shown
from asgi_compare.model.transcript import Ending

COMPLETE = LIFESPAN + "startup-complete-send-event"
STOP = LIFESPAN + "shutdown-complete-send-event"
START_ANSWERS = ("sent lifespan.startup.complete", "sent lifespan.startup.failed")
STOP_ANSWERS = ("sent lifespan.shutdown.complete", "sent lifespan.shutdown.failed")
HAS_STARTED = "Sent by the application when it has completed its startup"
HAS_STOPPED = "Sent by the application when it has completed its cleanup"
FAILED = sent("lifespan.startup.failed", message="no database")


@rule(
    "asgi-lifespan/state-not-empty",
    "server",
    "must",
    "scope lifespan",
    quote="An empty namespace where the application can persist state",
    link=LIFESPAN + "scope",
    statement="`scope['state']` of the lifespan is empty.",
    why="Keys in it belong to the application alone.",
    hint="Put what the server has to say into an extension.",
    breaks=lifespan(STARTUP, STARTED, SHUTDOWN, STOPPED, scope={"state": {"a": 1}}),
    keeps=lifespan(STARTUP, STARTED, SHUTDOWN, STOPPED, scope={"state": ABSENT}),
)
def state_not_empty(judge: LifespanJudge, scope: dict[str, Any]) -> Iterator[str]:
    state = scope.get("state")
    if isinstance(state, dict) and state:
        yield f"Expected an empty state, but got {shown(state)}"


@rule(
    "asgi-lifespan/startup-not-first",
    "server",
    "must",
    "received lifespan.shutdown",
    quote="Sent to the application when the server is ready to startup and receive "
    "connections",
    link=LIFESPAN + "startup-receive-event",
    statement="The first event for the application is `lifespan.startup`.",
    why="An application has nothing to shut down before it was started.",
    hint="Send `lifespan.startup` first.",
    breaks=lifespan(SHUTDOWN, STOPPED),
    keeps=LIVED,
)
def startup_not_first(judge: LifespanJudge, event: dict[str, Any]) -> Iterator[str]:
    if not judge.asked_to_start:
        yield "Expected 'lifespan.startup', but got 'lifespan.shutdown'"


@rule(
    "asgi-lifespan/event-twice",
    "server",
    "must",
    ("received lifespan.startup", "received lifespan.shutdown"),
    quote="Lifespans should be executed once per event loop",
    link="https://asgi.readthedocs.io/en/latest/specs/lifespan.html",
    statement="`lifespan.startup` and `lifespan.shutdown` come once each.",
    why="An application would open, or close, everything twice.",
    hint="Call the application anew for another lifespan.",
    breaks=lifespan(STARTUP, STARTED, STARTUP, SHUTDOWN, STOPPED),
    keeps=LIVED,
)
def event_twice(judge: LifespanJudge, event: dict[str, Any]) -> Iterator[str]:
    starting = event["type"] == "lifespan.startup"
    if judge.asked_to_start if starting else judge.asked_to_stop:
        yield f"Expected one {event['type']!r}, but got a second"


@rule(
    "asgi-lifespan/answer-before-startup",
    "application",
    "should",
    START_ANSWERS,
    quote=HAS_STARTED,
    link=COMPLETE,
    statement="The application receives `lifespan.startup` before it answers it.",
    why="A server that has not asked yet may miss the answer, and wait for ever.",
    hint="Call `receive()` before you send `lifespan.startup.complete`.",
    breaks=lifespan(STARTED, STARTUP, SHUTDOWN, STOPPED),
    keeps=LIVED,
)
def answer_before_startup(judge: LifespanJudge, event: dict[str, Any]) -> Iterator[str]:
    if not judge.asked_to_start:
        yield f"Expected to receive 'lifespan.startup' before {event['type']!r}"


@rule(
    "asgi-lifespan/startup-answered-twice",
    "application",
    "must",
    START_ANSWERS,
    quote=HAS_STARTED,
    link=COMPLETE,
    statement="`lifespan.startup` is answered once, by complete or failed.",
    why="The server acts on the first answer.",
    hint="Look for a framework and a middleware that both answer.",
    breaks=lifespan(STARTUP, STARTED, STARTED, SHUTDOWN, STOPPED),
    keeps=lifespan(STARTUP, FAILED),
)
def startup_answered_twice(
    judge: LifespanJudge, event: dict[str, Any]
) -> Iterator[str]:
    if judge.started:
        yield f"Expected one answer to start-up, but got {event['type']!r} as well"


@rule(
    "asgi-lifespan/answer-before-shutdown",
    "application",
    "must",
    STOP_ANSWERS,
    quote=HAS_STOPPED,
    link=STOP,
    statement="The application receives `lifespan.shutdown` before it answers it.",
    why="A server would stop, or ignore it and wait in vain at the end.",
    hint="Wait in `receive()` until the shutdown comes.",
    breaks=lifespan(STARTUP, STARTED, STOPPED, SHUTDOWN),
    keeps=LIVED,
)
def answer_before_shutdown(
    judge: LifespanJudge, event: dict[str, Any]
) -> Iterator[str]:
    if not judge.asked_to_stop:
        yield f"Expected to receive 'lifespan.shutdown' before {event['type']!r}"


@rule(
    "asgi-lifespan/shutdown-answered-twice",
    "application",
    "must",
    STOP_ANSWERS,
    quote=HAS_STOPPED,
    link=STOP,
    statement="`lifespan.shutdown` is answered once, by complete or failed.",
    why="The server may be gone after the first answer.",
    hint="Return after the answer.",
    breaks=lifespan(STARTUP, STARTED, SHUTDOWN, STOPPED, STOPPED),
    keeps=LIVED,
)
def shutdown_answered_twice(
    judge: LifespanJudge, event: dict[str, Any]
) -> Iterator[str]:
    if judge.stopped:
        yield f"Expected one answer to shut-down, but got {event['type']!r} as well"


@rule(
    "asgi-lifespan/startup-unanswered",
    "application",
    "must",
    "ended lifespan",
    quote="A server must wait for this message before it starts processing connections",
    link=COMPLETE,
    statement="`lifespan.startup` is answered, or the application raises.",
    why="The server waits for the answer.",
    hint="Send `lifespan.startup.complete`, or raise at a scope you do not serve.",
    breaks=lifespan(STARTUP),
    keeps=lifespan(STARTUP, ending=RAISED),
)
def startup_unanswered(judge: LifespanJudge, ending: Ending) -> Iterator[str]:
    if ending.kind == "returned" and judge.asked_to_start and not judge.started:
        yield "Expected an answer to 'lifespan.startup', but it returned"


@rule(
    "asgi-lifespan/shutdown-unanswered",
    "application",
    "must",
    "ended lifespan",
    quote="A server must wait for this message before terminating",
    link=STOP,
    statement="`lifespan.shutdown` is answered, or the application raises.",
    why="The server waits for the answer.",
    hint="Send `lifespan.shutdown.complete` when all is cleaned up.",
    breaks=lifespan(STARTUP, STARTED, SHUTDOWN),
    keeps=LIVED,
)
def shutdown_unanswered(judge: LifespanJudge, ending: Ending) -> Iterator[str]:
    if ending.kind == "returned" and judge.asked_to_stop and not judge.stopped:
        yield "Expected an answer to 'lifespan.shutdown', but it returned"


@rule(
    "asgi-lifespan/returned-early",
    "application",
    "should",
    "ended lifespan",
    quote="is expected to last the lifetime of that connection plus a little longer",
    link=MAIN + "overview",
    statement="Between start-up and shut-down the application stays.",
    why="Nobody is there to clean up when the server stops.",
    hint="Call `receive()` again after `lifespan.startup.complete`.",
    breaks=lifespan(STARTUP, STARTED),
    keeps=LIVED,
)
def returned_early(judge: LifespanJudge, ending: Ending) -> Iterator[str]:
    waiting = judge.started.endswith("complete") and not judge.asked_to_stop
    if ending.kind == "returned" and waiting and not judge.stopped:
        yield "Expected to wait for 'lifespan.shutdown', but it returned"


@rule(
    "asgi-lifespan/raised-early",
    "application",
    "should",
    "ended lifespan",
    quote="is expected to last the lifetime of that connection plus a little longer",
    link=MAIN + "overview",
    statement="Between start-up and shut-down the application does not raise.",
    why="The server goes on without it: nobody cleans up, and nobody hears why.",
    hint="Catch the exception, and call `receive()` again until `lifespan.shutdown`.",
    breaks=lifespan(STARTUP, STARTED, ending=RAISED),
    keeps=lifespan(ending=RAISED),
)
def raised_early(judge: LifespanJudge, ending: Ending) -> Iterator[str]:
    waiting = judge.started.endswith("complete") and not judge.asked_to_stop
    # After another finding, the exception may be the server's refusal coming back.
    if ending.kind == "raised" and waiting and not (judge.stopped or judge.findings):
        said = shown(ending.error)
        yield f"Expected to wait for 'lifespan.shutdown', but it raised {said}"


@rule(
    "asgi-lifespan/message-type",
    "application",
    "must",
    ("sent lifespan.startup.failed", "sent lifespan.shutdown.failed"),
    quote='message (Unicode string) -- Optional; if missing defaults to ""',
    link=LIFESPAN + "startup-failed-send-event",
    statement="The `message` of a failure is a Unicode string, if it is there.",
    why="The server writes it into its log.",
    hint="Call `str()` on the exception.",
    breaks=lifespan(STARTUP, sent("lifespan.startup.failed", message=OSError("no"))),
    keeps=lifespan(STARTUP, sent("lifespan.startup.failed")),
    invalid=True,
)
def message_type(judge: LifespanJudge, event: dict[str, Any]) -> Iterator[str]:
    if not isinstance(message := event.get("message", ""), str):
        yield f"Expected a message that is a str, but got {shown(message)}"
