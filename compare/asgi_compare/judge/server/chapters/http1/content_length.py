"""Chapter: where a message ends, by Content-Length.

Two recipients that do not agree on where a request ends take each other's data for
requests, so the rules leave little room: what is not a plain decimal number is refused.
"""

from __future__ import annotations

from asgi_compare.judge.server.case import Case, HalfClose, HearEnd, Pause, Say
from asgi_compare.judge.server.checks.application import broken_body, saw_body
from asgi_compare.judge.server.checks.wire import answers, both, either, refused
from asgi_compare.judge.server.client.build import CLOSE, case, post, sized
from asgi_compare.judge.server.texts import http, http1

INVALID = http1(
    "6.3",
    "the message framing is invalid and the recipient MUST treat it as an "
    "unrecoverable error",
)


def _length(value: bytes) -> bytes:
    return post(b"Content-Length: " + value, CLOSE, body=b"hello")


CASES: tuple[Case, ...] = (
    case(
        "content-length",
        "must",
        "The body is as long as Content-Length says.",
        http1("6.3", "its decimal value defines the expected message body length"),
        sized(b"hello", CLOSE),
        answers(200),
        saw_body(b"hello"),
    ),
    case(
        "content-length-zero",
        "must",
        "With Content-Length 0, the body is empty, and the application is not kept.",
        http1("6.3", "its decimal value defines the expected message body length"),
        sized(b"", CLOSE),
        answers(200),
        saw_body(b""),
    ),
    case(
        "post-without-length",
        "must",
        "Without any length, a request has no body.",
        http1("6.3", "the message body length is zero (no message body is present)"),
        post(CLOSE),
        answers(200),
        saw_body(b""),
    ),
    case(
        "content-length-repeated-same",
        "must",
        "The same length twice is refused, or taken as one.",
        http("8.6", "MUST either reject the message as invalid or replace"),
        post(b"Content-Length: 5", b"Content-Length: 5", CLOSE, body=b"hello"),
        either(refused(400), both(answers(200), saw_body(b"hello"))),
    ),
    case(
        "content-length-repeated-different",
        "must",
        "Two lengths that differ are refused.",
        INVALID,
        post(b"Content-Length: 5", b"Content-Length: 6", CLOSE, body=b"hello"),
        refused(400),
        danger=True,
    ),
    case(
        "content-length-list-same",
        "must",
        "A list of the same length is refused, or taken as one.",
        http1(
            "6.3",
            "all values in the list are valid, and all values in the list are the same",
        ),
        _length(b"5, 5"),
        either(refused(400), both(answers(200), saw_body(b"hello"))),
    ),
    case(
        "content-length-list-different",
        "must",
        "A list of lengths that differ is refused.",
        INVALID,
        _length(b"5, 6"),
        refused(400),
        danger=True,
    ),
    case(
        "content-length-negative",
        "must",
        "A length with a minus sign is refused.",
        INVALID,
        _length(b"-5"),
        refused(400),
    ),
    case(
        "content-length-plus",
        "must",
        "A length with a plus sign is refused: the grammar is 1*DIGIT.",
        INVALID,
        _length(b"+5"),
        refused(400),
    ),
    case(
        "content-length-hexadecimal",
        "must",
        "A length in another base is refused.",
        INVALID,
        _length(b"0x5"),
        refused(400),
    ),
    case(
        "content-length-underscore",
        "must",
        "A length that only Python would read as a number is refused.",
        INVALID,
        post(b"Content-Length: 0_5", CLOSE, body=b"hello"),
        refused(400),
    ),
    case(
        "content-length-not-ascii-digits",
        "must",
        "Digits that are not ASCII are refused.",
        INVALID,
        _length("٥".encode()),
        refused(400),
    ),
    case(
        "content-length-octal",
        "must",
        "A length that only Python would read as octal is refused.",
        INVALID,
        _length(b"0o5"),
        refused(400),
    ),
    case(
        "content-length-negative-zero",
        "must",
        "A minus sign is refused, even before a zero.",
        INVALID,
        post(b"Content-Length: -0", CLOSE),
        refused(400),
    ),
    case(
        "content-length-with-decimal-point",
        "must",
        "A length with a decimal point is refused.",
        INVALID,
        _length(b"5.0"),
        refused(400),
    ),
    Case(
        "content-length-huge-without-body",
        "must",
        "A huge length without a body is waited for or refused, and never whole.",
        http1("6.3", "the recipient MUST consider the message to be incomplete"),
        (
            Say(post(b"Content-Length: 9999999999999")),
            Pause(0.1),
            HalfClose(),
            HearEnd(1.0),
        ),
        (broken_body(),),
        danger=True,
    ),
    case(
        "content-length-empty",
        "must",
        "An empty length is refused.",
        INVALID,
        _length(b""),
        refused(400),
    ),
    case(
        "content-length-spaces-inside",
        "must",
        "A length with a space in it is refused.",
        INVALID,
        post(b"Content-Length: 0 5", CLOSE, body=b"hello"),
        refused(400),
    ),
    case(
        "content-length-leading-zeros",
        "must",
        "Leading zeros belong to the grammar.",
        http("8.6", "Content-Length = 1*DIGIT"),
        _length(b"0005"),
        answers(200),
        saw_body(b"hello"),
    ),
    case(
        "content-length-beyond-64-bits",
        "must",
        "A length that no counter holds is refused or waited for; its low bits are not "
        "taken for it.",
        http("8.6", "a recipient MUST anticipate potentially large decimal numerals"),
        _length(b"18446744073709551621"),
        broken_body(),
    ),
    Case(
        "body-shorter-than-content-length",
        "must",
        "A body that breaks off is never handed over as if it were whole.",
        http1(
            "6.3",
            "the recipient MUST consider the message to be incomplete and close the "
            "connection",
        ),
        (
            Say(post(b"Content-Length: 9", body=b"hello")),
            Pause(0.1),
            HalfClose(),
            HearEnd(1.0),
        ),
        (broken_body(),),
    ),
)
