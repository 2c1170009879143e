"""Endings: disconnects, cancellation and exceptions come through; nothing fails."""

from __future__ import annotations

from collections.abc import Iterator

from asgi_compare.judge.middleware.rules.bodies import BOTH
from asgi_compare.judge.middleware.rules.rule import rule
from asgi_compare.judge.middleware.rules.sentences import (
    CANCELLED,
    DISCONNECT,
    DISCONNECTED,
    TERMINATE,
)
from asgi_compare.judge.middleware.trial import Pair, head_of, noted, of_type
from asgi_compare.judge.rules.engine.rule import PEP
from asgi_compare.model.transcript import Transcript

ASGI, WSGI = BOTH
PLANNED = "Planned: "
FAILING = ("raises", "raises late", "begins again", "begins again too late")
"""Acts that are meant to fail."""


def unfinished(transcript: Transcript) -> bool:
    """Return whether a call still goes on."""
    return bool(noted(transcript, "unfinished"))


def is_reached(pair: Pair) -> bool:
    """Return whether the application was called, as it is without the layer."""
    return bool(pair.inside and pair.plain_inside)


@rule(
    "disconnect-lost",
    "must",
    asgi=DISCONNECT,
    statement="The application inside hears that the client has left.",
    hint="Give `receive` to the application, or go on with it once the request has "
    "been read.",
)
def disconnect_lost(pair: Pair) -> Iterator[str]:
    """Look whether `http.disconnect` came inside."""
    if pair.trial.protocol == "websocket":
        yield from socket_disconnect_lost(pair)
        return
    if "client to leave" not in pair.trial.act and "listens" not in pair.trial.act:
        return
    if pair.trial.act.endswith("does not listen") or pair.both is None:
        return
    if pair.layered.left_at_ns is None:
        return  # it had heard nothing after which it could leave
    heard = list(of_type(pair.plain_inside[0], "http.disconnect", direction="receive"))
    inside = pair.inside[0]
    if not heard or inside.interface != "asgi":
        return
    got = list(of_type(inside, "http.disconnect", direction="receive"))
    told = got or (inside.ending.error and pair.layered.ending.kind != "timed out")
    if not told and pair.trial.act.startswith("glances"):
        # One that waits before it asks the server has lost nothing, and may do so.
        if pair.layered.received("http.disconnect"):
            yield (
                "Expected 'http.disconnect' inside, but it was lost: the layer had "
                "received it when the application's call of `receive` was cancelled"
            )
    elif not told:
        yield (
            f"Expected 'http.disconnect' inside, which comes after "
            f"{heard[0].at_ns / 1e6:.0f} ms without the layer, but got none in "
            f"{pair.trial.deadline:g} s"
        )


def socket_disconnect_lost(pair: Pair) -> Iterator[str]:
    """Look whether `websocket.disconnect` came inside."""
    kind = "websocket.disconnect"
    if pair.both is None or pair.layered.ending.kind not in ("timed out", "abandoned"):
        return
    ended = pair.plain.ending.kind == "returned"
    heard = pair.layered.received(kind) and pair.plain_inside[0].received(kind)
    if ended and heard and not pair.inside[0].received(kind):
        yield f"Expected {kind!r} inside, but it did not come there"


@rule(
    "disconnect-invented",
    "must",
    asgi=DISCONNECT,
    statement="`http.disconnect` comes inside when the client has left or has its "
    "whole answer, and not before.",
    hint="After the body that was read go on with the server's `receive`.",
)
def disconnect_invented(pair: Pair) -> Iterator[str]:
    """Look for `http.disconnect` inside while the client is still there."""
    layered = pair.layered
    if pair.both is None or layered.interface != "asgi" or layered.left_at_ns:
        return
    kind = "http.disconnect"
    inside = list(of_type(pair.inside[0], kind, direction="receive"))
    reasons = [e.at_ns for e in of_type(layered, kind, direction="receive")]
    for side in (layered, pair.inside[0]):
        bodies = of_type(side, "http.response.body")
        reasons += [e.at_ns for e in bodies if not e.event.get("more_body")]
    first = inside[0].at_ns if inside else 0
    if inside and layered.ending.kind != "timed out" and not_yet(reasons, first):
        yield f"Expected {kind!r} when the client has left, but it has not"


def not_yet(times: list[int], now: int) -> bool:
    """Return whether all of the times are still to come."""
    return all(each > now for each in times)


@rule(
    "disconnect-error-lost",
    "should",
    asgi=DISCONNECTED,
    statement="Where the server's `send` raises because the client has left, the "
    "application's does, or the application is cancelled.",
    hint="Let OSError out of `send`.",
)
def disconnect_error_lost(pair: Pair) -> Iterator[str]:
    """Look whether a stream that does not listen comes to its end."""
    if pair.trial.act != "streams and does not listen" or pair.both is None:
        return
    if pair.plain.ending.kind == "timed out" or pair.layered.left_at_ns is None:
        return
    if pair.layered.ending.kind != "timed out":
        return
    yield (
        f"Expected the application to be told by an OSError that the client has left, "
        f"but it went on sending for {pair.trial.deadline:g} s"
    )


