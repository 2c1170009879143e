"""Rules of HTTP on what certain statuses ask for.

RFC 9110 says of a few statuses that a field must, or should, come with them. Without it
a client cannot do what the status asks.
"""

from __future__ import annotations

from collections.abc import Iterator

from asgi_compare.judge.rules.engine.examples import REQUEST, http, sent
from asgi_compare.judge.rules.engine.judge import Judge
from asgi_compare.judge.rules.engine.response import Response
from asgi_compare.judge.rules.engine.rule import RFC9110, Example, rule

HEADS = ("head http", "head websocket", "head wsgi")


def _with(status: int, *fields: tuple[bytes, bytes]) -> Example:
    start = sent("http.response.start", status=status, headers=list(fields))
    return http(REQUEST, start, sent("http.response.body"))


def _needs(response: Response, status: int, name: bytes) -> Iterator[str]:
    if response.head.status == status and response.head.lacks(name):
        yield f"Expected the field {name!r} with the status {status}, but got none"


@rule(
    "http/401-without-challenge",
    "application",
    "must",
    HEADS,
    quote="The server generating a 401 response MUST send a WWW-Authenticate header "
    "field ... containing at least one challenge",
    link=RFC9110 + "15.5.2",
    statement="A 401 comes with WWW-Authenticate.",
    why="Without it a client does not know how to log in.",
    hint="Name a scheme, such as `Bearer`; or answer 403.",
    breaks=_with(401),
    keeps=_with(401, (b"www-authenticate", b"Bearer")),
)
def unauthorized(judge: Judge, response: Response) -> Iterator[str]:
    yield from _needs(response, 401, b"www-authenticate")


@rule(
    "http/405-without-allow",
    "application",
    "must",
    HEADS,
    quote="The origin server MUST generate an Allow header field in a 405 response",
    link=RFC9110 + "15.5.6",
    statement="A 405 comes with Allow.",
    why="It says which methods would do.",
    hint="List the methods of the resource; an empty list is allowed.",
    breaks=_with(405),
    keeps=_with(405, (b"allow", b"GET, HEAD")),
)
def method_not_allowed(judge: Judge, response: Response) -> Iterator[str]:
    yield from _needs(response, 405, b"allow")


@rule(
    "http/407-without-challenge",
    "application",
    "must",
    HEADS,
    quote="The proxy MUST send a Proxy-Authenticate header field",
    link=RFC9110 + "15.5.8",
    statement="A 407 comes with Proxy-Authenticate.",
    why="Without it a client does not know how to log in.",
    hint="Only a proxy answers 407; an application answers 401.",
    breaks=_with(407),
    keeps=_with(407, (b"proxy-authenticate", b"Basic")),
)
def proxy_authentication(judge: Judge, response: Response) -> Iterator[str]:
    # PEP 3333, Other HTTP Features: hop-by-hop fields are not WSGI's to send.
    if judge.protocol != "wsgi":
        yield from _needs(response, 407, b"proxy-authenticate")


@rule(
    "http/426-without-upgrade",
    "application",
    "must",
    HEADS,
    quote="The server MUST send an Upgrade header field in a 426 response to indicate "
    "the required protocol(s)",
    link=RFC9110 + "15.5.22",
    statement="A 426 comes with Upgrade.",
    why="It says which protocol would do.",
    hint="Name the protocol, such as `websocket`.",
    breaks=_with(426),
    keeps=_with(426, (b"upgrade", b"websocket")),
)
def upgrade_required(judge: Judge, response: Response) -> Iterator[str]:
    # PEP 3333, Other HTTP Features: hop-by-hop fields are not WSGI's to send.
    if judge.protocol != "wsgi":
        yield from _needs(response, 426, b"upgrade")


@rule(
    "http/206-without-range",
    "application",
    "must",
    HEADS,
    quote="If a single part is being transferred, the server generating the 206 "
    "response MUST generate a Content-Range header field",
    link=RFC9110 + "15.3.7.1",
    statement="A 206 comes with Content-Range, or with several parts.",
    why="A client does not know where the part belongs.",
    hint="Write `bytes first-last/length`.",
    breaks=_with(206),
    keeps=_with(206, (b"content-type", b"multipart/byteranges; boundary=x")),
)
def partial_content(judge: Judge, response: Response) -> Iterator[str]:
    types = response.head.values(b"content-type")
    if not any(t.lower().startswith(b"multipart/byteranges") for t in types):
        yield from _needs(response, 206, b"content-range")


@rule(
    "http/206-range-beside-parts",
    "application",
    "must",
    HEADS,
    quote="a server MUST NOT generate a Content-Range header field in the HTTP header "
    "section of a multiple part response",
    link=RFC9110 + "15.3.7.2",
    statement="A 206 of several parts has its Content-Range in the parts.",
    why="A client would take the whole body for the one range.",
    hint="Write Content-Range into each part, and not into the header.",
    breaks=_with(
        206,
        (b"content-type", b"multipart/byteranges; boundary=x"),
        (b"content-range", b"bytes 0-1/2"),
    ),
    keeps=_with(206, (b"content-range", b"bytes 0-1/2")),
)
def range_beside_parts(judge: Judge, response: Response) -> Iterator[str]:
    head = response.head
    types = head.values(b"content-type")
    several = any(t.lower().startswith(b"multipart/byteranges") for t in types)
    if head.status == 206 and several and head.values(b"content-range"):
        yield "Expected no Content-Range beside multipart/byteranges, but got one"


@rule(
    "http/416-without-range",
    "application",
    "should",
    HEADS,
    quote="A server that generates a 416 response to a byte-range request SHOULD "
    "generate a Content-Range header field specifying the current length",
    link=RFC9110 + "15.5.17",
    statement="A 416 comes with Content-Range.",
    why="A client learns from it how long the file is.",
    hint="Write `bytes */length`.",
    breaks=_with(416),
    keeps=_with(416, (b"content-range", b"bytes */10")),
)
def range_not_satisfiable(judge: Judge, response: Response) -> Iterator[str]:
    yield from _needs(response, 416, b"content-range")


@rule(
    "http/redirect-without-location",
    "application",
    "should",
    HEADS,
    quote="The server SHOULD generate a Location header field in the response",
    link=RFC9110 + "15.4.2",
    statement="A 301, 302, 307 or 308 comes with Location.",
    why="A client does not know where to go.",
    hint="Say in Location where the resource is now.",
    breaks=_with(302),
    keeps=_with(302, (b"location", b"/there")),
)
def redirect_without_location(judge: Judge, response: Response) -> Iterator[str]:
    for status in (301, 302, 307, 308):
        yield from _needs(response, status, b"location")
