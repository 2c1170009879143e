"""What only ASGI has: the scope, the lifespan, extensions and WebSocket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asgi_compare.contract.scenario import Lifetime
from asgi_compare.judge.middleware.acts.content import SMALL
from asgi_compare.judge.middleware.acts.lifespan import KEY
from asgi_compare.judge.middleware.rules.endings import is_reached
from asgi_compare.judge.middleware.rules.rule import rule
from asgi_compare.judge.middleware.rules.sentences import BOTH_ROLES
from asgi_compare.judge.middleware.trial import Pair, body_of, noted, of_type
from asgi_compare.judge.rules.engine.rule import LIFESPAN, MAIN, WWW
from asgi_compare.model.transcript import Transcript

EVENTS = {
    "sends a path": "http.response.pathsend",
    "sends a file": "http.response.zerocopysend",
    "sends trailers": "http.response.trailers",
    "hints": "http.response.early_hint",
    "debugs": "http.response.debug",
    "pushes": "http.response.push",
    "notes": "compare.note",
}
"""By act, the event of an extension that it sends."""


@rule(
    "scope-changed",
    "should",
    asgi=(
        'When middleware is modifying the "scope", it should make a copy of the '
        '"scope" object before mutating it and passing it to the inner application, '
        "as changes may leak upstream otherwise",
        MAIN + "middleware",
    ),
    statement="The caller's scope stays as it is.",
    hint="Copy it: `scope = {**scope, 'key': value}`, and the lists in it as well.",
)
def scope_changed(pair: Pair) -> Iterator[str]:
    """Look for keys of the scope that are others after the call."""
    before = noted(pair.plain, "scope")
    found = [key for key in noted(pair.layered, "scope") if key not in before]
    if found:
        yield f"Expected the scope as it was given, but {found!r} changed"


@rule(
    "lifespan-swallowed",
    "should",
    asgi=(
        "The lifespan messages allow for an application to initialise and shutdown in "
        "the context of a running event loop",
        LIFESPAN + "lifespan-protocol",
    ),
    statement="The lifespan comes to the application inside.",
    hint="Call the application with every scope type that the layer has no use for.",
)
def lifespan_swallowed(pair: Pair) -> Iterator[str]:
    """Look whether start-up and shut-down came inside."""
    if pair.trial.act != "lives":
        return
    for what in ("startup", "shutdown"):
        kind = f"lifespan.{what}"
        if (
            all(t.received(kind) for t in pair.plain_inside)
            and pair.plain_inside
            and not any(t.received(kind) for t in pair.inside)
        ):
            yield f"Expected {kind!r} inside, but it did not come there"
            return


@rule(
    "lifespan-answer-changed",
    "must",
    asgi=(
        "If an exception is raised when calling the application callable with a "
        "lifespan.startup message or a scope of type lifespan, the server must "
        "continue but not send any lifespan events",
        LIFESPAN + "scope",
    ),
    statement="What the application says of its start and its stop comes out; one that "
    "takes no part keeps nobody waiting.",
    hint="Pass the answers of the application on, `failed` and exceptions, too.",
)
def lifespan_answer_changed(pair: Pair) -> Iterator[str]:
    """Hold the answers to the server against those without the layer."""
    if not isinstance(pair.trial.exchange, Lifetime) or not is_reached(pair):
        return
    if not any(t.events or t.ending.error for t in pair.inside):
        return
    said, came = answers(pair.plain), answers(pair.layered)
    if pair.plain.ending.kind == "raised":
        if pair.layered.ending.kind in ("timed out", "abandoned"):
            yield "Expected a lifespan that is declined, but the layer keeps waiting"
        elif any("failed" in each for each in came):
            yield f"Expected a lifespan that is declined, but got {came!r}"
    elif said != came:
        yield f"Expected {said!r}, but got {came!r}"


def answers(transcript: Transcript) -> list[str]:
    """Return what was said to the server, with the message if there is one."""
    return [
        " ".join(filter(None, (str(e.get("type")), str(e.get("message") or ""))))
        for e in transcript.sent()
        if isinstance(e, dict)
    ]


@rule(
    "state-lost",
    "must",
    asgi=(
        "The server will ensure that a shallow copy of the namespace is passed into "
        "each subsequent request/response call into the application",
        LIFESPAN + "lifespan-state",
    ),
    statement="What the application has put into the state of its lifespan is in the "
    "state of every request.",
    hint='Pass scope["state"] on, the same dict in the lifespan and the one of the '
    "request in a request.",
)
def state_lost(pair: Pair) -> Iterator[str]:
    """Look for the application's own value in the state of a request."""
    if not is_reached(pair) or KEY not in state_in(pair.plain_inside[0]):
        return
    if pair.layered.scope.get("state") is None:
        return
    if pair.inside[0].interface == "wsgi":
        return
    if KEY not in state_in(pair.inside[0]):
        there = sorted(map(str, state_in(pair.inside[0])))
        yield f"Expected {KEY!r} in the state of a request, but got {there!r}"


