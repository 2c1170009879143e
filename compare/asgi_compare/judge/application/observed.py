"""Conclusions from one transcript, or from two, that no rule of the book can draw.

Each function looks at one matter, and gives findings. `concluded` asks all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from asgi_compare.contract.scenario import Request
from asgi_compare.judge.application.conclusions import (
    CODING,
    CONCLUSIONS,
    ERROR_TO_NOBODY,
    HALF_BODY,
    HALF_BODY_ANSWERED,
    HEAD_CONTENT,
    HEAD_LENGTH,
    HEAD_TYPE,
    LOOP_BLOCKED,
    MORE_BODY,
    STREAM_GOES_ON,
)
from asgi_compare.judge.application.probe import PLAIN, Server, Trial
from asgi_compare.judge.application.probe_findings import (
    CUT_SHORT,
    answer_of,
    is_endless,
)
from asgi_compare.model.results import Finding
from asgi_compare.model.transcript import Excerpt, Transcript

Drive = Callable[[Trial], Transcript]

START = "http.response.start"
OLDER = Server(silent=True, sets={"asgi": {"version": "3.0", "spec_version": "2.3"}})
GZIP = b"\x1f\x8b"


def concluded(made: Trial, came: Transcript, plain: Transcript) -> Iterator[Finding]:
    """Return what one exchange shows by itself, or beside the plain one."""
    for look in (
        noted,
        content_coding,
        more_body_ignored,
        stream_goes_on,
        error_to_nobody,
        content_of_a_head,
    ):
        yield from look(made, came, plain)


def noted(made: Trial, came: Transcript, plain: Transcript) -> Iterator[Finding]:
    """Return what was seen in the child, where the application runs."""
    for note in came.notes:
        id, colon, message = note.partition(": ")
        if not colon or id not in CONCLUSIONS:
            continue
        # A first request may load what it needs, and the loop stands still meanwhile.
        if id == LOOP_BLOCKED.id and not made.name.startswith(AGAIN):
            continue
        yield CONCLUSIONS[id].finding(message, made.name)


AGAIN = ("probe-http/again", "probe-websocket/again")


def content_coding(
    made: Trial, came: Transcript, plain: Transcript
) -> Iterator[Finding]:
    """Find content that is not in the coding that its head names."""
    response = came.response
    if response is None or response.header(b"content-encoding") != [b"gzip"]:
        return
    body = response.body.head if isinstance(response.body, Excerpt) else response.body
    if body and not body.startswith(GZIP):
        yield CODING.finding(
            f"Expected content in gzip, as Content-Encoding says, but it begins with "
            f"{body[:8]!r}",
            made.name,
        )


def more_body_ignored(
    made: Trial, came: Transcript, plain: Transcript
) -> Iterator[Finding]:
    """Find success before the body was whole, by an application that reads it."""
    pieces = came.received("http.request")
    # Whoever takes more than the first may be reading beside the answer.
    if len(pieces) != 1 or not pieces[0].get("more_body") or not any(_pieces(made)):
        return
    if came.left_at_ns is not None:
        return
    whole = came.ending.kind == "returned" and succeeded(came)
    if whole and not came.received("http.disconnect"):
        last = max(i for i, e in enumerate(came.events) if e.event is pieces[-1])
        yield MORE_BODY.finding(
            f"Expected the body to be read to its end, but it stopped after "
            f"the first of {len(_pieces(made))} pieces, and answered "
            f"{_status(came)}",
            made.name,
            (last,),
        )


def stream_goes_on(
    made: Trial, came: Transcript, plain: Transcript
) -> Iterator[Finding]:
    """Find a stream that does not end though its client has left."""
    left, ended = came.left_at_ns, came.ending.kind
    if made.server.silent and left is not None and ended in CUT_SHORT:
        late = sum(entry.at_ns > left for entry in came.events)
        yield STREAM_GOES_ON.finding(
            f"Expected the stream to end, but {late:,} events came after the client "
            f"had left, and it had to be cancelled",
            made.name,
        )


def error_to_nobody(
    made: Trial, came: Transcript, plain: Transcript
) -> Iterator[Finding]:
    """Find a response of class 5xx that was begun when the client had left."""
    if came.left_at_ns is None or _status(plain) >= 500:
        return
    for index, entry in enumerate(came.events):
        event = entry.event
        if not isinstance(event, dict) or event.get("type") != START:
            continue
        status = event.get("status")
        if isinstance(status, int) and status >= 500 and entry.at_ns >= came.left_at_ns:
            yield ERROR_TO_NOBODY.finding(
                f"Expected no error of the server's, but a {status} was begun after "
                f"the client had left",
                made.name,
                (index,),
            )
        return


def content_of_a_head(
    made: Trial, came: Transcript, plain: Transcript
) -> Iterator[Finding]:
    """Find content that was sent where only a head was asked for."""
    exchange = made.exchange
    if isinstance(exchange, Request) and exchange.method == "HEAD":
        sent = sum(e.size for e in came.events if e.direction == "send")
        if sent:
            yield HEAD_CONTENT.finding(
                f"Expected no content for HEAD, but {sent:,} bytes were sent",
                made.name,
            )


def head_differs(head: Transcript, plain: Transcript) -> Iterator[Finding]:
    """Hold the answer to HEAD against that to GET, of the same resource."""
    mine, other = head.response, plain.response
    if mine is None or other is None or mine.status != other.status:
        return
    if not other.complete or other.status in (204, 304):
        return  # a 304 has the length of the 200 that it stands for
    lengths = {each.lstrip(b"0") or b"0" for each in mine.header(b"content-length")}
    if lengths and lengths != {b"%d" % len(other.body)}:
        said = b", ".join(lengths).decode("latin-1")
        yield HEAD_LENGTH.finding(
            f"Expected {len(other.body):,} as the Content-Length, as the answer to GET "
            f"has so many bytes, but got {said!r}",
            head.scenario,
        )
    types = [each.header(b"content-type") for each in (mine, other)]
    if types[0] and types[1] and types[0] != types[1]:
        yield HEAD_TYPE.finding(
            f"Expected {types[1][0]!r} as the Content-Type, as in the answer to GET, "
            f"but got {types[0][0]!r}",
            head.scenario,
        )


def half_body(
    made: Trial, came: Transcript, plain: Transcript, drive: Drive
) -> Iterator[Finding]:
    """Find out whether a body that broke off was taken for a whole one.

    If the answer to it is the one to a request that has only the half, and that to the
    whole is another one, the half was used. Where the answers are all alike nobody can
    tell from outside; 201 says that something was made of it.
    """
    request, sent = made.exchange, came.received("http.request")
    if not isinstance(request, Request) or not b"".join(request.body):
        return
    if (
        not came.received("http.disconnect")
        or not sent
        or not sent[-1].get("more_body")
    ):
        return
    status = begun_with(came)
    if status is None or not 200 <= status < 300:
        return
    half = b"".join(bytes(each.get("body", b"")) for each in sent)
    whole_half = replace(
        made,
        case=f"{made.name} (the half as a whole)",
        exchange=replace(request, body=(half,), client=Request().client),
        server=PLAIN,
    )
    answer = drive(whole_half)
    # An older server, to which an application sends its whole answer.
    heard = drive(replace(made, server=OLDER))
    used = answer_of(answer) != answer_of(plain) and _content(heard) == _content(answer)
    if used:
        # Or does the answer change by itself?
        whole = replace(whole_half, exchange=replace(request, client=Request().client))
        used = answer_of(drive(whole)) == answer_of(plain)
    conclusion = HALF_BODY if used or status == 201 else HALF_BODY_ANSWERED
    yield conclusion.finding(
        f"Expected no success after the client had left inside the body, but "
        f"{len(half)} bytes of it were answered with {status}",
        made.name,
    )


def begun_with(came: Transcript) -> int | None:
    """Return the status of the response that was begun, whoever heard it."""
    for event in came.sent(START):
        status = event.get("status")
        return status if isinstance(status, int) else None
    return None


def _content(came: Transcript) -> list[Any]:
    """Return what was sent as content, whoever heard it."""
    return [each.get("body", b"") for each in came.sent("http.response.body")]


def succeeded(came: Transcript) -> bool:
    """Return whether the client got a whole answer that says success."""
    response = came.response
    complete = response is not None and response.complete and not is_endless(came)
    return complete and 200 <= _status(came) < 300


def _status(came: Transcript) -> int:
    return 0 if came.response is None else came.response.status


def _pieces(made: Trial) -> tuple[bytes, ...]:
    return made.exchange.body if isinstance(made.exchange, Request) else ()
