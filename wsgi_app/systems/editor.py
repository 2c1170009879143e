"""An editor without WebSockets: one text, and many who type in it at once.

WSGI has a request and its response, and no more. So a connection is a thing with a name
that a client makes, speaks to, and listens to by requests:

    GET    /systems/editor/                  the page
    POST   /systems/editor/token             a token for the user that the body names
    POST   /systems/editor/connections       makes a connection, and says its name:
                                             `?token=...&document=...&since=...`
    POST   /systems/editor/connections/NAME  says what stands in the body
    GET    /systems/editor/connections/NAME  what has come: at once, or when it comes
                                             (long poll); as `text/event-stream`, if
                                             that is accepted, all that will come
    DELETE /systems/editor/connections/NAME  leaves

Yjs needs a WebSocket, so the other engine is not here. Each who listens takes a thread
of the server, and each edit is a request. A server with several processes must send all
requests of one connection to the same one.
"""

import json
from collections.abc import Iterator
from time import time
from wsgiref.types import StartResponse

from asgi_compare.domain.systems import sse
from asgi_compare.domain.systems.chat.entrance import (
    ALLOWED_ORIGINS,
    sign_in,
)
from asgi_compare.domain.systems.editor.entrance import asked_for
from asgi_compare.domain.systems.editor.shared import AWAY
from asgi_compare.domain.systems.editor.threads import Client, ThreadHub
from asgi_compare.domain.systems.pages import EDITOR, HEADERS
from asgi_compare.domain.systems.tokens import origin_allowed
from asgi_compare.domain.systems.untrusted import Refused
from wsgi_app.environ import (
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
LONGEST = HUB.desk.limits.frame_bytes
"""Bytes of a body that are read."""
LONGEST_WAIT = 20.0
"""Seconds that a long poll may take; a proxy gives up after 30 or 60."""
PULSE = 0.5
"""Seconds after which a stream with nothing to say sends a comment: only who writes
hears that the client has left."""


def editor_page(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with the page."""
    return respond(start_response, EDITOR.read_bytes(), 200, HEADERS.items())


def editor_token(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with a token, which opens one connection."""
    token = sign_in(short_body(environ), time())
    if isinstance(token, Refused):
        return refuse(start_response, token, 400)
    no_store = [("cache-control", "no-store")]
    return json_object(start_response, {"token": token}, 200, no_store)


def editor_connections(environ: Environ, start_response: StartResponse) -> Body:
    """Make a connection for who has a good token, and comes from a page of ours."""
    if not origin_allowed(environ.get("HTTP_ORIGIN"), ALLOWED_ORIGINS):
        return refuse(start_response, Refused("origin", "The Origin is not ours."), 403)
    asked = asked_for(query(environ), time())
    if isinstance(asked, Refused):
        return refuse(start_response, asked, 403)
    try:
        if not HUB.first(asked.token.nonce, asked.token.expires, time()):
            used = Refused("used-token", "The token has been used; fetch a new one.")
            return refuse(start_response, used, 403)
    except ConnectionError:
        return refuse(start_response, AWAY, 503)
    client = HUB.connect(asked.token.user, asked.document, asked.since)
    if isinstance(client, Refused):
        return refuse(start_response, client, 403)
    return json_object(start_response, {"connection": client.name}, 201)


def editor_connection(
    environ: Environ, start_response: StartResponse, name: str
) -> Body:
    """Say something on a connection, listen to it, or leave."""
    client = HUB.find(name)
    if client is None:
        gone = Refused("not-connected", "The connection has expired; come back.")
        return refuse(start_response, gone, 404)
    if environ["REQUEST_METHOD"] == "POST":
        HUB.receive(client, short_body(environ))
    elif environ["REQUEST_METHOD"] == "DELETE":
        HUB.disconnect(client)
    elif sse.CONTENT_TYPE in environ.get("HTTP_ACCEPT", ""):
        headers = [("content-type", sse.CONTENT_TYPE), ("cache-control", "no-store")]
        start_response(status_line(200), headers)
        return stream_of(client)
    else:
        texts = HUB.take(client, min(number(environ, "timeout", 20), LONGEST_WAIT))
        content = {"messages": [json.loads(text) for text in texts]}
        if client.ended and not texts:
            content["ended"] = list(client.ended)
            HUB.disconnect(client)
        return json_object(
            start_response, content, 200, [("cache-control", "no-store")]
        )
    return respond(start_response, b"", 204, ())


def stream_of(client: Client) -> Iterator[bytes]:
    """Return what comes for a client as events, until it has to come back."""
    yield sse.format_comment("connected").encode()
    while True:
        texts = HUB.take(client, PULSE)
        yield "".join(map(sse.format_event, texts)).encode() or b": \n\n"
        if client.ended and not texts:
            break
    code, reason = client.ended
    ended = json.dumps({"code": code, "reason": reason})
    yield sse.format_event(ended, event="ended").encode()
    HUB.disconnect(client)


def short_body(environ: Environ) -> bytes:
    """Return the body, or its beginning if it is longer than anything we take."""
    body = b""
    for piece in body_pieces(environ):
        body += piece
        if len(body) > LONGEST:
            break
    return body


def refuse(start_response: StartResponse, why: Refused, status: int) -> Body:
    """Answer with the reason."""
    return json_object(start_response, {"error": why.sentence}, status)


HTTP = {
    "/systems/editor/": (editor_page, ("GET", "HEAD")),
    "/systems/editor/token": (editor_token, ("POST",)),
    "/systems/editor/connections": (editor_connections, ("POST",)),
}
PATTERNS = {
    r"/systems/editor/connections/(?P<name>[\w-]{1,64})": (
        editor_connection,
        ("GET", "POST", "DELETE"),
    ),
}
