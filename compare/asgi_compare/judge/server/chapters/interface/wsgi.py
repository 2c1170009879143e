"""Chapter: what only WSGI has: `start_response`, `write`, `exc_info`, `close`."""

from __future__ import annotations

from collections.abc import Callable

from asgi_compare.judge.server.acts import (
    Body,
    Fail,
    FileWrapper,
    Sleep,
    StartResponse,
    Write,
)
from asgi_compare.judge.server.case import (
    Case,
    Check,
    Hear,
    HearBytes,
    HearEnd,
    Problem,
    Say,
)
from asgi_compare.judge.server.checks.application import of_call
from asgi_compare.judge.server.checks.wire import (
    answers,
    both,
    broken_off,
    closed,
    early,
    either,
    first,
    has,
    lacks,
    of_answer,
    only_answers,
)
from asgi_compare.judge.server.client.build import (
    CLOSE,
    request,
    second,
)
from asgi_compare.judge.server.observed import Call, Observed
from asgi_compare.judge.server.texts import pep

FIVE = ("Content-Length", "5")


def _closed(call: Call) -> object:
    return any(did == "close" for did, *_ in call.events) or "no call of close()"


def _started(error: bool) -> Callable[[Call], object]:
    def test(call: Call) -> object:
        calls = [e for e in call.events if e[0] == "start_response"]
        if not calls:
            return "no call of it"
        return bool(calls[-1][2]) is error or calls[-1][2] or "no exception"

    return test


def _reason(seen: Observed) -> str:
    reason = seen.wire.answers[0].reason.decode("latin-1")
    return f"The status was the application's; the reason, 'All Mine', was {reason!r}."


def _five_at_most() -> Check:
    return of_answer("5 bytes at most", lambda a: len(a.body) <= 5 or a.body)


def _ended() -> Check:
    return either(answers(200, 200), closed())


def _offered(seen: Observed) -> Problem | None:
    """`wsgi.file_wrapper` is optional."""
    if seen.call is None or "wsgi.file_wrapper" in seen.call.scope:
        return None
    return Problem("The server does not offer wsgi.file_wrapper.", "unsupported")


