"""Content: what goes in comes out, all of it, in order, and when it was sent."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator

from asgi_compare.judge.middleware.acts.content import MANY
from asgi_compare.judge.middleware.rules.rule import rule
from asgi_compare.judge.middleware.rules.sentences import (
    BLOCKS,
    BOTH_ROLES,
    BOTH_SIDES,
    ONCE_PER_CONNECTION,
    ONCE_PER_REQUEST,
    SEND_RETURNS,
)
from asgi_compare.judge.middleware.trial import (
    Pair,
    beside,
    body_of,
    head_of,
    of_type,
    pieces_of,
    values,
)
from asgi_compare.judge.rules.engine.rule import PEP, WWW
from asgi_compare.model.transcript import Transcript

MARK = re.compile(rb"\[(?:piece|part|number|end) \d\]")
CONTENT = ("http.response.body", "yield", "write")
AHEAD = 8
"""Pieces that a layer may take before the server has taken the first of them."""
UNREAD = ("sends a file", "sends a path", "sends much")
"""Acts whose content is not in the transcript, or not whole."""
AT_ONCE = "answers two at once"
IN_A_ROW = "answers two in a row"


def came_to_an_end(pair: Pair) -> bool:
    """Return whether an answer was sent whole, with the layer and without it."""
    return all(
        each.ending.kind == "returned" and each.left_at_ns is None
        for each in (pair.layered, pair.plain)
    )


def decoded(transcript: Transcript) -> bytes | None:
    """Return the body that was sent, without its coding; None if that is unknown."""
    head, body = head_of(transcript), body_of(transcript)
    codings = values(head[1], b"content-encoding") if head else []
    if not codings or codings == [b"x-ours"]:
        return body
    try:
        if codings == [b"gzip"]:
            return gzip.decompress(body)
        if codings == [b"deflate"]:
            return zlib.decompress(body)
    except (OSError, EOFError, zlib.error):
        return b"(what is no %s)" % codings[0]
    return None


@rule(
    "content-changed",
    "must",
    asgi=(
        "body (byte string) - HTTP body content. Concatenated to any previous body "
        "values sent in this connection scope",
        WWW + "response-body-send-event",
    ),
    wsgi=(
        "the server or gateway must treat the yielded strings as binary byte "
        "sequences: in particular, it should ensure that line endings are not altered",
        PEP + "the-server-gateway-side",
    ),
    statement="All pieces of the content come out, once each and in their order.",
    hint="Pass on every piece, also the empty ones and the last, and add to them "
    "instead of taking their place.",
)
def content_changed(pair: Pair) -> Iterator[str]:
    """Look for pieces that are missing, doubled or in another order."""
    if (
        pair.both is None
        or not came_to_an_end(pair)
        or pair.trial.act in (AT_ONCE, IN_A_ROW)
    ):
        return
    layered, inside = pair.both
    if (pair.layered.scope.get("method") or "") == "HEAD" or is_head(pair.layered):
        return
    if pair.trial.act in UNREAD:
        return
    said, came = body_of(inside), decoded(layered)
    head, inner = head_of(layered), head_of(inside)
    if came is None or came == said or head is None or inner is None:
        return
    if head[0] != inner[0]:
        return  # an answer of the layer's own
    if not came and said:
        yield f"Expected {len(said):,} bytes of content, but none came out"
        return
    if came.startswith(b"(what is no "):
        yield f"Expected content in the coding that is named, but got {came[1:-1]!r}"
        return
    marks, seen = MARK.findall(said), MARK.findall(came.lower())
    if seen and marks != seen:
        yield f"Expected the pieces {marks!r}, but got {seen!r}"
    elif said.startswith(came):
        yield f"Expected {len(said):,} bytes of content, but got {len(came):,}"


def is_head(transcript: Transcript) -> bool:
    """Return whether the client asked for the head only."""
    return transcript.scope.get("REQUEST_METHOD") == "HEAD"


@rule(
    "requests-mixed",
    "must",
    asgi=(
        'The application is called once per "connection"',
        ONCE_PER_CONNECTION[1],
    ),
    wsgi=(
        "application objects must be able to be invoked more than once, as virtually "
        "all servers/gateways (other than CGI) will make such repeated requests",
        PEP + "the-application-framework-side",
    ),
    statement="Two requests, at the same time or in a row, get each its own answer.",
    hint="Keep what belongs to one request in local variables, not on `self`; let what "
    "is kept for later be found by the whole URL.",
)
def requests_mixed(pair: Pair) -> Iterator[str]:
    """Look whether each of two requests got its own status, field and content."""
    if pair.trial.act == IN_A_ROW:
        yield from _given_again(pair)
    if pair.trial.act != AT_ONCE or not beside(pair.layered):
        return
    for number, came in ((b"1", pair.layered), (b"2", beside(pair.layered)[0])):
        own = b"2" if number == b"1" else b"1"
        other = any(own in mark for mark in MARK.findall(body_of(came).lower()))
        head = head_of(came)
        lost = head is None and came.ending.kind == "returned"
        # A layer may refuse one of them; then the answer is its own.
        numbers = values(head[1], b"x-number") if head else [number]
        refused = head is not None and head[0] >= 400 and not numbers
        wrong = numbers != [number] and not refused
        if other or lost or wrong:
            yield (
                f"Expected the answer to request {number.decode()} of two at the same "
                f"time, but got {own_answer(came)}"
            )


def _given_again(pair: Pair) -> Iterator[str]:
    """Look whether the second of two requests got what the first one had got."""
    for came in beside(pair.layered):
        head = head_of(came)
        if head is not None and values(head[1], b"x-number") == [b"1"]:
            yield (
                "Expected the answer to the second of two requests, which has another "
                "query, but got that to the first"
            )


def own_answer(transcript: Transcript) -> str:
    """Return what tells the answers of two requests apart."""
    head = head_of(transcript)
    if head is None:
        return "none"
    numbers = [v.decode("latin-1") for v in values(head[1], b"x-number")]
    # A layer may write in capitals, say.
    marks = [each.decode() for each in MARK.findall(body_of(transcript).lower())]
    return f"{head[0]} {' '.join([*numbers, *marks])}"


@rule(
    "request-body-lost",
    "must",
    asgi=(
        "body (byte string) - HTTP request content. Concatenated to any previous body "
        "values sent in this connection scope",
        WWW + "request-receive-event",
    ),
    wsgi=(
        "An input stream (file-like object) from which the HTTP request body bytes can "
        "be read",
        PEP + "input-and-error-streams",
    ),
    statement="The application can still read the whole body of the request, once.",
    hint="Whoever reads the body has to give it again: keep the events (or put a new "
    "file in the place of wsgi.input), and after them go on with the server's.",
)
def request_body_lost(pair: Pair) -> Iterator[str]:
    """Hold the body that the application got against the one that it gets without."""
    if pair.layered.left_at_ns is not None or pair.plain.left_at_ns is not None:
        return
    for inside, plain in zip(pair.inside, pair.plain_inside, strict=False):
        got, expected = read_by(inside), read_by(plain)
        if inside.ending.error and (
            inside.interface == "wsgi" or not plain.ending.error
        ):
            continue  # it did not come to read all
        if over_early(inside, pair.layered):
            continue
        if inside.interface == "wsgi" and not inside.scope.get("CONTENT_LENGTH"):
            continue  # PEP 3333 does not let it read on
        if (
            "REQUEST_METHOD" in pair.layered.scope
            and inside.interface == "asgi"
            and not pair.layered.scope.get("CONTENT_LENGTH")
        ):
            continue  # nor the adapter
        if got != expected:
            yield (
                f"Expected a request body of {len(expected):,} bytes inside, but got "
                f"{len(got):,}: {got[:60]!r}"
            )


def over_early(inside: Transcript, layered: Transcript) -> bool:
    """Return whether the answer was ended before the application had read all."""
    told = list(of_type(inside, "http.disconnect", direction="receive"))
    ends = [e for e in of_type(layered, "http.response.body") if not more(e.event)]
    return bool(told and ends)


def more(event: dict[str, object]) -> bool:
    """Return whether more of the body follows."""
    return bool(event.get("more_body"))


def read_by(transcript: Transcript) -> bytes:
    """Return the body of the request, as far as the application has read it."""
    kinds = ("http.request", "wsgi.input.read")
    events = of_type(transcript, *kinds, direction="receive")
    bodies = [each.event.get("body", b"") for each in events]
    return b"".join(each for each in bodies if isinstance(each, bytes))


@rule(
    "held-back",
    "should",
    asgi=SEND_RETURNS,
    statement="A piece in is a piece out: a stream is not held back until its end.",
    hint="Pass on each body event before the next one is taken; where content is "
    "gathered, pass on an event without content.",
)
def held_back(pair: Pair) -> Iterator[str]:
    """Look whether anything came out before the application had sent all."""
    if pair.trial.act != "streams" or pair.both is None or not came_to_an_end(pair):
        return
    if len(pair.inside[0].events) < 1 or pair.inside[0].interface != "asgi":
        return
    sent = [e.at_ns for e in of_type(pair.inside[0], *CONTENT)]
    out = [e.at_ns for e in of_type(pair.layered, *CONTENT)]
    if length_is_said(pair):
        return  # it must know all of it; see below
    if len(sent) > 2 and out and out[0] > sent[-1]:
        yield (
            f"Expected pieces to come out while the application sends them, but the "
            f"first came after all {len(sent)} were taken"
        )


def length_is_said(pair: Pair) -> bool:
    """Return whether the layer has added what only the whole content tells."""
    outside, inside = head_of(pair.layered), head_of(pair.inside[0])
    if outside is None or inside is None:
        return False
    return any(
        values(outside[1], name) and not values(inside[1], name)
        for name in (b"content-length", b"etag", b"content-md5", b"digest")
    )


@rule(
    "gathered",
    "advice",
    asgi=SEND_RETURNS,
    statement="A stream whose length nobody has asked for is not gathered.",
    hint="Leave alone what comes in more than one piece, or what has the type "
    "text/event-stream.",
)
def gathered(pair: Pair) -> Iterator[str]:
    """Look for a stream that was held back for what is said of it in the head."""
    if pair.trial.act != "streams" or pair.both is None or not came_to_an_end(pair):
        return
    sent = [e.at_ns for e in of_type(pair.inside[0], *CONTENT)]
    out = [e.at_ns for e in of_type(pair.layered, *CONTENT)]
    if length_is_said(pair) and len(sent) > 2 and out and out[0] > sent[-1]:
        yield (
            f"Expected pieces to come out while the application sends them, but all "
            f"{len(sent)} were gathered for the head"
        )


@rule(
    "back-pressure-lost",
    "should",
    asgi=SEND_RETURNS,
    statement="The application's `send` returns when the server's has, or little "
    "earlier: what the client is too slow for is not piled up.",
    hint="Await the server's `send` in the application's, or put a small limit on the "
    "queue between the two.",
)
def back_pressure_lost(pair: Pair) -> Iterator[str]:
    """Look how many pieces were taken ahead of a slow client."""
    if pair.trial.act != "sends much":
        return
    for inside in pair.inside:
        ahead = max(
            (int(n[7:]) for n in inside.notes if n.startswith("ahead: ")), default=0
        )
        out = len(pieces_of(pair.layered))
        if ahead >= AHEAD and out > 2:
            yield (
                f"Expected the application to wait for a slow client, but the layer "
                f"was {ahead} of {MANY} pieces ahead"
            )


@rule(
    "block-held-back",
    "must",
    wsgi=BLOCKS,
    statement="Each block of the application makes the layer yield at least once "
    "before it asks for the next.",
    hint="Yield for each block, and where content is gathered, yield b''.",
)
def block_held_back(pair: Pair) -> Iterator[str]:
    """Look whether a block was asked for before anything was made of the last two."""
    if not pair.trial.act.startswith(("streams", "starts late")) or pair.both is None:
        return
    layered, inside = pair.both
    out = [e.at_ns for e in of_type(layered, "yield", "write", "http.response.body")]
    view = inside.scope.get("type") == "view"  # in a Django: see `django.py`
    taken = [e.at_ns for e in of_type(inside, CONTENT[0] if view else "yield")]
    for number, at in enumerate(taken):
        before = sum(each < at for each in out)
        # One block may be taken early, to see the status before the body.
        if before < number - 1:
            yield (
                f"Expected at least {number - 1} blocks to come out before block "
                f"{number + 1} is asked for, but {before} did"
            )
            return


@rule(
    "request-held-back",
    "advice",
    asgi=BOTH_ROLES,
    statement="The body of the request comes inside while it is sent.",
    hint="Give each event when it comes, or a limit to what is kept.",
)
def request_held_back(pair: Pair) -> Iterator[str]:
    """Look whether the application got anything before the client had sent all."""
    if pair.trial.name != "a slow upload" or pair.both is None:
        return
    layered, inside = pair.both
    given = [e.at_ns for e in of_type(layered, "http.request", direction="receive")]
    got = [e.at_ns for e in of_type(inside, "http.request", direction="receive")]
    if given and got and len(given) > 1 and got[0] > given[-1]:
        yield (
            f"Expected the first of {len(given)} pieces inside when it had come, but "
            f"it came after the last"
        )


@rule(
    "called-twice",
    "should",
    asgi=ONCE_PER_CONNECTION,
    wsgi=ONCE_PER_REQUEST,
    statement="The application is called once for a request that it answers.",
    hint="Call it once; what should be tried again belongs into the application.",
)
def called_twice(pair: Pair) -> Iterator[str]:
    """Count the calls."""
    fails = pair.trial.name == "an upload that fails"
    answers = pair.trial.act in ("answers", "echoes", "streams")
    if (fails or (answers and came_to_an_end(pair))) and len(pair.inside) > len(
        pair.plain_inside
    ) > 0:
        yield f"Expected one call of the application, but got {len(pair.inside)}"


BOTH = (BOTH_ROLES, BOTH_SIDES)
"""The sentences that stand for a layer as a whole."""
