"""Chapter: what the extensions add to a response: trailers, and early hints."""

from __future__ import annotations

from asgi_compare.judge.server.acts import Body, ReadBody, Send, Start
from asgi_compare.judge.server.case import Case, Hear, Say
from asgi_compare.judge.server.checks.wire import (
    answers,
    either,
    of_answer,
    refused,
)
from asgi_compare.judge.server.client.build import CLOSE, request
from asgi_compare.judge.server.texts import extension, http

FIVE = (b"content-length", b"5")
LINK = (b"link", b"</style.css>; rel=preload")
TRAILERS = "http.response.trailers"
EARLY = "http.response.early_hint"


def _trailers(*fields: tuple[bytes, bytes]) -> Send:
    return Send({"type": TRAILERS, "headers": list(fields)}, may_raise=True)


def _started(**more: object) -> Send:
    return Send({"type": "http.response.start", "status": 200, **more})


CASES: tuple[Case, ...] = (
    Case(
        "trailers-with-te",
        "should",
        "Trailers are sent to a client that said `TE: trailers`.",
        extension("http-trailers", "TE: trailers"),
        (Say(request(b"TE: trailers", b"Connection: close, TE")), Hear()),
        (
            answers(200),
            of_answer(
                "the trailer", lambda a: (b"x-sum", b"5") in a.trailers or a.trailers
            ),
        ),
        script=(
            ReadBody(),
            _started(headers=[(b"trailer", b"x-sum")], trailers=True),
            Send({"type": "http.response.body", "body": b"hello"}),
            _trailers((b"x-sum", b"5")),
        ),
        needs=TRAILERS,
    ),
    Case(
        "trailers-without-te",
        "must",
        "Trailers are not sent to a client that did not say `TE: trailers`.",
        extension("http-trailers", "TE: trailers"),
        (Say(request(CLOSE)), Hear()),
        (
            answers(200),
            of_answer("no trailers", lambda a: not a.trailers or a.trailers),
        ),
        script=(
            ReadBody(),
            _started(headers=[(b"trailer", b"x-sum")], trailers=True),
            Send({"type": "http.response.body", "body": b"hello"}),
            _trailers((b"x-sum", b"5")),
        ),
        needs=TRAILERS,
    ),
    Case(
        "early-hint",
        "should",
        "A hint goes out as 103 before the final response.",
        extension("early-hints", "An informational response with the status code 103"),
        (Say(request(CLOSE)), Hear()),
        (
            answers(200),
            of_answer(
                "a 103 with the link",
                lambda a: (
                    any(s == 103 and LINK in fields for s, fields in a.interim)
                    or repr(a.interim)
                ),
            ),
        ),
        script=(
            ReadBody(),
            Send(
                {"type": EARLY, "links": [b"</style.css>; rel=preload"]},
                may_raise=True,
            ),
            Start(200, (FIVE,)),
            Body(b"hello"),
        ),
        needs=EARLY,
    ),
    Case(
        "early-hint-not-to-http-1.0",
        "must",
        "A hint never goes to a client of HTTP/1.0.",
        http("15.2", "a server MUST NOT send a 1xx response to an HTTP/1.0 client"),
        (Say(request(version=b"HTTP/1.0")), Hear()),
        (
            of_answer("no 1xx", lambda a: not a.interim or repr(a.interim)),
            either(answers(200), refused()),
        ),
        script=(
            ReadBody(),
            Send({"type": EARLY, "links": [b"</a>"]}, may_raise=True),
            Start(200, (FIVE,)),
            Body(b"hello"),
        ),
        needs=EARLY,
    ),
)
