"""Rules of WSGI on the `response_headers` of `start_response`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from asgi_compare.judge.rules.engine.examples import sent, wsgi
from asgi_compare.judge.rules.engine.judge_wsgi import WsgiJudge, headers_of
from asgi_compare.judge.rules.engine.rule import PEP, Example, rule
from asgi_compare.judge.rules.engine.values import ENTRIES, entries, kind, shown

CALLABLE = PEP + "the-start-response-callable"
OTHER = PEP + "other-http-features"
UNICODE = PEP + "unicode-issues"
YIELD = sent("yield", body=b"hello")


def _start(status: Any = "200 OK", headers: Any = ()) -> Example:
    headers = list(headers) if type(headers) is tuple and not headers else headers
    return wsgi(sent("start_response", status=status, response_headers=headers), YIELD)


CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@rule(
    "wsgi/not-latin-1",
    "application",
    "must",
    "sent start_response",
    quote="It is a fatal error for an application to supply strings containing any "
    "other Unicode character or code point",
    link=UNICODE,
    statement="The `status` and the headers hold only characters that latin-1 has.",
    why="The server encodes them as latin-1, and fails at others.",
    hint="Encode text as RFC 8187 says, or percent-encode it.",
    breaks=_start(headers=[("X-Price", "1 \u20ac")]),
    keeps=_start(headers=[("X-Name", "caf\xe9")]),
)
def not_latin_1(judge: WsgiJudge, event: dict[str, Any]) -> Iterator[str]:
    texts = [event.get("status")]
    for _, name, value in _fields(event):
        texts += [name, value]
    for text in texts:
        if isinstance(text, str) and any(ord(character) > 255 for character in text):
            yield f"Expected latin-1, but got {shown(text)}"


def _fields(event: dict[str, Any]) -> Iterator[tuple[Any, Any, Any]]:
    """Return (entry, name, value) of the entries that are pairs."""
    for entry in entries(headers_of(event)) or ():
        both = entries(entry)
        if both is not None and len(both) == 2:
            yield entry, both[0], both[1]


@rule(
    "wsgi/headers-not-list",
    "application",
    "must",
    "sent start_response",
    quote="It must be a Python list; i.e. type(response_headers) is ListType",
    link=CALLABLE,
    statement="The `response_headers` are a list, and no subclass of it.",
    why="A server may change it in place.",
    hint="Call `list()` on what you have.",
    breaks=_start(headers=(("Content-Type", "text/plain"),)),
    keeps=_start(headers=[("Content-Type", "text/plain")]),
)
def headers_not_list(judge: WsgiJudge, event: dict[str, Any]) -> Iterator[str]:
    headers = headers_of(event)
    if type(headers) is not list:
        yield f"Expected response_headers that are a list, but got {kind(headers)}"


@rule(
    "wsgi/header-not-tuple",
    "application",
    "must",
    "sent start_response",
    quote="a list of (header_name, header_value) tuples",
    link=CALLABLE,
    statement="Each header is a tuple of two native strings.",
    why="A server unpacks each into a name and a value, and encodes both.",
    hint="Write ('Content-Length', str(length)).",
    breaks=_start(headers=[("X-Count", 5)]),
    keeps=_start(headers=[("X-Count", "5")]),
)
def header_not_tuple(judge: WsgiJudge, event: dict[str, Any]) -> Iterator[str]:
    headers = headers_of(event)
    # Of anything but a list, another rule says what is wrong.
    for entry in headers[:ENTRIES] if isinstance(headers, (list, tuple)) else ():
        if (
            not isinstance(entry, tuple)
            or len(entry) != 2
            or not all(isinstance(part, str) for part in entry)
        ):
            yield f"Expected a tuple of two str, but got {shown(entry)}"


TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


@rule(
    "wsgi/header-name",
    "application",
    "must",
    "sent start_response",
    quote="a valid HTTP header field-name (as defined by RFC 2616, Section 4.2), "
    "without a trailing colon or other punctuation",
    link=CALLABLE,
    statement="The name of a header is a token: letters, digits and a few marks.",
    why="A space or a line break in it lets somebody write headers of their own.",
    hint="Leave the colon away.",
    breaks=_start(headers=[("X-Name:", "a")]),
    keeps=_start(headers=[("X_Name", "a")]),
)
def header_name(judge: WsgiJudge, event: dict[str, Any]) -> Iterator[str]:
    for _, name, _ in _fields(event):
        latin = isinstance(name, str) and all(ord(letter) < 256 for letter in name)
        if latin and not TOKEN.fullmatch(name):
            yield f"Expected a header name that is a token, but got {shown(name)}"


@rule(
    "wsgi/header-control-character",
    "application",
    "must",
    "sent start_response",
    quote="Each header_value must not include any control characters, including "
    "carriage returns or linefeeds, either embedded or at the end",
    link=CALLABLE,
    statement="The value of a header holds no control characters, not even a tab.",
    why="A line break in it lets somebody write headers of their own.",
    hint="Encode or refuse what a user sent before it goes into a header.",
    breaks=_start(headers=[("X-Name", "a\nX-Other: b")]),
    keeps=_start(headers=[("X-Name", "a b")]),
)
def header_control_character(judge: WsgiJudge, event: dict[str, Any]) -> Iterator[str]:
    for _, name, value in _fields(event):
        if isinstance(value, str) and CONTROL.search(value):
            yield f"Expected no control characters in {shown(name)}: {shown(value)}"


# RFC 2616 13.5.1, which the PEP names.
HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailers",
        "transfer-encoding",
        "upgrade",
    }
)


@rule(
    "wsgi/hop-by-hop-header",
    "application",
    "must",
    "sent start_response",
    quote='WSGI applications must not generate any "hop-by-hop" headers',
    link=OTHER,
    statement="No header is one of the hop-by-hop headers of HTTP/1.1.",
    why="They speak of the connection, which is the server's.",
    hint="Leave Connection and Transfer-Encoding to the server.",
    breaks=_start(headers=[("Transfer-Encoding", "identity")]),
    keeps=_start(headers=[("Content-Encoding", "identity")]),
)
def hop_by_hop_header(judge: WsgiJudge, event: dict[str, Any]) -> Iterator[str]:
    for _, name, _ in _fields(event):
        if isinstance(name, str) and name.lower() in HOP_BY_HOP:
            yield f"Expected no hop-by-hop header, but got {name!r}"
