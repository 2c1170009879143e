"""Chapter: the application fails, or says too little or too much.

The client must be able to tell a whole answer from one that broke off. What becomes of
an application that returns too early is in no text, so it is only reported.
"""

from __future__ import annotations

from asgi_compare.judge.server.acts import Body, Fail, ReadBody, Sleep, Start
from asgi_compare.judge.server.case import Case, Connect, Hear, HearEnd, Say
from asgi_compare.judge.server.checks.application import called
from asgi_compare.judge.server.checks.wire import (
    answers,
    both,
    broken_off,
    closed,
    either,
    first,
    mild,
    of_answer,
    only_answers,
    what_came,
)
from asgi_compare.judge.server.client.build import CLOSE, request, second
from asgi_compare.judge.server.observed import Observed
from asgi_compare.judge.server.texts import http, main, www

FIVE = (b"content-length", b"5")
ALL = (b"hello", b"hello and more")
START = "response-start-send-event"
BODY = "response-body-send-event"
ERRORS = main(
    "error-handling",
    "they must terminate the application instance and its associated connection",
)


def _fate(seen: Observed) -> str:
    return f"The client got {what_came(seen)}."


CASES: tuple[Case, ...] = (
    Case(
        "more-than-content-length",
        "must",
        "What goes beyond the Content-Length is never sent as if it were an answer.",
        http("8.6", "a sender MUST NOT forward a message with a Content-Length header"),
        (Say(request() + second()), Hear(2, 1.5)),
        (
            either(
                both(
                    only_answers(),
                    # Cut off, or sent whole with a length that the server corrected.
                    of_answer("5 bytes", lambda a: a.body in ALL or a.body),
                    either(answers(200, 200), both(first(200), closed())),
                ),
                first(500),
                broken_off(),
            ),
        ),
        script=(ReadBody(), Start(200, (FIVE,)), Body(ALL[1])),
    ),
    Case(
        "less-than-content-length",
        "may",
        "What becomes of an answer that is too short is reported.",
        http("8.6", "a sender MUST NOT forward a message with a Content-Length header"),
        (Say(request()), HearEnd(1.5)),
        report=_fate,
        script=(ReadBody(), Start(200, ((b"content-length", b"9"),)), Body(b"hello")),
    ),
    Case(
        "error-before-start",
        "must",
        "An error before the start ends the exchange, with 500 where there can be one.",
        ERRORS,
        (Say(request()), HearEnd(1.5)),
        (either(first(500), closed()), mild(first(500))),
        script=(ReadBody(), Fail()),
        interfaces=("asgi",),
    ),
    Case(
        "error-after-start",
        "must",
        "An error after the start and before any content is no empty success.",
        ERRORS,
        (Say(request(CLOSE)), HearEnd(1.5)),
        (either(first(500), broken_off()),),
        script=(ReadBody(), Start(200, (FIVE,)), Fail()),
        own_server=True,
        interfaces=("asgi",),
    ),
    Case(
        "error-in-the-middle",
        "must",
        "An error in the middle of a body breaks the connection off: the client can "
        "tell.",
        ERRORS,
        (Say(request()), HearEnd(1.5)),
        (broken_off(),),
        script=(ReadBody(), Start(200), Body(b"hel", True), Fail()),
        own_server=True,
        interfaces=("asgi",),
    ),
    Case(
        "error-after-the-end",
        "may",
        "What becomes of the connection after an error behind a whole answer is "
        "reported.",
        ERRORS,
        (Say(request()), Hear(), HearEnd(0.5)),
        (answers(200),),
        script=(ReadBody(), Start(200, (FIVE,)), Body(b"hello"), Fail()),
        report=lambda seen: (
            "The connection was closed." if seen.wire.ended else "It was kept open."
        ),
        interfaces=("asgi",),
    ),
    Case(
        "error-leaves-the-server-up",
        "must",
        "After an error, the next request is answered.",
        main("error-handling", "the server does not itself error in the process"),
        (Say(request()), Hear(), Connect(), Say(second()), Hear()),
        (first(500), called(2)),
        script=(Fail("once"),),
        interfaces=("asgi",),
    ),
    Case(
        "no-response-at-all",
        "may",
        "What becomes of a request whose application returns without an answer is "
        "reported.",
        main("error-handling", "Servers are free to surface errors"),
        (Say(request()), HearEnd(1.5)),
        report=_fate,
        script=(Sleep(0.0),),
        interfaces=("asgi",),
    ),
    Case(
        "start-and-no-body",
        "may",
        "What becomes of an answer without a body event is reported.",
        www(START, "Needs to be followed by at least one response content message"),
        (Say(request()), HearEnd(1.5)),
        report=_fate,
        script=(ReadBody(), Start(200, (FIVE,))),
        interfaces=("asgi",),
    ),
    Case(
        "body-without-end",
        "may",
        "What becomes of an answer whose application returns halfway is reported.",
        www(BODY, "Signifies if there is additional content to come"),
        (Say(request()), HearEnd(1.5)),
        report=_fate,
        script=(ReadBody(), Start(200), Body(b"hel", True)),
        interfaces=("asgi",),
    ),
)
