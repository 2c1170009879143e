"""The status and the headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from asgi_compare.judge.rules.engine.examples import Step, sent, wsgi
from asgi_compare.judge.rules.engine.judge_wsgi import WsgiJudge
from asgi_compare.judge.rules.engine.rule import PEP, Example, rule
from asgi_compare.judge.rules.engine.values import shown

CALLABLE = PEP + "the-start-response-callable"
YIELD = sent("yield", body=b"hello")
START = sent("start_response", status="200 OK", response_headers=[])


def _replace(exc_info: Any) -> Step:
    call = {"status": "500 Oops", "response_headers": [], "exc_info": exc_info}
    return sent("start_response", **call)


REPLACED = _replace("OSError: no")


def _start(status: Any = "200 OK", headers: Any = ()) -> Example:
    headers = list(headers) if type(headers) is tuple and not headers else headers
    return wsgi(sent("start_response", status=status, response_headers=headers), YIELD)


@rule(
    "wsgi/status-not-str",
    "application",
    "must",
    "sent start_response",
    quote="The status argument is an HTTP status string",
    link=CALLABLE,
    statement="The `status` is a native string.",
    why="The server writes it behind the version on the status line.",
    hint="Write '200 OK', not 200 and not b'200 OK'.",
    breaks=_start(b"200 OK"),
    keeps=_start("404 Not Found"),
)
def status_not_str(judge: WsgiJudge, event: dict[str, Any]) -> Iterator[str]:
    if not isinstance(status := event.get("status"), str):
        yield f"Expected a status that is a str, but got {shown(status)}"


STATUS = re.compile(r"[0-9]{3} (\S(.*\S)?)?", re.DOTALL)
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@rule(
    "wsgi/status-format",
    "application",
    "must",
    "sent start_response",
    quote="a Status-Code and a Reason-Phrase, in that order and separated by a single "
    "space, with no surrounding whitespace or other characters",
    link=CALLABLE,
    statement="The `status` is three digits, one space and a reason.",
    why="A server cuts it at the space.",
    hint="Write '200 OK'; `http.HTTPStatus(200).phrase` has the reason.",
    breaks=_start("200"),
    keeps=_start("299 Quite All Right"),
)
def status_format(judge: WsgiJudge, event: dict[str, Any]) -> Iterator[str]:
    status = event.get("status")
    if not isinstance(status, str) or CONTROL.search(status):
        return
    if not STATUS.fullmatch(status):
        yield f"Expected a status such as '200 OK', but got {shown(status)}"


@rule(
    "wsgi/status-control-character",
    "application",
    "must",
    "sent start_response",
    quote="The string must not contain control characters, and must not be terminated "
    "with a carriage return, linefeed, or combination thereof",
    link=CALLABLE,
    statement="The `status` holds no control characters.",
    why="A line break in it lets somebody write headers of their own.",
    hint="Never build a reason from what a user sent.",
    breaks=_start("200 OK\r\n"),
    keeps=_start("200 OK"),
)
def status_control_character(judge: WsgiJudge, event: dict[str, Any]) -> Iterator[str]:
    status = event.get("status")
    if isinstance(status, str) and CONTROL.search(status):
        yield f"Expected a status without control characters, but got {shown(status)}"


@rule(
    "wsgi/start-response-twice",
    "application",
    "must",
    "sent start_response",
    quote="it is a fatal error to call start_response without the exc_info argument if "
    "start_response has already been called",
    link=CALLABLE,
    statement="A second call of `start_response` comes with `exc_info`.",
    why="Only an error may replace headers that were settled.",
    hint="Pass `sys.exc_info()` from the error handler, or call it once.",
    breaks=wsgi(
        START,
        START,
        YIELD,
    ),
    keeps=wsgi(
        START,
        sent(
            "start_response",
            status="500 Oops",
            response_headers=[],
            exc_info="OSError: no",
        ),
        YIELD,
    ),
)
def start_response_twice(judge: WsgiJudge, event: dict[str, Any]) -> Iterator[str]:
    if judge.started and event.get("exc_info") is None:
        yield "Expected exc_info with the second start_response, but got none"


@rule(
    "wsgi/exc-info",
    "application",
    "must",
    "sent start_response",
    quote="The exc_info argument, if supplied, must be a Python sys.exc_info() tuple",
    link=CALLABLE,
    statement="`exc_info` is a tuple as `sys.exc_info()` gives it.",
    why="The server raises the exception again with its traceback.",
    hint="Pass `sys.exc_info()`, and not the exception.",
    breaks=wsgi(
        sent(
            "start_response",
            status="500 Oops",
            response_headers=[],
            exc_info=OSError("no"),
        ),
        YIELD,
    ),
    keeps=wsgi(
        _replace((OSError, OSError("no"), None)),
        YIELD,
    ),
)
def exc_info(judge: WsgiJudge, event: dict[str, Any]) -> Iterator[str]:
    value = event.get("exc_info")
    # A recorder may keep the text of it, so as not to keep the frames alive.
    if value is None or isinstance(value, (str, bool)):
        return
    if (
        not isinstance(value, (tuple, list))
        or len(value) != 3
        or not isinstance(value[1], (BaseException, str))
        or not isinstance(value[2], (TracebackType, type(None), str))
    ):
        yield f"Expected exc_info as sys.exc_info() gives it, but got {shown(value)}"


@rule(
    "wsgi/exc-info-trapped",
    "application",
    "must",
    ("sent yield", "sent write", "sent start_response"),
    quote="The application must not trap any exceptions raised by start_response, if "
    "it called start_response with exc_info",
    link=CALLABLE,
    statement="What `start_response` raises for `exc_info` is let through.",
    why="The headers are gone already; only the server can break the response off.",
    hint="Do not call `start_response` inside the `try` that it is to report.",
    breaks=wsgi(
        START,
        YIELD,
        sent(
            "start_response",
            status="500 Oops",
            response_headers=[],
            exc_info="OSError: no",
        ),
        YIELD,
    ),
    keeps=wsgi(
        START,
        sent(
            "start_response",
            status="500 Oops",
            response_headers=[],
            exc_info="OSError: no",
        ),
        YIELD,
    ),
)
def exc_info_trapped(judge: WsgiJudge, event: dict[str, Any]) -> Iterator[str]:
    if judge.replaced_in_vain:
        yield f"Expected the exception to be let through, but got {event['type']!r}"
