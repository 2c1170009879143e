"""Chapter: does `send` refuse what is no valid event?

The application sends one wrong event, notes whether `send` raised, and then goes on
with a proper response where it still can.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from asgi_compare.judge.server.acts import ReadBody, Send
from asgi_compare.judge.server.case import Case, Hear, Say
from asgi_compare.judge.server.checks.application import (
    how_send_went,
    of_call,
    send_did_not_raise,
    send_raised,
)
from asgi_compare.judge.server.checks.wire import answers, both, closed, either
from asgi_compare.judge.server.client.build import CLOSE, request
from asgi_compare.judge.server.observed import Call
from asgi_compare.judge.server.texts import main, www

ERRORS = main(
    "error-handling",
    "it should raise an exception out of the send awaitable back to the application",
)
EXTRA = main(
    "error-handling",
    "the presence of additional keys in the event dictionary should not raise",
)
IGNORED = www(
    "response-body-send-event",
    "any further messages on the channel will be ignored",
)
START = "http.response.start"
BODY = "http.response.body"
FIVE = [(b"content-length", b"5")]


def _first(name: str, shows: str, event: dict[str, Any]) -> Case:
    """A wrong event in place of the start."""
    return Case(
        name,
        "should",
        shows,
        ERRORS,
        (Say(request(CLOSE)), Hear(1, 1.0)),
        (send_raised(str(event.get("type", ""))),),
        script=(
            ReadBody(),
            Send(event, may_raise=True),
            Send({"type": START, "status": 200, "headers": FIVE}, may_raise=True),
            Send({"type": BODY, "body": b"hello"}, may_raise=True),
        ),
    )


def _later(name: str, shows: str, event: dict[str, Any]) -> Case:
    """A wrong event in place of the body."""
    return Case(
        name,
        "should",
        shows,
        ERRORS,
        (Say(request(CLOSE)), Hear(1, 1.0)),
        (send_raised(str(event.get("type", ""))),),
        script=(
            ReadBody(),
            Send({"type": START, "status": 200, "headers": FIVE}),
            Send(event, may_raise=True),
            Send({"type": BODY, "body": b"hello"}, may_raise=True),
        ),
    )


def _untimely(
    make: Callable[[str, str, dict[str, Any]], Case],
    name: str,
    shows: str,
    event: dict[str, Any],
) -> Case:
    """A valid event at the wrong time: the sentence is about invalid ones only."""
    report = how_send_went(event["type"])
    return replace(make(name, shows, event), level="may", checks=(), report=report)


def _last_raised(call: Call) -> str | None:
    sends = [each for each in call.events if each[0] == "send"]
    return sends[-1][2] or None if sends else None


def _no_error_after_end(call: Call) -> object:
    return _last_raised(call) or True


CASES: tuple[Case, ...] = (
    _first(
        "send-unknown-type",
        "An event of a type that does not exist raises.",
        {"type": "http.response.flush"},
    ),
    _first("send-without-type", "An event without a type raises.", {"status": 200}),
    _first(
        "send-start-without-status",
        "A start without its status raises.",
        {"type": START, "headers": []},
    ),
    _first(
        "send-status-as-text",
        "A status that is text raises.",
        {"type": START, "status": "200", "headers": []},
    ),
    _first(
        "send-status-none",
        "A status that is None raises.",
        {"type": START, "status": None, "headers": []},
    ),
    _first(
        "send-header-name-as-text",
        "A header name that is text raises.",
        {"type": START, "status": 200, "headers": [("x-odd", b"1")]},
    ),
    _first(
        "send-header-value-as-text",
        "A header value that is text raises.",
        {"type": START, "status": 200, "headers": [(b"x-odd", "1")]},
    ),
    _first(
        "send-header-value-none",
        "A header value that is None raises.",
        {"type": START, "status": 200, "headers": [(b"x-odd", None)]},
    ),
    _first(
        "send-header-of-three",
        "A header of three parts raises.",
        {"type": START, "status": 200, "headers": [(b"x-odd", b"1", b"2")]},
    ),
    _first(
        "send-headers-number",
        "Headers that are a number raise.",
        {"type": START, "status": 200, "headers": 5},
    ),
    _later(
        "send-body-as-text",
        "A body that is text raises.",
        {"type": BODY, "body": "hello", "more_body": True},
    ),
    _later(
        "send-body-none",
        "A body that is None raises.",
        {"type": BODY, "body": None, "more_body": True},
    ),
    _later(
        "send-body-number",
        "A body that is a number raises.",
        {"type": BODY, "body": 5, "more_body": True},
    ),
    _untimely(
        _later,
        "send-start-twice",
        "What becomes of a second start is reported.",
        {"type": START, "status": 201, "headers": FIVE},
    ),
    _later(
        "send-websocket-event-to-http",
        "An event of another protocol raises.",
        {"type": "websocket.send", "text": "hello"},
    ),
    _untimely(
        _first,
        "send-body-before-start",
        "What becomes of a body before the start is reported.",
        {"type": BODY, "body": b"hello", "more_body": True},
    ),
    Case(
        "send-extra-keys",
        "should",
        "Keys that nobody knows do not raise.",
        EXTRA,
        (Say(request(CLOSE)), Hear()),
        (answers(200), send_did_not_raise()),
        script=(
            ReadBody(),
            Send({"type": START, "status": 200, "headers": FIVE, "x-extra": 1}),
            Send({"type": BODY, "body": b"hello", "x-extra": {"a": [1]}}),
        ),
    ),
    Case(
        "send-headers-as-lists",
        "must",
        "Headers may be lists of lists, or any other iterable.",
        www("response-start-send-event", "An iterable of [name, value] two-item"),
        (Say(request(CLOSE)), Hear()),
        (answers(200), send_did_not_raise()),
        script=(
            ReadBody(),
            Send(
                {"type": START, "status": 200, "headers": [[b"content-length", b"5"]]}
            ),
            Send({"type": BODY, "body": b"hello"}),
        ),
    ),
    Case(
        "send-after-final-body",
        "unclear",
        "A message after the final body is ignored.",
        IGNORED,
        (Say(request(CLOSE)), Hear()),
        (answers(200), of_call("no exception out of send()", _no_error_after_end)),
        script=(
            ReadBody(),
            Send({"type": START, "status": 200, "headers": FIVE}),
            Send({"type": BODY, "body": b"hello"}),
            Send({"type": BODY, "body": b"more"}, may_raise=True),
        ),
    ),
    Case(
        "send-after-final-body-adds-nothing",
        "must",
        "A message after the final body never reaches the client.",
        IGNORED,
        (Say(request() + request(CLOSE, target=b"/<case>/second")), Hear(2, 1.5)),
        (either(answers(200, 200), both(answers(200), closed())),),
        script=(
            ReadBody(),
            Send({"type": START, "status": 200, "headers": FIVE}),
            Send({"type": BODY, "body": b"hello"}),
            Send({"type": BODY, "body": b"more"}, may_raise=True),
        ),
    ),
)