CASES: tuple[Case, ...] = (
    Case(
        "write-callable",
        "must",
        "What is written comes before what is yielded.",
        pep(
            "the-write-callable",
            "are transmitted after all bytestrings passed to write() have been sent to "
            "the client",
        ),
        (Say(request(CLOSE)), Hear()),
        (
            answers(200),
            of_answer(
                "written, yielded", lambda a: a.body == b"written yielded" or a.body
            ),
        ),
        script=(
            StartResponse("200 OK", (("Content-Length", "15"),)),
            Write(b"written "),
            Body(b"yielded"),
        ),
    ),
    Case(
        "close-is-called",
        "must",
        "`close` of the iterable is called at the end.",
        pep(
            "specification-details",
            "must call that method upon completion of the current request",
        ),
        (Say(request(CLOSE)), Hear()),
        (answers(200), of_call("a call of close()", _closed)),
        interfaces=("wsgi",),
    ),
    Case(
        "close-is-called-after-error",
        "must",
        "`close` is called when the iteration has failed, too.",
        pep("specification-details", "terminated early due to an application error"),
        (Say(request(CLOSE)), HearEnd(1.0)),
        (of_call("a call of close()", _closed),),
        script=(
            StartResponse("200 OK", (("Content-Length", "10"),)),
            Body(b"hello", True),
            Fail(),
        ),
    ),
    Case(
        "exc-info-before-output",
        "should",
        "With `exc_info` and nothing sent yet, the second start replaces the first.",
        pep("the-start-response-callable", "should replace the currently-stored"),
        (Say(request(CLOSE)), Hear()),
        (answers(500), of_call("no exception", _started(False)), lacks(b"x-first")),
        script=(
            StartResponse("200 OK", (("X-First", "1"),)),
            StartResponse("500 Sorry", (FIVE,), exc_info=True),
            Body(b"hello"),
        ),
    ),
    Case(
        "exc-info-after-output",
        "must",
        "With `exc_info` after output, `start_response` raises; a server that has sent "
        "nothing yet may replace the answer.",
        pep("the-start-response-callable", "must raise an error"),
        (Say(request(CLOSE)), HearEnd(1.0)),
        (either(of_call("start_response to raise", _started(True)), first(500)),),
        script=(
            StartResponse("200 OK", (("Content-Length", "10"),)),
            Body(b"hello", True),
            StartResponse("500 Sorry", (FIVE,), exc_info=True, may_raise=False),
            Body(b"sorry"),
        ),
    ),
    Case(
        "start-response-twice",
        "should",
        "A second start without `exc_info` raises.",
        pep(
            "the-start-response-callable", "it is a fatal error to call start_response"
        ),
        (Say(request(CLOSE)), Hear()),
        (of_call("start_response to raise", _started(True)),),
        script=(
            StartResponse("200 OK", (FIVE,)),
            StartResponse("201 Created", (FIVE,)),
            Body(b"hello"),
        ),
    ),
    Case(
        "hop-by-hop-header",
        "should",
        "A hop-by-hop header of the application is an error.",
        pep("the-start-response-callable", "should consider it a fatal error"),
        (Say(request(CLOSE)), Hear()),
        (of_call("start_response to raise", _started(True)),),
        script=(
            StartResponse("200 OK", (FIVE, ("Keep-Alive", "timeout=5"))),
            Body(b"hello"),
        ),
    ),
    Case(
        "start-response-checks-headers",
        "should",
        "A control character in a header is refused when `start_response` is called.",
        pep("the-start-response-callable", "should check for errors in the headers"),
        (Say(request(CLOSE)), Hear()),
        (of_call("start_response to raise", _started(True)), lacks(b"x-split")),
        script=(
            StartResponse("200 OK", (FIVE, ("X-Odd", "a\r\nX-Split: b"))),
            Body(b"hello"),
        ),
    ),
    Case(
        "status-line-of-application",
        "must",
        "The status is the application's.",
        pep("the-start-response-callable", "consisting of a Status-Code"),
        (Say(request(CLOSE)), Hear()),
        (answers(299),),
        report=_reason,
        script=(StartResponse("299 All Mine", (FIVE,)), Body(b"hello")),
    ),
    Case(
        "headers-wait-for-body",
        "unclear",
        "Headers are not sent before the first piece that is not empty.",
        pep("the-start-response-callable", "must not actually transmit the response"),
        (Say(request(CLOSE)), HearBytes(b"HTTP/1", 0.4), Hear()),
        (of_answer("the head after 0.5 s", lambda a: a.at > 0.5 or f"{a.at:.2f} s"),),
        script=(StartResponse("200 OK"), Body(b"", True), Sleep(0.8), Body(b"hello")),
    ),
    Case(
        "block-is-not-delayed",
        "must",
        "A piece is sent before the next one is asked for.",
        pep("buffering-and-streaming", "must not delay the transmission of any block"),
        (Say(request(CLOSE)), HearBytes(b"first", 0.6), Hear()),
        (early(0, 0.6), answers(200)),
        script=(
            StartResponse("200 OK"),
            Body(b"first", True),
            Sleep(1.0),
            Body(b"second"),
        ),
    ),
    Case(
        "write-is-not-delayed",
        "must",
        "What is written is sent before the application goes on for long.",
        pep(
            "the-write-callable", "it must guarantee that the passed-in bytestring was"
        ),
        (Say(request(CLOSE)), HearBytes(b"first", 0.6), Hear()),
        (early(0, 0.6), answers(200)),
        script=(StartResponse("200 OK"), Write(b"first"), Sleep(1.0), Body(b"second")),
    ),
    Case(
        "file-wrapper",
        "must",
        "A file in `wsgi.file_wrapper` is sent whole and closed.",
        pep("optional-platform-specific-file-handling", "close() method"),
        (Say(request(CLOSE)), HearEnd(1.0)),
        (
            _offered,
            answers(200),
            of_answer(
                "a file of 20,000 bytes",
                lambda a: a.body == b"file" * 5000 or f"{len(a.body)} bytes",
            ),
            of_call("a call of close()", _closed),
        ),
        script=(StartResponse("200 OK"), FileWrapper(b"file" * 5000)),
    ),
    Case(
        "too-little-content",
        "should",
        "An answer shorter than its Content-Length ends with its connection.",
        pep("handling-the-content-length-header", "should close the connection"),
        (Say(request()), HearEnd(1.0)),
        (either(first(500), broken_off()),),
        script=(StartResponse("200 OK", (("Content-Length", "9"),)), Body(b"hello")),
    ),
    Case(
        "too-much-content",
        "should",
        "Not more bytes are sent than Content-Length says.",
        pep("handling-the-content-length-header", "should not transmit more bytes"),
        (Say(request() + second()), Hear(2, 1.0)),
        # The sentence has a limit: fewer bytes are no finding.
        (either(both(only_answers(), _five_at_most(), _ended()), first(500)),),
        script=(StartResponse("200 OK", (FIVE,)), Body(b"hello and more")),
    ),
    Case(
        "wsgi-error-before-start",
        "should",
        "An error of the application before the start is trapped; the client gets 500.",
        pep("error-handling", "Servers should trap and log any exception"),
        (Say(request()), Hear()),
        (first(500),),
        script=(StartResponse("200 OK", (FIVE,)), Fail()),
    ),
    Case(
        "wsgi-error-in-the-middle",
        "should",
        "An error in the middle ends with the connection, so that the client can tell.",
        pep("handling-the-content-length-header", "should close the connection"),
        (Say(request()), HearEnd(1.0)),
        (broken_off(),),
        script=(
            StartResponse("200 OK", (("Content-Length", "9"),)),
            Body(b"hello", True),
            Fail(),
        ),
    ),
    Case(
        "wsgi-response-value-beyond-ascii",
        "must",
        "A header value is sent in ISO-8859-1.",
        pep("unicode-issues", "they must either be ISO-8859-1 characters"),
        (Say(request(CLOSE)), Hear()),
        (has(b"x-odd", b"caf\xe9"),),
        script=(StartResponse("200 OK", (FIVE, ("X-Odd", "caf\xe9"))), Body(b"hello")),
    ),
)
