"""What only WSGI has: close(), exc_info, and blocks."""

from __future__ import annotations

from collections.abc import Iterator

from asgi_compare.judge.middleware.rules.rule import rule
from asgi_compare.judge.middleware.rules.sentences import CLOSE
from asgi_compare.judge.middleware.trial import Pair, head_of, of_type
from asgi_compare.judge.rules.engine.rule import PEP


@rule(
    "close-lost",
    "must",
    wsgi=CLOSE,
    asgi=CLOSE,
    statement="close() of what a WSGI application returns is called, and after its "
    "last block.",
    hint="Return an iterable whose close() calls that of the application's, also where "
    "the server stops early; `werkzeug.wsgi.ClosingIterator` does.",
)
def close_lost(pair: Pair) -> Iterator[str]:
    """Look for a call of close(), and see when it came."""
    for inside, plain in zip(pair.inside, pair.plain_inside, strict=False):
        if inside.interface != "wsgi" or inside.ending.kind == "raised":
            continue
        failure = pair.layered.ending.error
        if failure and not failure.startswith("Planned"):
            continue  # a failure of its own
        wanted = len(list(of_type(plain, "close"))) or plain.interface == "asgi"
        came = [e.at_ns for e in of_type(inside, "close")]
        blocks = [e.at_ns for e in of_type(inside, "yield")]
        if wanted and not came and pair.layered.ending.kind != "abandoned":
            yield "Expected close() to be called, but it was not"
        elif came and blocks and came[0] < blocks[-1]:
            yield "Expected close() after the last block, but it came before"


@rule(
    "closed-twice",
    "advice",
    wsgi=CLOSE,
    asgi=CLOSE,
    statement="close() of what a WSGI application returns is called once.",
    hint="Forget the iterable when it is closed; `yield from` closes it by itself.",
)
def closed_twice(pair: Pair) -> Iterator[str]:
    """Count the calls of close()."""
    for inside in pair.inside:
        count = len(list(of_type(inside, "close")))
        if inside.interface == "wsgi" and count > 1:
            yield f"Expected close() to be called once, but got {count} calls"


@rule(
    "exc-info-lost",
    "must",
    wsgi=(
        "if exc_info is supplied, and no HTTP headers have been output yet, "
        "start_response should replace the currently-stored HTTP response headers with "
        "the newly-supplied ones, thus allowing the application to change its mind",
        PEP + "the-start-response-callable",
    ),
    statement="With exc_info, a second start_response() replaces the first; once a "
    "part of the answer is out, it raises.",
    hint="Give exc_info to the server's start_response, and let out what it raises.",
)
def exc_info_lost(pair: Pair) -> Iterator[str]:
    """Look what became of a second start_response()."""
    if pair.both is None or pair.inside[0].interface != "wsgi":
        return
    head, without = head_of(pair.layered), head_of(pair.plain)
    if pair.trial.act == "begins again" and without and head and head[0] != without[0]:
        yield f"Expected the second status, {without[0]}, but got {head[0]}"
    if pair.trial.act == "begins again too late":
        came_out = pair.layered.ending.kind == "raised" or (head and head[0] >= 500)
        if pair.plain.ending.kind == "raised" and not came_out:
            yield "Expected the exception of a second start, but the answer went on"


@rule(
    "input-closed",
    "must",
    wsgi=(
        "Applications conforming to this specification must not use any other methods "
        "or attributes of the input or errors objects. In particular, applications "
        "must not attempt to close these streams",
        PEP + "input-and-error-streams",
    ),
    statement="The layer leaves wsgi.input and wsgi.errors open.",
    hint="Do not close what is the server's.",
)
def input_closed(pair: Pair) -> Iterator[str]:
    """Look for a close of the server's streams."""
    for stream in ("wsgi.input.close", "wsgi.errors.close"):
        if pair.layered.sent(stream) and not pair.plain.sent(stream):
            yield f"Expected the stream to be left open, but got {stream!r}"
