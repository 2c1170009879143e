"""Conclusions from one transcript, or from two, that no rule of the book can draw.

Each function looks at one matter, and gives findings. `concluded` asks all of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from asgi_compare.contract.scenario import Request
from asgi_compare.judge.application.arrange import another
from asgi_compare.judge.application.codings import content_coding
from asgi_compare.judge.application.conclusions import (
    CONCLUSIONS,
    ENDED_ONCE,
    ENDED_ONCE_WSGI,
    ERROR_TO_NOBODY,
    FIELDS_GONE,
    FIELDS_GROW,
    FRAMED,
    GOES_ON,
    HALF_BODY,
    HALF_BODY_ANSWERED,
    HEAD_CONTENT,
    HEAD_LENGTH,
    HEAD_TYPE,
    LOOP_BLOCKED,
    MESSAGE_RAISES,
    MIXED,
    MIXED_WSGI,
    MORE_BODY,
    PART_LENGTH,
    PART_UNASKED,
    SENT_IN_VAIN,
    STREAM_GOES_ON,
    STREAM_HELD_BACK,
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


def concluded(made: Trial, came: Transcript, plain: Transcript) -> Iterator[Finding]:
    """Return what one exchange shows by itself, or beside the plain one."""
    for look in (
        noted,
        content_coding,
        more_body_ignored,
        stream_goes_on,
        error_to_nobody,
        content_of_a_head,
        part_of_content,
        framed_by_hand,
        goes_on_after_error,
        sent_in_vain,
        message_raises,
        stream_held_back,
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


def part_of_content(
    made: Trial, came: Transcript, plain: Transcript
) -> Iterator[Finding]:
    """Find a part that nobody asked for, or that is not what Content-Range says."""
    response, request = came.response, made.exchange
    if response is None or response.status != 206 or not isinstance(request, Request):
        return
    said = RANGE.fullmatch(b", ".join(response.header(b"content-range")))
    parts = b"".join(response.header(b"content-type")).startswith(b"multipart/")
    if said is None or parts:
        return  # the rule book has a rule for each
    if not any(name.lower() == b"range" for name, _ in request.headers):
        yield PART_UNASKED.finding(
            "Expected no 206 without a Range in the request, but got one", made.name
        )
    if request.method != "GET" or not response.complete:
        return
    wanted = int(said[2]) - int(said[1]) + 1
    if wanted != len(response.body):
        yield PART_LENGTH.finding(
            f"Expected {wanted} bytes of content, as Content-Range says "
            f"{said[0].decode()!r}, but got {len(response.body)}",
            made.name,
        )


RANGE = re.compile(rb"bytes (\d{1,18})-(\d{1,18})/(?:\d+|\*)")


TRANSFER_ENCODING = b"transfer-encoding"


def framed_by_hand(
    made: Trial, came: Transcript, plain: Transcript
) -> Iterator[Finding]:
    """Find content that the application has cut into chunks itself."""
    response = came.response
    if response is None or isinstance(response.body, Excerpt):
        return
    chunked = any(
        isinstance(field, list | tuple) and TRANSFER_ENCODING in field[:1]
        for start in came.sent(START)
        if isinstance(headers := start.get("headers"), list | tuple)
        for field in headers
    )
    if chunked and re.match(rb"[0-9A-Fa-f]+\r\n", response.body):
        yield FRAMED.finding(
            f"Expected content without the framing of chunks, but it begins with "
            f"{response.body[:12]!r}",
            made.name,
        )


def goes_on_after_error(
    made: Trial, came: Transcript, plain: Transcript
) -> Iterator[Finding]:
    """Find a stream that goes on though `send` raises for the client that left."""
    left = came.left_at_ns
    if made.server.silent or left is None or came.ending.kind not in CUT_SHORT:
        return
    late = [e for e in came.events if e.at_ns > left and e.direction == "send"]
    if came.interface == "asgi" and len(late) >= MANY:
        yield GOES_ON.finding(
            f"Expected the stream to end, but {len(late):,} events were sent though "
            f"`send` had raised, and it had to be cancelled",
            made.name,
        )


MANY = 3
"""Events that are sent in vain; the first one only finds out that nobody listens."""


def sent_in_vain(made: Trial, came: Transcript, plain: Transcript) -> Iterator[Finding]:
    """Find an application that fails by sending, though it knows that nobody is there.

    The disconnect was received, and its own `send` after that has raised.
    """
    if came.ending.kind != "raised" or "ClientDisconnected" not in came.ending.error:
        return
    told = False
    for index, entry in enumerate(came.events):
        event = entry.event if isinstance(entry.event, dict) else {}
        kind = event.get("type")
        if kind == "websocket.disconnect" and entry.direction == "receive":
            told = True
        elif told and entry.direction == "send":
            yield SENT_IN_VAIN.finding(
                f"Expected nothing after 'websocket.disconnect', but got {kind!r}, "
                f"and the exception of `send` came out",
                made.name,
                (index,),
            )
            return


def message_raises(
    made: Trial, came: Transcript, plain: Transcript
) -> Iterator[Finding]:
    """Find an application that fails at a message of the client's."""
    if came.ending.kind != "raised" or came.left_at_ns is not None:
        return
    if not came.sent("websocket.accept") or not came.events:
        return
    last = [e for e in came.events if isinstance(e.event, dict)]
    if last and last[-1].event.get("type") == "websocket.receive":
        said = last[-1].event.get("text", last[-1].event.get("bytes"))
        yield MESSAGE_RAISES.finding(
            f"Expected an answer or a close with a code, but at the message {said!r} "
            f"the application raised {came.ending.error.rstrip('.')}",
            made.name,
            (len(came.events) - 1,),
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


def stream_held_back(
    made: Trial, came: Transcript, plain: Transcript
) -> Iterator[Finding]:
    """Find a stream whose pieces come all at once, long after they could have begun.

    An application that asks a database first has nothing to send meanwhile. So this is
    said only of one that has begun its response, and then waits, and of events
    (`text/event-stream`), which are made to be seen one by one.
    """
    response = came.response
    if not made.name.startswith(SECOND) or response is None or not succeeded(came):
        return
    if response.header(b"content-length") or isinstance(response.body, Excerpt):
        return
    of_events = b"".join(response.header(b"content-type")).startswith(EVENT_STREAM)
    starts = [e.at_ns for e in came.events if e.event in came.sent(START)]
    pieces = [e.at_ns for e in came.events if e.direction == "send" and e.size]
    if not pieces or not (starts or of_events):
        return
    count = len(EVENT_ENDS.findall(response.body)) if of_events else len(pieces)
    waited = pieces[0] - (0 if of_events else starts[0])
    took = pieces[-1] - pieces[0]
    if count >= MANY and waited > LONG_WAIT and took * 10 < waited:
        yield STREAM_HELD_BACK.finding(
            f"Expected pieces as they are made, but all {count} came within "
            f"{took / 1e6:.0f} ms, after {waited / 1e6:.0f} ms without any",
            made.name,
        )


SECOND = ("probe-http/again", "probe-wsgi/again")
"""A first request may load what it needs, and be late for that."""
EVENT_STREAM = b"text/event-stream"
EVENT_ENDS = re.compile(rb"\r?\n\r?\n")
LONG_WAIT = 100_000_000
"""Nanoseconds without a piece, after which all of them come at once."""


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


READ = "wsgi.input.read"


def half_body_wsgi(made: Trial, came: Transcript) -> Iterator[Finding]:
    """Find success for a body of which the application has read one half only.

    PEP 3333 has no word for a client that left: `read` gives less than was asked for.
    """
    wanted = len(b"".join(_pieces(made)))
    read = [e.size for e in came.events if READ in str(e.event.get("type"))]
    starts = came.sent("start_response")
    status = str(starts[-1].get("status")) if starts else ""
    if read and came.left_at_ns and sum(read) < wanted and status.startswith("2"):
        yield HALF_BODY_ANSWERED.finding(
            f"Expected no success after the client had left inside the body, but "
            f"{sum(read)} of {wanted} bytes were answered with {status!r}",
            made.name,
        )


def in_a_row(
    made: Trial, first: Transcript, second: Transcript, last: Transcript
) -> Iterator[Finding]:
    """Find what changes with each equal request, and should not.

    Content or fields that are there the first time only come from a generator that is
    used up. A field that is there once more each time was added to a list that is kept.
    """
    answers = (first.response, second.response, last.response)
    if None in answers:
        return
    one, two, three = (each for each in answers if each is not None)
    same = one.status == two.status == three.status == 200
    if same and len(one.body) and not len(two.body) and not len(three.body):
        wsgi = first.interface == "wsgi"
        yield (ENDED_ONCE_WSGI if wsgi else ENDED_ONCE).finding(
            f"Expected {len(one.body):,} bytes of content again, but equal requests "
            f"got none after the first",
            made.name,
        )
    typed = bool(one.header(b"content-type"))
    if same and typed and one.body and not (two.headers or three.headers):
        yield FIELDS_GONE.finding(
            f"Expected {len(one.headers)} fields again, but equal requests got none "
            f"after the first",
            made.name,
        )
    counts = [Counter(name for name, _ in each.headers) for each in (one, two, three)]
    for name in counts[0]:
        if counts[0][name] < counts[1][name] < counts[2][name]:
            yield FIELDS_GROW.finding(
                f"Expected as many fields {name.decode('latin-1')!r} as before, but "
                f"equal requests got {counts[0][name]}, {counts[1][name]} and at last "
                f"{counts[2][name]}",
                made.name,
            )


def mixed(
    made: Trial, came: Transcript, plain: Transcript, drive: Drive
) -> Iterator[Finding]:
    """Find out whether a client got what another one had asked for."""
    if not isinstance(made.exchange, Request):
        return
    wsgi = came.interface == "wsgi"
    conclusion = MIXED_WSGI if wsgi else MIXED
    meanwhile = another(made.exchange)
    if came.ending.kind == "raised":
        yield conclusion.finding(
            f"Expected the answer as without another client, who asked for "
            f"{meanwhile.target.decode('latin-1')!r} at the same time, but it raised "
            f"{came.ending.error.rstrip('.')}",
            made.name,
        )
        return
    name = f"{made.name} (the other)"
    alone = drive(replace(made, case=name, exchange=meanwhile, server=PLAIN))
    if answer_of(alone) in (answer_of(plain), None):
        return
    if answer_of(came) == answer_of(alone):
        yield conclusion.finding(
            f"Expected the answer to {made.exchange.target.decode('latin-1')!r}, but "
            f"got the one that another client had asked for at the same time, by "
            f"{meanwhile.target.decode('latin-1')!r}",
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