def state_in(transcript: Transcript) -> dict[str, Any]:
    """Return the state in a scope; empty if there is none."""
    state = transcript.scope.get("state")
    return state if isinstance(state, dict) else {}


@rule(
    "unknown-scope-swallowed",
    "should",
    asgi=(
        "Applications should actively reject any protocol that they do not understand "
        "with an Exception (of any type)",
        MAIN + "applications",
    ),
    statement="A scope of a type that the layer does not know goes to the application "
    "inside, or is refused with an exception.",
    hint="Call the application with every scope type that the layer has no use for.",
)
def unknown_scope_swallowed(pair: Pair) -> Iterator[str]:
    """Look whether the application was called."""
    if (
        pair.trial.server.sets.get("type")
        and pair.plain_inside
        and not pair.inside
        and pair.layered.ending.kind != "raised"
    ):
        yield "Expected the application to be called, but the layer just returned"


@rule(
    "websocket-swallowed",
    "should",
    asgi=BOTH_ROLES,
    statement="A WebSocket comes to the application inside.",
    hint="Call the application with every scope type that the layer has no use for.",
)
def websocket_swallowed(pair: Pair) -> Iterator[str]:
    """Look whether the application was called."""
    if pair.trial.name != "messages" or pair.inside or not pair.plain_inside:
        return
    if pair.layered.sent():
        return  # it has refused by itself
    if pair.layered.ending.kind != "raised":
        yield "Expected the application to be called, but it was not"


@rule(
    "websocket-changed",
    "must",
    asgi=(
        "Sent to the application when a data message is received from the client",
        WWW + "receive-receive-event",
    ),
    statement="Messages, close codes and reasons, the subprotocol and a denial go "
    "through as they are.",
    hint="Pass the events on, with all their keys.",
)
def websocket_changed(pair: Pair) -> Iterator[str]:
    """Hold the events outside against those inside."""
    if pair.trial.protocol != "websocket" or pair.both is None:
        return
    if pair.layered.ending.kind == "raised" != pair.plain.ending.kind:
        return
    for way in ("receive", "send"):
        outside = told(pair.layered, way)
        inside = told(pair.inside[0], way)
        if way == "receive":
            inside, outside = outside[: len(inside)], inside
        if inside != outside[: len(inside)] or (way == "send" and inside != outside):
            first = next(
                ((a, b) for a, b in zip(inside, outside, strict=False) if a != b),
                (inside[len(outside) :][:1], outside[len(inside) :][:1]),
            )
            yield f"Expected {first[0]!r}, but got {first[1]!r}"


def told(transcript: Transcript, way: str) -> list[tuple[Any, ...]]:
    """Return what matters of the events that went one way."""
    found = []
    for event in transcript.events:
        if event.direction == way and isinstance(event.event, dict):
            e = event.event
            payload = e.get("text") if e.get("text") is not None else e.get("bytes")
            said = (payload, e.get("code"), e.get("subprotocol"), e.get("status"))
            rest = (e.get("reason") or None, e.get("body") or None)
            found.append((e.get("type"), *(v for v in (*said, *rest) if v is not None)))
    return found