@rule(
    "cancellation-lost",
    "should",
    asgi=CANCELLED,
    statement="A call that the server cancels is cancelled inside, too.",
    hint="Await the application in the same task, or cancel the task that it runs in; "
    "and let CancelledError out.",
)
def cancellation_lost(pair: Pair) -> Iterator[str]:
    """Look whether the application was cancelled."""
    if pair.trial.act != "sleeps" or pair.both is None:
        return
    inside = pair.inside[0]
    if unfinished(inside) or pair.layered.ending.kind == "abandoned":
        yield "Expected CancelledError inside, but the application goes on"
    elif noted(pair.layered, "cancelled") and not noted(pair.plain, "cancelled"):
        yield "Expected CancelledError to come out, but the call returned"


@rule(
    "exception-lost",
    "must",
    asgi=TERMINATE,
    wsgi=(
        "servers and gateways should trap and log exceptions raised by applications, "
        "and continue to execute, or abort gracefully",
        PEP + "error-handling",
    ),
    statement="An exception comes out, or an answer that says so: half an answer does "
    "not pass for a whole one.",
    hint="Let exceptions out; before the start of the answer a 5xx will do as well.",
)
def exception_lost(pair: Pair) -> Iterator[str]:
    """Look what became of an exception."""
    if pair.trial.act not in FAILING[:2] or pair.both is None:
        return
    if pair.layered.ending.kind not in ("returned", "timed out"):
        return
    layered = pair.layered
    if pair.trial.protocol == "websocket":
        if not layered.sent("websocket.close"):
            yield "Expected the exception or a close, but the call returned"
        return
    head = head_of(layered)
    if pair.trial.act == "raises late":
        yield "Expected the exception that cut the answer short, but the call returned"
    elif head is None:
        yield "Expected the exception or a 5xx, but the call returned without an answer"
    elif head[0] < 500:
        yield f"Expected the exception or a 5xx, but got a {head[0]}"


@rule(
    "fails",
    "must",
    asgi=ASGI,
    wsgi=WSGI,
    statement="What goes well without the layer goes well with it.",
    hint="Look at the exception; servers and applications may do all that the trial "
    "does.",
)
def fails(pair: Pair) -> Iterator[str]:
    """Look for a failure that there is only with the layer."""
    layered, plain = pair.layered, pair.plain
    if pair.trial.act in FAILING or pair.trial.protocol == "lifespan":
        return
    if pair.trial.server.sets.get("type"):
        return  # see `asgi.py`
    if plain.ending.kind != "returned":
        return
    said = layered.ending.error
    lefts = (layered.left_at_ns, plain.left_at_ns)
    left = any(each is not None for each in lefts) or pair.trial.server.gone_at
    if was_stopped(pair) and "TimeoutError" in said:
        return  # its time was up
    if pair.trial.act == "pushes" and "http.response.push" in said:
        return  # the start is held back, as it may be, and the push came before it
    if layered.ending.kind == "raised" and not left:
        yield f"Expected it to go as without the layer, but it raised {said}"
        return
    if layered.ending.kind == "timed out" and not left:
        yield (
            f"Expected an answer, but got none in {pair.trial.deadline:g} s, and "
            f"without the layer it took {plain.elapsed_ns / 1e6:.0f} ms"
        )
        return
    head, without = head_of(layered), head_of(plain)
    if head is not None and head[0] in (503, 504) and was_stopped(pair):
        return  # its time was up
    if (
        head is not None
        and without is not None
        and not left
        and head[0] >= 500 > without[0]
    ):
        yield f"Expected a {without[0]} as without the layer, but got a {head[0]}"


def was_stopped(pair: Pair) -> bool:
    """Return whether the layer has cancelled the application."""
    return any("CancelledError" in each.ending.error for each in pair.inside)


@rule(
    "task-left",
    "advice",
    asgi=ASGI,
    wsgi=WSGI,
    statement="Nothing goes on when the call has ended.",
    hint="Wait for tasks and threads, or cancel them, before the call returns.",
)
def task_left(pair: Pair) -> Iterator[str]:
    """Look for tasks and threads that are still there."""
    for what in ("task left", "thread left"):
        before = noted(pair.plain, what)
        for name in noted(pair.layered, what):
            if name not in before:
                yield f"Expected nothing to go on, but there is a {what[:-5]} {name!r}"


@rule(
    "context-left",
    "advice",
    asgi=ASGI,
    statement="Context variables have their values back when the call has ended: a "
    "server may make the next call in the same context.",
    hint="Keep the token of `set`, and `reset` it in a `finally`.",
)
def context_left(pair: Pair) -> Iterator[str]:
    """Look for context variables that are still set."""
    before = noted(pair.plain, "context left")
    for name in noted(pair.layered, "context left"):
        if name not in before:
            yield f"Expected {name!r} to be reset, but it is still set after the call"


@rule(
    "context-lost",
    "advice",
    asgi=ASGI,
    wsgi=WSGI,
    statement="What is set in a context variable outside is seen inside.",
    hint="Run the application in a copy of the context: `copy_context().run`.",
)
def context_lost(pair: Pair) -> Iterator[str]:
    """Look whether the server's context variable is seen inside."""
    if (
        is_reached(pair)
        and not noted(pair.plain_inside[0], "context")
        and noted(pair.inside[0], "context")
    ):
        yield "Expected a context variable of the server inside, but it is not set"
