"""Chapter: what an application says and no response may be.

A status that is none, lengths that cannot be, fields that break the grammar. The server
may refuse it in any way; but what it sends is a response, and the next one on the
connection begins where this one ends.
"""

from __future__ import annotations

from collections.abc import Callable

from asgi_compare.judge.server.acts import (
    ANSWER,
    Act,
    Body,
    ReadBody,
    Send,
    Start,
    StartResponse,
)
from asgi_compare.judge.server.case import (
    Case,
    Check,
    Hear,
    HearEnd,
    Level,
    Problem,
    Say,
    Text,
)
from asgi_compare.judge.server.checks.application import send_raised
from asgi_compare.judge.server.checks.wire import (
    answers,
    both,
    broken_off,
    closed,
    either,
    first,
    mild,
    nothing_after,
    only_answers,
    told,
)
from asgi_compare.judge.server.client.build import CLOSE, request, second
from asgi_compare.judge.server.observed import Observed
from asgi_compare.judge.server.texts import http, http1, main
from asgi_compare.model.sanitize import show_bytes

START = "http.response.start"
FIVE = (b"content-length", b"5")
GRAMMAR = http(
    "2.2",
    "A sender MUST NOT generate protocol elements that do not match the grammar",
)
STATUS = http1("4", "status-code = 3DIGIT")
INCORRECT = http("8.6", "a sender MUST NOT forward a message with a Content-Length")
ERRORS = main(
    "error-handling",
    "it should raise an exception out of the send awaitable back to the application",
)
ADDED = {
    b"connection",
    b"content-length",
    b"date",
    b"keep-alive",
    b"server",
    b"transfer-encoding",
    b"via",
}
"""What a server adds to a response for good reasons."""


def never_sent(data: bytes) -> Check:
    """These bytes never came over the wire."""

    def check(seen: Observed) -> Problem | None:
        came = b"".join(d for _, did, d in seen.wire.log if did == "received").lower()
        if data not in came:
            return None
        at = came.index(data)
        shown = show_bytes(came[max(0, at - 20) : at + len(data) + 20], 80)
        return Problem(f"Expected none of it on the wire, but got {shown}.")

    return check


def _said(status: object, *fields: tuple[bytes, bytes]) -> tuple[Act, ...]:
    event = {"type": START, "status": status, "headers": [FIVE, *fields]}
    return (ReadBody(), Send(event), Body(b"hello"))


def _status(name: str, said: str, status: object) -> Case:
    return Case(
        f"status-{name}",
        "must",
        f"{said} is never sent: a status has three digits.",
        STATUS,
        (Say(request()), HearEnd(1.0)),
        (only_answers(), told()),
        script=_said(status),
        interfaces=("asgi",),
    )


def _wsgi_status(name: str, said: str, status: str) -> Case:
    return Case(
        f"wsgi-status-{name}",
        "must",
        f"{said} is never sent: a status has three digits.",
        STATUS,
        (Say(request()), HearEnd(1.0)),
        (only_answers(), told()),
        script=(
            StartResponse(status, (("Content-Length", "5"),), may_raise=False),
            Body(b"hello"),
        ),
    )


def _field(name: str, shows: str, field: tuple[bytes, bytes], never: bytes) -> Case:
    return Case(
        f"response-field-{name}",
        "must",
        shows,
        GRAMMAR,
        (Say(request(CLOSE)), HearEnd(1.0)),
        (never_sent(never), told()),
        script=(ReadBody(), Start(200, (FIVE, field)), Body(b"hello")),
    )


def _kept(
    name: str,
    level: Level,
    shows: str,
    text: Text,
    *checks: Check,
    script: tuple[Act, ...],
) -> Case:
    """Two requests at once, so that a second answer may follow the first."""
    steps = (Say(request() + second()), Hear(2, 1.0))
    return Case(name, level, shows, text, steps, checks, script=script)


