"""Chapter: what a server makes of a response. Framing, and fields."""

from __future__ import annotations

from asgi_compare.judge.server.acts import Body, ReadBody, Send, Sleep, Start
from asgi_compare.judge.server.case import Case, Hear, HearBytes, HearEnd, Say
from asgi_compare.judge.server.checks.application import send_did_not_raise
from asgi_compare.judge.server.checks.wire import (
    answers,
    early,
    first,
    has,
    in_order,
    no_answer_has,
    of_answer,
)
from asgi_compare.judge.server.client.build import CLOSE, request
from asgi_compare.judge.server.observed import Answer, Observed
from asgi_compare.judge.server.texts import http, http1, www

FIVE = (b"content-length", b"5")
START = "response-start-send-event"
BODY = "response-body-send-event"


def _started(**more: object) -> Send:
    return Send({"type": "http.response.start", "status": 200, **more})


def _framing(answer: Answer) -> list[tuple[bytes, bytes]]:
    names = (b"transfer-encoding", b"content-length")
    return [field for field in answer.headers if field[0] in names]


def _streams(seen: Observed) -> str:
    answer = seen.wire.answers[0] if seen.wire.answers else Answer(0)
    coding = b", ".join(answer.values(b"transfer-encoding")).decode("latin-1")
    if coding:
        return f"It was sent with the transfer coding {coding!r}."
    if answer.values(b"content-length"):
        return "It was sent with a Content-Length that the server worked out."
    return "It was sent to the end of the connection."


CASES: tuple[Case, ...] = (
    Case(
        "status-without-reason",
        "must",
        "A status that has no reason phrase is sent as it is.",
        http1("4", "A server MUST send the space that separates the status-code from"),
        (Say(request(CLOSE)), Hear()),
        (answers(299),),
        script=(ReadBody(), Start(299, (FIVE,)), Body(b"hello")),
    ),
    Case(
        "streamed-without-length",
        "may",
        "How an answer without Content-Length is framed is reported.",
        www(START, "may opt to use Transfer-Encoding: chunked"),
        (Say(request()), Hear()),
        (first(200), of_answer("b'hello'", lambda a: a.body == b"hello" or a.body)),
        script=(ReadBody(), Start(200), Body(b"hel", True), Body(b"lo")),
        report=_streams,
    ),
    Case(
        "empty-piece-does-not-end-the-body",
        "must",
        "An empty piece in the middle is no end of the body: in chunks, it would be.",
        www(BODY, "Signifies if there is additional content to come"),
        (Say(request(CLOSE)), HearEnd(1.5)),
        (answers(200), of_answer("the body", lambda a: a.body == b"hello" or a.body)),
        script=(
            ReadBody(),
            Start(200),
            Body(b"hel", True),
            Body(b"", True),
            Body(b"lo", True),
            Body(b""),
        ),
    ),
    Case(
        "piece-is-sent-before-the-next",
        "must",
        "A piece goes out before the application sends the next one.",
        www(BODY, "must flush any data passed to them into the send buffer before"),
        (Say(request(CLOSE)), HearBytes(b"first", 0.7), Hear()),
        (
            early(0, 0.6),
            answers(200),
        ),
        script=(
            ReadBody(),
            Start(200),
            Body(b"first", True),
            Sleep(1.2),
            Body(b"second"),
        ),
    ),
    Case(
        "transfer-encoding-of-application",
        "must",
        "The server ignores a Transfer-Encoding of the application.",
        www(START, "the server must ignore it"),
        (Say(request(CLOSE)), Hear()),
        (
            answers(200),
            of_answer("the plain body", lambda a: a.body == b"hello" or a.body),
            of_answer(
                "one Transfer-Encoding at most",
                lambda a: (
                    len(a.values(b"transfer-encoding")) < 2
                    or a.values(b"transfer-encoding")
                ),
            ),
        ),
        script=(
            ReadBody(),
            _started(headers=[(b"transfer-encoding", b"chunked")]),
            Send({"type": "http.response.body", "body": b"hello"}),
        ),
    ),
    Case(
        "transfer-encoding-and-length-of-application",
        "must",
        "If the application sets Transfer-Encoding and Content-Length, one is sent.",
        www(START, "the server must ignore it"),
        (Say(request(CLOSE)), Hear()),
        (
            answers(200),
            of_answer(
                # RFC 9112, 6.2
                "not both fields",
                lambda a: len(dict(_framing(a))) < 2 or _framing(a),
            ),
            of_answer("the plain body", lambda a: a.body == b"hello" or a.body),
        ),
        script=(
            ReadBody(),
            _started(headers=[FIVE, (b"transfer-encoding", b"chunked")]),
            Send({"type": "http.response.body", "body": b"hello"}),
        ),
    ),
    Case(
        "start-without-headers",
        "must",
        "A start without `headers` is valid.",
        www(START, "Optional; if missing defaults to an empty list"),
        (Say(request(CLOSE)), Hear()),
        (answers(200), send_did_not_raise()),
        script=(
            ReadBody(),
            _started(),
            Send({"type": "http.response.body", "body": b"hello"}),
        ),
    ),
    Case(
        "body-event-without-body",
        "must",
        "A body event without `body` and `more_body` ends an empty response.",
        www(BODY, "Optional; if missing defaults to"),
        (Say(request(CLOSE)), Hear()),
        (
            answers(200),
            send_did_not_raise(),
            of_answer("no content", lambda a: not a.body or a.body),
        ),
        # With `headers`: that they may be missing is the case before.
        script=(ReadBody(), Start(200), Send({"type": "http.response.body"})),
    ),
    Case(
        "order-of-response-fields",
        "must",
        "The order of the header fields is that of the application.",
        www(START, "Order must be preserved in the HTTP response"),
        (Say(request(CLOSE)), Hear()),
        (
            answers(200),
            in_order((b"x-b", b"1"), (b"x-a", b"2"), (b"x-b", b"3")),
        ),
        script=(
            ReadBody(),
            Start(200, (FIVE, (b"x-b", b"1"), (b"x-a", b"2"), (b"x-b", b"3"))),
            Body(b"hello"),
        ),
        interfaces=("asgi",),
    ),
    Case(
        "set-cookie-twice",
        "must",
        "Two Set-Cookie fields stay two.",
        http("5.3", "cannot be combined into a single field value"),
        (Say(request(CLOSE)), Hear()),
        (has(b"set-cookie", b"a=1; Path=/", b"b=2"),),
        script=(
            ReadBody(),
            Start(
                200, (FIVE, (b"set-cookie", b"a=1; Path=/"), (b"set-cookie", b"b=2"))
            ),
            Body(b"hello"),
        ),
    ),
    Case(
        "response-value-beyond-ascii",
        "must",
        "Bytes beyond ASCII in a value are sent as they are.",
        www(
            "wsgi-encoding-differences", "exact byte sequences sent by the client/to be"
        ),
        (Say(request(CLOSE)), Hear()),
        (has(b"x-odd", b"caf\xe9"),),
        script=(ReadBody(), Start(200, (FIVE, (b"x-odd", b"caf\xe9"))), Body(b"hello")),
        interfaces=("asgi",),
    ),
    Case(
        "response-value-with-line-break",
        "must",
        "A line break in a value never makes a field of its own.",
        http("5.5", "Field values containing CR, LF, or NUL characters are invalid"),
        (Say(request(CLOSE)), Hear()),
        (no_answer_has(b"x-split"),),
        script=(
            ReadBody(),
            Start(200, (FIVE, (b"x-odd", b"a\r\nx-split: b"))),
            Body(b"hello"),
        ),
    ),
)
