"""Chapter: Transfer-Encoding. Codings that cannot be, and one beside a Content-Length.

Two servers that do not agree where such a request ends see different requests in the
same bytes. So it is refused, or its connection is closed; and where a second length
would make a request of the rest, the application must never see that request.
"""

from __future__ import annotations

from asgi_compare.judge.server.case import Case, Hear, HearEnd, Say
from asgi_compare.judge.server.chapters.http1.chunked import DECHUNKED
from asgi_compare.judge.server.checks.application import (
    called,
    saw_body_if_read,
    turned_down,
)
from asgi_compare.judge.server.checks.wire import (
    answers,
    both,
    closed,
    either,
    first,
    refused,
    speaks_1_1,
)
from asgi_compare.judge.server.client.build import (
    CHUNKED,
    CLOSE,
    LAST,
    case,
    chunk,
    post,
    second,
)
from asgi_compare.judge.server.texts import http, http1

BOTH = http1(
    "6.3",
    "Transfer-Encoding overrides the Content-Length",
)


CASES: tuple[Case, ...] = (
    case(
        "chunked-with-content-length",
        "should",
        "Both at once are refused; or the chunks count, and the connection is closed.",
        BOTH,
        post(
            b"Content-Length: 5",
            CHUNKED,
            body=chunk(b"hello") + LAST,
        ),
        either(refused(400), both(answers(200), DECHUNKED)),
        danger=True,
    ),
    Case(
        "chunked-with-content-length-closes",
        "must",
        "After a request with both, the connection is closed.",
        http1(
            "6.1",
            "Regardless, the server MUST close the connection after responding to such "
            "a request",
        ),
        (
            Say(
                post(
                    b"Content-Length: 5",
                    CHUNKED,
                    body=chunk(b"hello") + LAST,
                )
            ),
            Hear(),
            HearEnd(1.0),
        ),
        (either(closed(), called(0)),),
        danger=True,
    ),
    Case(
        "chunked-with-content-length-and-second-request",
        "must",
        "What follows the chunks is not taken by the Content-Length, nor processed.",
        http1(
            "6.1",
            "Regardless, the server MUST close the connection after responding to such "
            "a request",
        ),
        (
            Say(
                post(b"Content-Length: 5", CHUNKED, body=chunk(b"hello") + LAST)
                + second()
            ),
            Hear(2, 1.0),
        ),
        (either(called(1), called(0)),),
        danger=True,
    ),
    case(
        "chunked-not-last",
        "must",
        "A transfer coding after chunked is refused: the length cannot be known.",
        http1(
            "6.3",
            "the server MUST respond with the 400 (Bad Request) status code and then "
            "close the connection",
        ),
        post(b"Transfer-Encoding: chunked, identity", body=chunk(b"hello") + LAST),
        speaks_1_1(),
        turned_down(400, 501),
        danger=True,
    ),
    case(
        "transfer-coding-unknown",
        "should",
        "A transfer coding that the server does not know is refused with 501.",
        http1(
            "6.1",
            "a transfer coding it does not understand SHOULD respond with 501",
        ),
        post(b"Transfer-Encoding: x-unknown, chunked", body=chunk(b"hello") + LAST),
        speaks_1_1(),
        turned_down(501, 400),
        danger=True,
    ),
    case(
        "transfer-coding-alone-unknown",
        "must",
        "A request whose only transfer coding is not chunked is refused.",
        http1(
            "6.3",
            "the server MUST respond with the 400 (Bad Request) status code and then "
            "close the connection",
        ),
        post(b"Transfer-Encoding: x-unknown", body=chunk(b"hello") + LAST),
        speaks_1_1(),
        turned_down(400, 501),
        danger=True,
    ),
    Case(
        "transfer-coding-chunked-twice",
        "must",
        "Chunked that is named twice is refused, or the chunks are decoded.",
        http1(
            "6.3",
            "the message body length is determined by reading and decoding the chunked "
            "data",
        ),
        (
            Say(post(CHUNKED, CHUNKED, body=chunk(b"hello") + LAST) + second()),
            Hear(2, 1.0),
        ),
        (
            speaks_1_1(),
            either(
                turned_down(400, 501),
                both(
                    saw_body_if_read(b"hello"),
                    either(answers(200, 200), both(first(200), closed())),
                ),
            ),
        ),
        danger=True,
    ),
    *(
        case(
            f"transfer-coding-{name}",
            "must",
            f"A request whose only transfer coding is {said} is refused.",
            http1(
                "6.3",
                "the server MUST respond with the 400 (Bad Request) status code and "
                "then close the connection",
            ),
            post(b"Transfer-Encoding: " + coding, body=b"hello"),
            speaks_1_1(),
            turned_down(400, 501),
            danger=True,
        )
        for name, said, coding in (
            ("identity", "identity", b"identity"),
            ("chunked-with-parameter", "chunked with a parameter", b"chunked;a=b"),
            ("chunked-quoted", "chunked in quotes", b'"chunked"'),
        )
    ),
    case(
        "transfer-coding-with-empty-elements",
        "must",
        "Empty elements of the list are passed over, or the request is refused.",
        http("5.6.1.2", "MUST parse and ignore a reasonable number of empty list"),
        post(b"Transfer-Encoding: , chunked", CLOSE, body=chunk(b"hello") + LAST),
        speaks_1_1(),
        either(both(answers(200), DECHUNKED), turned_down(400, 501)),
        danger=True,
    ),
    case(
        "transfer-coding-with-control-character",
        "must",
        "A coding that is chunked but for a control character is not chunked.",
        http1(
            "6.3",
            "the server MUST respond with the 400 (Bad Request) status code and then "
            "close the connection",
        ),
        post(b"Transfer-Encoding: \x0bchunked", body=chunk(b"hello") + LAST),
        speaks_1_1(),
        turned_down(400, 501),
        danger=True,
    ),
)
