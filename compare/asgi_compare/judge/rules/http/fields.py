"""For a response in ASGI, for one in WSGI, and for the
refusal of a WebSocket. Names and values with characters that HTTP forbids are judged
here for ASGI only; PEP 3333 has sentences of its own about them (`wsgi_start`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from asgi_compare.judge.rules.engine.examples import REQUEST, http, sent
from asgi_compare.judge.rules.engine.judge import Judge
from asgi_compare.judge.rules.engine.response import Response
from asgi_compare.judge.rules.engine.rule import RFC9110, WWW, Example, rule
from asgi_compare.judge.rules.engine.values import entries, pairs, shown

HEADS = ("head http", "head websocket", "head wsgi")
ASGI_FIELDS = (
    "head http",
    "head websocket",
    "sent websocket.accept",
    "sent http.response.trailers",
    "sent http.response.push",
    "sent http.response.early_hint",
)
"""Where fields are on their way into a message of HTTP, besides in a head."""
TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


def _fields(subject: Response | dict[str, Any]) -> Iterable[tuple[bytes, bytes]]:
    """Return the fields of a head, or of any other event that has some."""
    if isinstance(subject, Response):
        return subject.head.fields
    links = entries(subject.get("links")) or ()
    hints = [(b"link", link) for link in links if isinstance(link, bytes)]
    return (*pairs(subject.get("headers", ())), *hints)


def _with(status: int, *fields: tuple[bytes, bytes]) -> Example:
    start = sent("http.response.start", status=status, headers=list(fields))
    return http(REQUEST, start, sent("http.response.body"))


@rule(
    "http/status-range",
    "application",
    "must",
    HEADS,
    quote="Values outside the range 100..599 are invalid",
    link=RFC9110 + "15",
    statement="The status of a response lies between 100 and 599.",
    why="Clients treat others as a broken response, or as a 500.",
    hint="Use 400 for what is wrong with a request, 500 for what is wrong with you.",
    breaks=_with(999),
    keeps=_with(599),
)
def status_range(judge: Judge, response: Response) -> Iterator[str]:
    status = response.head.status
    if status is not None and not 100 <= status <= 599:
        yield f"Expected a status between 100 and 599, but got {shown(status)}"


@rule(
    "http/interim-status",
    "application",
    "must",
    HEADS,
    quote="an interim response for communicating connection status or request "
    "progress prior to completing the requested action and sending a final response",
    link=RFC9110 + "15.2",
    statement="The status of a final response is not 1xx.",
    why="The client goes on waiting for the final one.",
    hint="Use the extension for early hints, or the accept of a WebSocket.",
    breaks=_with(103),
    keeps=_with(204),
)
def interim_status(judge: Judge, response: Response) -> Iterator[str]:
    status = response.head.status
    if status is not None and 100 <= status <= 199:
        yield f"Expected the status of a final response, but got {status}"


@rule(
    "http/field-name",
    "application",
    "must",
    ASGI_FIELDS,
    quote="field-name = token",
    link=RFC9110 + "5.1",
    statement="The name of a field is a token: letters, digits and a few marks.",
    why="A space or a line break in a name lets somebody write fields of their own.",
    hint="Leave the colon away, and never build names from what a user sent.",
    breaks=_with(200, (b"x name", b"1")),
    keeps=_with(200, (b"x_name!", b"1")),
)
def field_name(judge: Judge, subject: Response | dict[str, Any]) -> Iterator[str]:
    for name, _ in _fields(subject):
        # A pseudo header breaks the rule about those.
        if not TOKEN.fullmatch(name) and not name.startswith(b":"):
            yield f"Expected a field name that is a token, but got {shown(name)}"


CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


@rule(
    "http/field-value",
    "application",
    "must",
    ASGI_FIELDS,
    quote="Field values containing CR, LF, or NUL characters are invalid and dangerous",
    link=RFC9110 + "5.5",
    statement="The value of a field holds no control characters, but for tabs.",
    why="A line break in a value lets somebody write fields of their own.",
    hint="Encode or refuse what a user sent before it goes into a field.",
    breaks=_with(200, (b"x-name", b"a\r\nx-other: b")),
    keeps=_with(200, (b"x-name", b"a\tb \xe9")),
)
def field_value(judge: Judge, subject: Response | dict[str, Any]) -> Iterator[str]:
    for name, value in _fields(subject):
        if CONTROL.search(value):
            yield f"Expected no control characters in {name!r}, but got {shown(value)}"


@rule(
    "http/field-value-blanks",
    "application",
    "should",
    (*ASGI_FIELDS, "head wsgi"),
    quote="A field value does not include leading or trailing whitespace",
    link=RFC9110 + "5.5",
    statement="The value of a field neither begins nor ends with a blank.",
    why="HTTP/1.1 drops the blanks; over HTTP/2 the response is malformed.",
    hint="Call `.strip()` on the value.",
    breaks=_with(200, (b"x-name", b" a")),
    keeps=_with(200, (b"x-name", b"a b")),
)
def field_value_blanks(
    judge: Judge, subject: Response | dict[str, Any]
) -> Iterator[str]:
    # Of tabs PEP 3333 has a sentence of its own.
    blanks = b" " if judge.protocol == "wsgi" else b" \t"
    for name, value in _fields(subject):
        if value.strip(blanks) != value:
            yield f"Expected no blanks around the value of {name!r}, but got {value!r}"


@rule(
    "http/content-length-value",
    "application",
    "must",
    HEADS,
    quote="Content-Length = 1*DIGIT",
    link=RFC9110 + "8.6",
    statement="Content-Length is a number in decimal digits.",
    why="It says where the response ends, and what follows is another.",
    hint="Write `str(len(body))`.",
    breaks=_with(200, (b"content-length", b"+0")),
    keeps=_with(200, (b"content-length", b"0")),
)
def content_length_value(judge: Judge, response: Response) -> Iterator[str]:
    for value in response.head.values(b"content-length"):
        if not value.isdigit():
            yield f"Expected a Content-Length in digits, but got {shown(value)}"


# Fields whose definition has no list, as far as applications send them.
SINGLE = frozenset(
    {
        b"age",
        b"content-length",
        b"content-location",
        b"content-range",
        b"content-type",
        b"date",
        b"etag",
        b"expires",
        b"last-modified",
        b"location",
        b"retry-after",
        b"server",
    }
)


@rule(
    "http/single-field-repeated",
    "application",
    "must",
    HEADS,
    quote="a sender MUST NOT generate multiple field lines with the same name in a "
    "message",
    link=RFC9110 + "5.3",
    statement="A field that is no list, such as Content-Type, is there once at most.",
    why="Of two, clients and proxies take different ones.",
    hint="Replace the field instead of adding another.",
    breaks=_with(200, (b"content-type", b"text/html"), (b"content-type", b"a/b")),
    keeps=_with(200, (b"vary", b"cookie"), (b"vary", b"accept")),
)
def single_field_repeated(judge: Judge, response: Response) -> Iterator[str]:
    seen = [name for name, _ in response.head.fields]
    for name in sorted(SINGLE.intersection(seen)):
        if seen.count(name) > 1:
            yield f"Expected one {name!r}, but got {seen.count(name)}"


FOLDED = re.compile(rb",\s*[!#$%&'*+\-.^_`|~0-9A-Za-z]+=")
QUOTED = re.compile(rb'"[^"]*"')
# RFC 6265 4.1.1: the value of a path ends at a semicolon, and may hold a comma. A blank
# behind that comma is how fields are folded.
PATH = re.compile(rb";\s*path=[^;\s]*[^;\s,]", re.IGNORECASE)


@rule(
    "http/set-cookie-folded",
    "application",
    "must",
    HEADS,
    quote="it may appear repeatedly, but cannot be concatenated by commas (or anything "
    "else) into a single header field",
    link=WWW + "http",
    statement="Each cookie has a Set-Cookie field of its own.",
    why="A client takes all of it for one cookie, and loses the others.",
    hint="Send one pair (b'set-cookie', ...) for each cookie.",
    breaks=_with(200, (b"set-cookie", b"a=1; Path=/, b=2")),
    keeps=_with(
        200,
        (b"set-cookie", b"a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT"),
        (b"set-cookie", b"b=2"),
    ),
)
def set_cookie_folded(judge: Judge, response: Response) -> Iterator[str]:
    for value in response.head.values(b"set-cookie"):
        if FOLDED.search(PATH.sub(b"", QUOTED.sub(b"", value))):
            yield f"Expected one cookie in a Set-Cookie, but got {shown(value)}"


ETAG = re.compile(rb'(W/)?"[\x21\x23-\x7e\x80-\xff]*"')


@rule(
    "http/etag",
    "application",
    "must",
    HEADS,
    quote="entity-tag = [ weak ] opaque-tag",
    link=RFC9110 + "8.8.3",
    statement="An ETag is a text in double quotes, with `W/` before it if it is weak.",
    why="Clients send it back in lists, and compare it by its quotes.",
    hint="Put the tag into double quotes.",
    breaks=_with(200, (b"etag", b"abc")),
    keeps=_with(200, (b"etag", b'W/"abc"')),
)
def etag(judge: Judge, response: Response) -> Iterator[str]:
    for value in response.head.values(b"etag"):
        if not ETAG.fullmatch(value):
            yield f"Expected an ETag in double quotes, but got {shown(value)}"


DATE = re.compile(
    rb"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d "
    rb"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT"
)
DATES = (b"date", b"expires", b"last-modified", b"retry-after")
NUMBERS = (b"expires", b"retry-after")


@rule(
    "http/date",
    "application",
    "must",
    HEADS,
    quote="When a sender generates a field that contains one or more timestamps "
    "defined as HTTP-date, the sender MUST generate those timestamps in the "
    "IMF-fixdate format",
    link=RFC9110 + "5.6.7",
    statement="Dates in fields are written as `Sun, 06 Nov 1994 08:49:37 GMT`.",
    why="Clients that cannot read the date do not cache.",
    hint="Use `email.utils.format_datetime(..., usegmt=True)`.",
    breaks=_with(200, (b"last-modified", b"2026-08-10T12:00:00Z")),
    keeps=_with(200, (b"last-modified", b"Mon, 10 Aug 2026 12:00:00 GMT")),
)
def date(judge: Judge, response: Response) -> Iterator[str]:
    for name in DATES:
        for value in response.head.values(name):
            # `Expires: 0` holds no date, and Retry-After may be a number of seconds.
            number = name in NUMBERS and value.lstrip(b"-").isdigit()
            if not number and not DATE.fullmatch(value):
                yield f"Expected an HTTP date in {name!r}, but got {shown(value)}"
