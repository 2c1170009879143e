"""Chapter: where a message ends, by chunks; and chunks that break the grammar.

A server that speaks ASGI calls the application as soon as it has the header section, so
it may notice a broken chunk only later. Then the application must not be told that the
body is whole.
"""

from __future__ import annotations

from asgi_compare.judge.server.case import Case, HalfClose, Hear, HearEnd, Pause, Say
from asgi_compare.judge.server.checks.application import (
    broken_body,
    saw_body,
    saw_values,
)
from asgi_compare.judge.server.checks.wire import answers, on
from asgi_compare.judge.server.client.build import (
    CHUNKED,
    CLOSE,
    LAST,
    case,
    chunk,
    post,
)
from asgi_compare.judge.server.texts import http1, www

CHUNKED_TEXT = http1(
    "7.1", "A recipient MUST be able to parse and decode the chunked transfer coding"
)
GRAMMAR = http1(
    "2.2",
    "receives a sequence of octets that does not match the HTTP-message grammar",
)
DECHUNKED = on("asgi", saw_body(b"hello"))
"""WSGI has no way to say that the body has an end of its own; see its own chapter."""


CASES: tuple[Case, ...] = (
    case(
        "chunked",
        "must",
        "Chunks are joined to the body, and the framing is removed.",
        CHUNKED_TEXT,
        post(CHUNKED, CLOSE, body=chunk(b"hel") + chunk(b"lo") + LAST),
        answers(200),
        DECHUNKED,
    ),
    case(
        "chunked-in-upper-case",
        "must",
        "The names of transfer codings are case-insensitive.",
        http1("7", "All transfer-coding names are case-insensitive"),
        post(b"Transfer-Encoding: CHUNKED", CLOSE, body=chunk(b"hello") + LAST),
        answers(200),
        DECHUNKED,
    ),
    case(
        "chunk-size-in-upper-case-with-zeros",
        "must",
        "A chunk size may have leading zeros and capital letters.",
        http1("7.1", "chunk-size = 1*HEXDIG"),
        post(CHUNKED, CLOSE, body=b"000A\r\nhellohello\r\n" + LAST),
        answers(200),
        on("asgi", saw_body(b"hellohello")),
    ),
    case(
        "chunk-extension",
        "must",
        "Chunk extensions that nobody knows are ignored.",
        http1("7.1.1", "A recipient MUST ignore unrecognized chunk extensions"),
        post(CHUNKED, CLOSE, body=chunk(b"hello", b';name=value;q="a;b"') + LAST),
        answers(200),
        DECHUNKED,
    ),
    case(
        "chunked-with-trailer-section",
        "must",
        "A trailer section is read, and never becomes part of the body.",
        http1("7.1.2", "A trailer section allows the sender to include additional"),
        post(CHUNKED, CLOSE, body=chunk(b"hello") + b"0\r\nX-Trailer: 1\r\n\r\n"),
        answers(200),
        DECHUNKED,
    ),
    Case(
        "trailer-is-not-merged",
        "must",
        "A field of the trailer section does not appear among the header fields.",
        http1(
            "7.1.2",
            "A recipient MUST NOT merge a received trailer field into the header",
        ),
        (
            Say(
                post(
                    CHUNKED,
                    CLOSE,
                    b"X-Trailer: head",
                    body=chunk(b"hello") + b"0\r\nX-Trailer: tail\r\n\r\n",
                )
            ),
            Hear(),
        ),
        (answers(200), saw_values(b"x-trailer", (b"head",))),
    ),
    case(
        "chunk-size-not-hexadecimal",
        "must",
        "A chunk size that is no number is refused; the application never gets data.",
        http1("7.1", "chunk-size = 1*HEXDIG"),
        post(CHUNKED, CLOSE, body=b"xyz\r\nhello\r\n" + LAST),
        broken_body(),
        danger=True,
    ),
    case(
        "chunk-size-with-prefix",
        "must",
        "A chunk size with 0x in front is refused.",
        http1("7.1", "chunk-size = 1*HEXDIG"),
        post(CHUNKED, CLOSE, body=b"0x5\r\nhello\r\n" + LAST),
        broken_body(),
        danger=True,
    ),
    case(
        "chunk-size-negative",
        "must",
        "A chunk size with a minus sign is refused.",
        http1("7.1", "chunk-size = 1*HEXDIG"),
        post(CHUNKED, CLOSE, body=b"-5\r\nhello\r\n" + LAST),
        broken_body(),
        danger=True,
    ),
    case(
        "chunk-size-beyond-64-bits",
        "must",
        "A chunk size beyond 64 bits is refused, or waited for; its low bits are not "
        "taken for it.",
        http1(
            "7.1",
            "recipients MUST anticipate potentially large hexadecimal numerals",
        ),
        post(CHUNKED, CLOSE, body=b"10000000000000005\r\nhello\r\n" + LAST),
        broken_body(),
        danger=True,
    ),
    case(
        "chunk-longer-than-its-size",
        "must",
        "Data beyond the size of a chunk is refused.",
        GRAMMAR,
        post(CHUNKED, CLOSE, body=b"3\r\nhello\r\n" + LAST),
        broken_body(),
        danger=True,
    ),
    case(
        "chunk-lines-end-in-line-feed",
        "should",
        "Lines of chunks that end in a bare LF are refused: the robustness exception "
        "is for the start line and the fields.",
        http1(
            "2.2",
            "a recipient MAY recognize a single LF as a line terminator",
        ),
        post(CHUNKED, CLOSE, body=b"5\nhello\n0\n\n"),
        broken_body(),
        danger=True,
    ),
    Case(
        "chunk-size-in-pieces",
        "must",
        "Chunks are understood however the bytes of them arrive.",
        CHUNKED_TEXT,
        (
            Say(post(CHUNKED, CLOSE, body=b"5")),
            Say(b"\r"),
            Say(b"\nhel"),
            Say(b"lo\r\n0\r"),
            Say(b"\n\r\n"),
            Hear(),
        ),
        (answers(200), DECHUNKED),
    ),
    Case(
        "chunked-without-last-chunk",
        "must",
        "A chunked body that breaks off is never handed over as if it were whole.",
        http1("7.1", "complete when a chunk with a chunk-size of zero is received"),
        (
            Say(post(CHUNKED, CLOSE, body=chunk(b"hello"))),
            Pause(0.1),
            HalfClose(),
            HearEnd(1.0),
        ),
        (broken_body(),),
    ),
    case(
        "dechunked-events",
        "must",
        "The events hold the decoded content only.",
        www(
            "request-receive-event",
            "messages should contain just the decoded contents of each chunk",
        ),
        post(CHUNKED, CLOSE, body=chunk(b"5\r\n") + chunk(b"\r\n") + LAST),
        answers(200),
        on("asgi", saw_body(b"5\r\n\r\n")),
    ),
)