def _upgrade_or_hint(status: int) -> Case:
    return Case(
        f"status-{status}-in-start",
        "should",
        f"{status} is no final status: the start is refused.",
        ERRORS,
        (Say(request()), HearEnd(1.0)),
        (either(send_raised(START), first(500)),),
        script=(
            ReadBody(),
            Send({"type": START, "status": status, "headers": []}, may_raise=True),
            Send({"type": "http.response.body", "body": b""}, may_raise=True),
        ),
    )


def _added(seen: Observed) -> str:
    fields = seen.wire.answers[0].headers if seen.wire.answers else ()
    names = {name for name, _ in fields} - {b"content-type"}
    said = b", ".join(sorted(names - ADDED)).decode("latin-1")
    return f"Fields that the application did not send: {said or 'none'}."


def _only(*statuses: int) -> Callable[[Observed], Problem | None]:
    return either(answers(*statuses), both(first(statuses[0]), closed()))


CASES: tuple[Case, ...] = (
    _status("zero", "The status 0", 0),
    _status("two-digits", "The status 99", 99),
    _status("four-digits", "The status 1000", 1000),
    _status("true", "A status that is True", True),
    _wsgi_status("four-digits", "The status 1000", "1000 Odd"),
    _wsgi_status("two-digits", "The status 99", "99 Odd"),
    _wsgi_status("without-number", "A status without a number", "Fine"),
    _upgrade_or_hint(101),
    _upgrade_or_hint(103),
    _kept(
        "short-body-on-kept-connection",
        "must",
        "After an answer that is too short, the next one is not taken for its rest.",
        INCORRECT,
        either(broken_off(), first(500)),
        script=(ReadBody(), Start(200, ((b"content-length", b"9"),)), Body(b"hello")),
    ),
    _kept(
        "status-304-with-length",
        "must",
        "A 304 may say a length, and has no content all the same.",
        http("15.4.5", "A 304 response is terminated by the end of the header section"),
        nothing_after(),
        mild(_only(304, 304)),
        script=(ReadBody(), Start(304, (FIVE,)), Body(b"")),
    ),
    # The text is plain, but hardly any server looks.
    _kept(
        "status-205-with-body",
        "unclear",
        "A 205 has no content, even if the application sends some.",
        http("15.3.6", "a server MUST NOT generate content in a 205 response"),
        either(nothing_after(), first(500)),
        script=(ReadBody(), Start(205), Body(b"hello")),
    ),
    *(
        Case(
            f"response-length-{name}",
            "must",
            f"{said} is never sent.",
            text,
            (Say(request()), HearEnd(1.0)),
            (only_answers(), told()),
            script=(ReadBody(), Start(200, fields), Body(b"hello")),
        )
        for name, said, text, fields in (
            (
                "twice",
                "A length beside another one",
                INCORRECT,
                (FIVE, (b"content-length", b"6")),
            ),
            (
                "without-number",
                "A length that is no number",
                GRAMMAR,
                ((b"content-length", b"abc"),),
            ),
            (
                "negative",
                "A length with a minus sign",
                GRAMMAR,
                ((b"content-length", b"-5"),),
            ),
        )
    ),
    _field(
        "value-with-nul",
        "NUL in a value is never sent.",
        (b"x-odd", b"a\x00b"),
        b"a\x00b",
    ),
    _field(
        "name-with-space",
        "A space in a name is never sent.",
        (b"x odd", b"1"),
        b"x odd:",
    ),
    _field("name-empty", "A field without a name is never sent.", (b"", b"1"), b"\n:"),
    _field(
        "name-with-colon",
        "A colon in a name is never sent.",
        (b"x:odd", b"1"),
        b"x:odd:",
    ),
    _field(
        "name-with-line-break",
        "A line break in a name never makes a field of its own.",
        (b"x-odd: 1\r\nx-split", b"2"),
        b"\r\nx-split",
    ),
    Case(
        "response-fields-added",
        "may",
        "Which fields a server adds to a response is reported.",
        http("6.6.1", "An origin server with a clock"),
        (Say(request(CLOSE)), Hear()),
        (answers(200),),
        script=ANSWER,
        report=_added,
    ),
)
