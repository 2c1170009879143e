"""Chapter: responses that have no content: to HEAD, and 204, 205 and 304."""

from __future__ import annotations

from asgi_compare.judge.server.acts import Body, ReadBody, Start
from asgi_compare.judge.server.case import Case, Hear, HearEnd, Say
from asgi_compare.judge.server.checks.wire import (
    answers,
    both,
    closed,
    either,
    first,
    has,
    lacks,
    mild,
    nothing_after,
)
from asgi_compare.judge.server.client.build import CLOSE, request, second
from asgi_compare.judge.server.texts import http

HEAD = http("9.3.2", "the server MUST NOT send content in the response")


CASES: tuple[Case, ...] = (
    Case(
        "head-has-no-content",
        "must",
        "The answer to HEAD has the fields, and no content.",
        HEAD,
        (Say(request(CLOSE, method=b"HEAD")), HearEnd(1.0)),
        (nothing_after(), mild(answers(200))),
        methods=("HEAD",),
    ),
    Case(
        "head-keeps-content-length",
        "should",
        "The answer to HEAD keeps the application's Content-Length.",
        http(
            "9.3.2",
            "The server SHOULD send the same header fields in response to a HEAD "
            "request",
        ),
        (Say(request(CLOSE, method=b"HEAD")), Hear()),
        (first(200), has(b"content-length", b"5")),
        methods=("HEAD",),
    ),
    Case(
        "head-then-next-request",
        "must",
        "After HEAD, the next answer begins where the fields end.",
        HEAD,
        (Say(request(method=b"HEAD") + second()), Hear(2)),
        (either(answers(200, 200), both(first(200), closed())),),
        methods=("HEAD", "GET"),
    ),
    Case(
        "head-streamed",
        "must",
        "Without a Content-Length, HEAD is answered without content, too.",
        HEAD,
        (Say(request(CLOSE, method=b"HEAD")), HearEnd(1.0)),
        (nothing_after(), mild(answers(200))),
        script=(ReadBody(), Start(200), Body(b"hel", True), Body(b"lo")),
        methods=("HEAD",),
    ),
    Case(
        "status-204-has-no-content",
        "must",
        "A 204 has no content, even if the application sends some.",
        http("15.3.5", "A 204 response is terminated by the end of the header section"),
        (Say(request(CLOSE)), HearEnd(1.0)),
        (either(nothing_after(), first(500)), mild(first((204, 500)))),
        script=(ReadBody(), Start(204), Body(b"hello")),
    ),
    Case(
        "status-204-has-no-length",
        "must",
        "A 204 has no Content-Length and no Transfer-Encoding.",
        http(
            "8.6",
            "A server MUST NOT send a Content-Length header field in any response with "
            "a status code of 1xx (Informational) or 204 (No Content)",
        ),
        (Say(request(CLOSE)), HearEnd(1.0)),
        (answers(204), lacks(b"content-length"), lacks(b"transfer-encoding")),
        script=(ReadBody(), Start(204), Body(b"")),
    ),
    Case(
        "status-304-has-no-content",
        "must",
        "A 304 has no content, even if the application sends some.",
        http("15.4.5", "A 304 response is terminated by the end of the header section"),
        (Say(request(CLOSE)), HearEnd(1.0)),
        (either(nothing_after(), first(500)), mild(first((304, 500)))),
        script=(ReadBody(), Start(304), Body(b"hello")),
    ),
    Case(
        "status-205-has-no-content",
        "must",
        "A 205 has no content, if the application sends none.",
        http("15.3.6", "a server MUST NOT generate content in a 205 response"),
        (Say(request(CLOSE)), HearEnd(1.0)),
        (answers(205), nothing_after()),
        script=(ReadBody(), Start(205), Body(b"")),
    ),
)