@rule(
    "extension-lost",
    "must",
    asgi=(
        "the extension is only to indicate that the server accepts additional events "
        "via the send callable",
        MAIN + "extensions",
    ),
    statement="An event of an extension that is offered inside comes out.",
    hint="Pass on events that the layer does not know, or take the extension out of "
    "the scope that is given to the application.",
)
def extension_lost(pair: Pair) -> Iterator[str]:
    """Look for the event that the application was free to send."""
    kind = EVENTS.get(pair.trial.act)
    if kind is None or pair.both is None:
        return
    layered, inside = pair.both
    sent = list(of_type(inside, kind))
    if not sent or list(of_type(layered, kind)) or inside.ending.error:
        return
    if "sends a " in pair.trial.act and body_of(layered) == SMALL:
        return  # the layer has read the file itself
    yield (
        f"Expected {kind!r} to come out, for the extension is offered inside, but it "
        f"did not"
    )


@rule(
    "wsgi-on-the-loop",
    "must",
    asgi=(
        "WSGI applications, being "
        "synchronous, must be run in a threadpool in order to be served, but otherwise "
        "their runtime maps onto the HTTP connection lifetime",
        WWW + "wsgi-compatibility",
    ),
    statement="A WSGI application runs in a thread of its own, not in the event loop.",
    hint="Call it, and iterate over what it returns, in a pool of threads.",
)
def wsgi_on_the_loop(pair: Pair) -> Iterator[str]:
    """Look in which thread the application was called."""
    for inside in pair.inside:
        if inside.interface == "wsgi" and pair.layered.interface == "asgi":
            threads = {inside.threads[0], *(e.thread for e in inside.events)}
            if pair.layered.threads[0] in threads:
                yield "Expected a thread of a pool, but it ran in that of the loop"


@rule(
    "scope-keys-lost",
    "should",
    asgi=BOTH_ROLES,
    statement="What the server says in the scope is said inside as well.",
    hint="Copy the scope with all its keys: `{**scope, 'key': value}`.",
)
def scope_keys_lost(pair: Pair) -> Iterator[str]:
    """Look for keys of the scope that the application does not get."""
    for inside, plain in zip(pair.inside, pair.plain_inside, strict=False):
        if inside.interface != "asgi" or pair.layered.interface != "asgi":
            continue
        lost = [k for k in plain.scope if k not in inside.scope and k not in TAKEN]
        if lost and inside.scope.get("type") != "view":
            yield f"Expected {lost!r} in the scope inside, but got {[*inside.scope]!r}"
            return


TAKEN = ("extensions", "raw_path", "state")
"""Keys that a layer may take out, or that have a rule of their own."""


@rule(
    "loop-blocked",
    "advice",
    asgi=BOTH_ROLES,
    statement="The event loop turns while the layer waits.",
    hint="Await something that waits, or move the work to a thread "
    "(`asyncio.to_thread`).",
)
def loop_blocked(pair: Pair) -> Iterator[str]:
    """Look whether the loop stood still."""
    if not noted(pair.plain, "loop blocked"):
        yield from noted(pair.layered, "loop blocked")


@rule(
    "one-at-a-time",
    "advice",
    asgi=BOTH_ROLES,
    statement="A request need not wait until another one is over.",
    hint="Hold a lock no longer than what it protects is used, and not around the "
    "application.",
)
def one_at_a_time(pair: Pair) -> Iterator[str]:
    """Look whether the second of two requests came inside when the first was over."""
    if pair.trial.act != "answers two at once" or len(pair.inside) != 2:
        return
    first, second = (each.events for each in pair.inside)
    if first and second and second[0].at_ns > first[-1].at_ns:
        yield "Expected two requests inside at the same time, but got one by one"


@rule(
    "memory-grows",
    "advice",
    asgi=BOTH_ROLES,
    statement="Equal requests do not make the layer grow.",
    hint="Bound what is kept: by a length, a time, or the lifespan.",
)
def memory_grows(pair: Pair) -> Iterator[str]:
    """Look at what was left behind by a dozen equal requests."""
    if not noted(pair.plain, "left"):
        yield from noted(pair.layered, "left")
