"""A dashboard: figures that change, as server-sent events and by long polls.

    GET  /systems/dashboard/         the page
    POST /systems/dashboard/token    a token for the user that the body names
    POST /systems/dashboard/figures  a report: figures of a board, as they are now
    GET  /systems/dashboard/events   what changes: `?token=...&board=...`
    GET  /systems/dashboard/poll     the next change after `since`, as soon as there is
                                     one; 204 if none comes within `timeout` seconds

Each who listens takes a thread of the server. There is no WebSocket under WSGI.
"""

from collections.abc import Callable, Iterator
from time import time
from wsgiref.types import StartResponse

from asgi_compare.domain.systems import sse
from asgi_compare.domain.systems.chat.entrance import LONGEST_BODY, sign_in, token_shown
from asgi_compare.domain.systems.dashboard import format_event, to_json
from asgi_compare.domain.systems.dashboard.entrance import Asked, asked_for, status_of
from asgi_compare.domain.systems.dashboard.threads import ThreadHub
from asgi_compare.domain.systems.pages import DASHBOARD, HEADERS
from asgi_compare.domain.systems.untrusted import Refused
from wsgi_app.environ import (
    JSON,
    Body,
    Environ,
    body_pieces,
    json_object,
    number,
    query,
    respond,
    status_line,
)
from wsgi_app.systems.ports import broker

HUB = ThreadHub(broker())
LONGEST_WAIT = 20.0
"""Seconds that a long poll may take; a proxy gives up after 30 or 60."""
NO_STORE = ("cache-control", "no-store")
EVENTS = (
    ("content-type", sse.CONTENT_TYPE),
    NO_STORE,
    # nginx and others would collect small pieces; this asks them not to.
    ("x-accel-buffering", "no"),
)


def dashboard_page(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with the page."""
    return respond(start_response, DASHBOARD.read_bytes(), 200, HEADERS.items())


def dashboard_token(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with a token."""
    token = sign_in(short_body(environ), time())
    if isinstance(token, Refused):
        return refuse(start_response, token)
    return json_object(start_response, {"token": token}, 200, [NO_STORE])


def dashboard_figures(environ: Environ, start_response: StartResponse) -> Body:
    """Take a report. No page elsewhere can make one: it cannot set the header."""
    token = token_shown(environ.get("HTTP_AUTHORIZATION", ""), time())
    if isinstance(token, Refused):
        return refuse(start_response, token)
    refused = HUB.report(token.user, short_body(environ))
    if refused:
        return refuse(start_response, refused)
    return respond(start_response, b"", 204, ())


def dashboard_events(environ: Environ, start_response: StartResponse) -> Body:
    """Send what changes, until the client has left."""
    asked = allowed(environ)
    if isinstance(asked, Refused):
        return refuse(start_response, asked)
    start_response(status_line(200), list(EVENTS))
    return changes(asked)


def changes(asked: Asked) -> Iterator[bytes]:
    """Yield what changes, and signs of life: without, nobody hears of a leaving.

    The server closes it, and that lets the reader out. One that the server never began
    has not let any reader in.
    """
    for event in HUB.events(asked.token.user, asked.board, asked.position):
        yield (format_event(event) if event else sse.format_comment()).encode()


def dashboard_poll(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with the next change, as soon as there is one."""
    asked = allowed(environ)
    if isinstance(asked, Refused):
        return refuse(start_response, asked)
    seconds = min(number(environ, "timeout", 20), LONGEST_WAIT)
    event = HUB.poll(asked.token.user, asked.board, asked.position, seconds)
    if event is None:
        return respond(start_response, b"", 204, [NO_STORE])
    return respond(start_response, to_json(event).encode(), 200, [JSON, NO_STORE])


def allowed(environ: Environ) -> Asked | Refused:
    """Return what is asked for, if it may be."""
    last = environ.get("HTTP_LAST_EVENT_ID")
    asked = asked_for(query(environ), last, time())
    if isinstance(asked, Refused):
        return asked
    return HUB.why_not(asked.token.user, asked.board) or asked


def short_body(environ: Environ) -> bytes:
    """Return the body, or its beginning if it is longer than anything we take."""
    body = b""
    for piece in body_pieces(environ):
        body += piece
        if len(body) > LONGEST_BODY:
            break
    return body


def refuse(start_response: StartResponse, why: Refused) -> Body:
    """Answer with the reason."""
    return json_object(start_response, {"error": why.sentence}, status_of(why))


HTTP = {
    "/systems/dashboard/": (dashboard_page, ("GET", "HEAD")),
    "/systems/dashboard/token": (dashboard_token, ("POST",)),
    "/systems/dashboard/figures": (dashboard_figures, ("POST",)),
    "/systems/dashboard/events": (dashboard_events, ("GET",)),
    "/systems/dashboard/poll": (dashboard_poll, ("GET",)),
}
PATTERNS: dict[str, tuple[Callable[..., Body], tuple[str, ...]]] = {}
