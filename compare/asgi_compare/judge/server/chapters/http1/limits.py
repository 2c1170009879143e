"""Chapter: limits and patience. Mostly numbers that are reported, and no verdicts.

No text says how long a head may be or how long a server must wait. But a server that
has a limit says so with a status of its own, and one that has none is worth knowing.
Sizes here are far below what would trouble a machine; waits are short.
"""

from __future__ import annotations

from asgi_compare.judge.server.acts import ANSWER, ReadBody
from asgi_compare.judge.server.case import (
    Case,
    Connect,
    Hear,
    HearEnd,
    Report,
    Say,
    Step,
)
from asgi_compare.judge.server.checks.application import of_call
from asgi_compare.judge.server.checks.wire import answers, both, either, first, refused
from asgi_compare.judge.server.client.build import (
    CHUNKED,
    CLOSE,
    case,
    post,
    request,
    sized,
)
from asgi_compare.judge.server.observed import Connection, Observed
from asgi_compare.judge.server.texts import http, http1

WAIT = 2.0
LONG = 15.0
"""Seconds that the application waits, so that the end is not its doing."""
HEAD = http(
    "5.4",
    "A server that receives a request header field line, field value, or set of fields "
    "larger than it wishes to process MUST respond with an appropriate 4xx",
)
TARGET = http1(
    "3",
    "A server that receives a request-target longer than any URI it wishes to parse "
    "MUST respond with a 414",
)
PATIENCE_TEXT = http1(
    "9.5",
    "Servers will usually have some timeout value beyond which they will no longer "
    "maintain an inactive connection",
)


def _ladder(*requests: bytes) -> tuple[Step, ...]:
    steps: list[Step] = []
    for data in requests:
        steps += [Connect(), Say(data), Hear(1, 1.5)]
    return tuple(steps[1:])


def _sizes(sizes: tuple[int, ...], unit: str) -> Report:
    def report(seen: Observed) -> str:
        said = ", ".join(
            f"{size:,} {unit}: {_came(wire)}"
            for size, wire in zip(sizes, seen.connections, strict=False)
        )
        return f"{said}."

    return report


def _came(wire: Connection) -> str:
    if wire.finals:
        return str(wire.finals[0])
    return wire.ended or "no answer"


def _still(what: str) -> Report:
    def report(seen: Observed) -> str:
        wire = seen.wire
        if not wire.ended:
            return f"Still open after {wire.waited[-1]:.1f} s {what}."
        said = f" with {wire.finals[-1]}" if wire.finals else ""
        return f"Ended{said} after {wire.ended_at:.1f} s {what}."

    return report


VALUES = (1_000, 8_000, 16_000, 32_000, 64_000, 128_000)
COUNTS = (50, 100, 200, 500, 1_000)
TARGETS = (1_000, 4_000, 8_000, 16_000, 64_000)


CASES: tuple[Case, ...] = (
    Case(
        "size-of-one-field",
        "may",
        "How large a field may be is reported.",
        HEAD,
        _ladder(*(request(b"X-Odd: " + b"x" * size, CLOSE) for size in VALUES)),
        report=_sizes(VALUES, "bytes"),
        danger=True,
    ),
    Case(
        "number-of-fields",
        "may",
        "How many fields there may be is reported.",
        HEAD,
        _ladder(*(request(*([b"X-Odd: 1"] * n), CLOSE) for n in COUNTS)),
        report=_sizes(COUNTS, "fields"),
        danger=True,
    ),
    Case(
        "length-of-target",
        "may",
        "How long a target may be is reported.",
        TARGET,
        _ladder(
            *(request(CLOSE, target=b"/<case>/" + b"x" * size) for size in TARGETS)
        ),
        report=_sizes(TARGETS, "bytes"),
        danger=True,
    ),
    case(
        "head-too-large",
        "must",
        "A head of 400 kB is taken, or refused with a status of 4xx.",
        HEAD,
        request(*(b"X-Odd: " + b"x" * 4000 for _ in range(100)), CLOSE),
        either(answers(200), refused(431, 413, 400)),
        danger=True,
    ),
    case(
        "target-too-long",
        "must",
        "A target of 200 kB is taken, or refused with 414.",
        TARGET,
        request(CLOSE, target=b"/<case>/" + b"x" * 200_000),
        either(answers(200), refused(414)),
        danger=True,
    ),
    case(
        "method-too-long",
        "should",
        "A method that is too long is refused with 501.",
        http1(
            "3",
            "receives a method longer than any that it implements SHOULD respond with "
            "a 501 (Not Implemented) status code",
        ),
        request(CLOSE, method=b"M" * 20_000),
        either(answers(200), refused(501, 400)),
        danger=True,
    ),
    case(
        "chunk-extension-too-long",
        "may",
        "A chunk extension of 100 kB is taken, or refused.",
        http1("7.1.1", "A server ought to limit the total length of chunk extensions"),
        post(CHUNKED, CLOSE, body=b"5;" + b"x" * 100_000 + b"\r\nhello\r\n0\r\n\r\n"),
        either(answers(200), first(range(400, 600)), refused()),
        danger=True,
    ),
    case(
        "body-of-one-megabyte",
        "must",
        "A body of a megabyte arrives whole, or is refused with 413.",
        http1("6.3", "its decimal value defines the expected message body length"),
        sized(b"0123456789abcdef" * 65_536, CLOSE),
        either(
            refused(413),
            both(
                answers(200),
                of_call(
                    "a whole megabyte", lambda c: c.body_size == 1 << 20 or c.body_size
                ),
            ),
        ),
    ),
    Case(
        "wait-for-first-byte",
        "may",
        "What happens to a connection on which nothing is said is reported.",
        PATIENCE_TEXT,
        (HearEnd(WAIT),),
        report=_still("without a byte"),
        danger=True,
    ),
    Case(
        "wait-for-rest-of-head",
        "may",
        "What happens to half a head is reported.",
        PATIENCE_TEXT,
        (Say(b"GET /<case> HTTP/1.1\r\nHost: <ho"), HearEnd(WAIT)),
        report=_still("with half a head"),
        danger=True,
    ),
    Case(
        "wait-for-rest-of-body",
        "may",
        "What happens to half a body is reported.",
        http1("9.5", "wishes to time out SHOULD issue a graceful close"),
        (Say(post(b"Content-Length: 9", body=b"hello")), HearEnd(WAIT)),
        script=(ReadBody(LONG), *ANSWER),
        report=_still("with half a body"),
        danger=True,
    ),
    Case(
        "wait-for-next-request",
        "may",
        "How long an idle connection is kept is reported.",
        PATIENCE_TEXT,
        (Say(request()), Hear(), HearEnd(WAIT)),
        report=_still("idle after an answer"),
        danger=True,
    ),
)
