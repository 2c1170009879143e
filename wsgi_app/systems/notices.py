"""Notices: one event, told to a user in many ways.

Read it beside `asgi_raw/systems/notices.py`; the addresses are the same, but for the
WebSocket. Who listens takes a thread of the server. Who sends are threads of this
process, from the first request on: WSGI has no start-up. A server that is used in
earnest has a process of its own for them.
"""

import os
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from time import time
from wsgiref.types import StartResponse

from asgi_compare.domain.systems import sse
from asgi_compare.domain.systems.chat.entrance import (
    LONGEST_BODY,
    sign_in,
    token_in,
    token_shown,
)
from asgi_compare.domain.systems.notices.desk import Desk
from asgi_compare.domain.systems.notices.letters import as_json
from asgi_compare.domain.systems.notices.news import (
    LONGEST_WAIT,
    events_in_thread,
    number_in,
    wait_in_thread,
)
from asgi_compare.domain.systems.notices.settings import read_settings
from asgi_compare.domain.systems.notices.threads import Senders
from asgi_compare.domain.systems.notices.wishes import (
    read_order,
    read_push,
    read_wishes,
    status_of,
)
from asgi_compare.domain.systems.pages import HEADERS, NOTICES
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
from wsgi_app.systems.senders import channels
from wsgi_app.systems.store import Store

SETTINGS = read_settings(os.environ)
DESK = Desk(Store(), SETTINGS.schedule, SETTINGS.lease)
SENDERS = Senders(DESK, partial(channels, DESK, SETTINGS), SETTINGS)
NO_STORE = ("cache-control", "no-store")


def desk() -> Desk:
    """Return the desk, and see that somebody sends what is put on it."""
    SENDERS.begin()
    return DESK


def notices_page(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with the page."""
    return respond(start_response, NOTICES.read_bytes(), 200, HEADERS.items())


def notices_token(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with a token."""
    token = sign_in(short_body(environ), time())
    if isinstance(token, Refused):
        return refuse(start_response, token)
    return json_object(start_response, {"token": token}, 200, [NO_STORE])


Endpoint = Callable[[Environ, StartResponse], Body]


def with_user(endpoint: Callable[[Environ, StartResponse, str], Body]) -> Endpoint:
    """Call an endpoint with the user whose token the request has.

    No page elsewhere can make such a request: it cannot set the header.
    """

    def for_user(environ: Environ, start_response: StartResponse) -> Body:
        token = token_shown(environ.get("HTTP_AUTHORIZATION", ""), time())
        if isinstance(token, Refused):
            return refuse(start_response, token)
        return endpoint(environ, start_response, token.user)

    return for_user


@with_user
def notices_orders(environ: Environ, start_response: StartResponse, user: str) -> Body:
    """Take an order; its notice is written in the same transaction."""
    order = read_order(short_body(environ))
    if isinstance(order, Refused):
        return refuse(start_response, order)
    done = desk().order(user, order, time())
    if isinstance(done, Refused):
        return refuse(start_response, done)
    return json_object(start_response, {"order": done.id}, 201)


@with_user
def notices_preferences(
    environ: Environ, start_response: StartResponse, user: str
) -> Body:
    """Answer with how the user wants to be told, or remember it."""
    if environ["REQUEST_METHOD"] == "GET":
        document = desk().wishes(user).document.encode()
        return respond(start_response, document, 200, [JSON, NO_STORE])
    body = short_body(environ)
    refused = desk().wish(user, lambda wishes: read_wishes(body, wishes.push))
    if refused:
        return refuse(start_response, refused)
    return respond(start_response, b"", 204, ())


@with_user
def notices_subscription(
    environ: Environ, start_response: StartResponse, user: str
) -> Body:
    """Remember where the user's browser takes push messages."""
    push = read_push(short_body(environ), SETTINGS.push)
    if isinstance(push, Refused):
        return refuse(start_response, push)
    desk().wish(user, lambda wishes: wishes.with_push(push))
    return respond(start_response, b"", 204, ())


@with_user
def notices_outbox(environ: Environ, start_response: StartResponse, user: str) -> Body:
    """Answer with what has become of each delivery to the user."""
    content = {"deliveries": [asdict(each) for each in desk().outbox(user)]}
    return json_object(start_response, content, 200, [NO_STORE])


@with_user
def notices_flush(environ: Environ, start_response: StartResponse, user: str) -> Body:
    """Send now what waits for a digest, or for the end of quiet hours."""
    desk().flush(user, time())
    return respond(start_response, b"", 204, ())


@with_user
def notices_revive(environ: Environ, start_response: StartResponse, user: str) -> Body:
    """Try again what was given up."""
    desk().revive(user, time())
    return respond(start_response, b"", 204, ())


def notices_poll(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with the next notice, as soon as it is there."""
    token = token_in(query(environ), time())
    if isinstance(token, Refused):
        return refuse(start_response, token)
    seconds = min(number(environ, "timeout", 20), LONGEST_WAIT)
    found = wait_in_thread(desk(), token.user, since_of(environ), seconds)
    if not found:
        return respond(start_response, b"", 204, [NO_STORE])
    body = as_json(found[0][1], found[0][0]).encode()
    return respond(start_response, body, 200, [JSON, NO_STORE])


def notices_events(environ: Environ, start_response: StartResponse) -> Body:
    """Send what comes as server-sent events, until the server closes them."""
    token = token_in(query(environ), time())
    if isinstance(token, Refused):
        return refuse(start_response, token)
    last = number_in(environ.get("HTTP_LAST_EVENT_ID", ""))
    start_response(status_line(200), [("content-type", sse.CONTENT_TYPE), NO_STORE])
    return events_in_thread(desk(), token.user, last or since_of(environ))


def since_of(environ: Environ) -> int:
    """Return the number that the page has."""
    return number_in(dict(query(environ)).get("since", ""))


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
    "/systems/notices/": (notices_page, ("GET", "HEAD")),
    "/systems/notices/token": (notices_token, ("POST",)),
    "/systems/notices/orders": (notices_orders, ("POST",)),
    "/systems/notices/preferences": (notices_preferences, ("GET", "PUT")),
    "/systems/notices/subscription": (notices_subscription, ("PUT",)),
    "/systems/notices/outbox": (notices_outbox, ("GET",)),
    "/systems/notices/flush": (notices_flush, ("POST",)),
    "/systems/notices/revive": (notices_revive, ("POST",)),
    "/systems/notices/poll": (notices_poll, ("GET",)),
    "/systems/notices/events": (notices_events, ("GET",)),
}
PATTERNS: dict[str, tuple[Callable[..., Body], tuple[str, ...]]] = {}
