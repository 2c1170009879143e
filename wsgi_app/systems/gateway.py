"""A gateway: one request in, one or several out, and one answer back.

    GET /systems/gateway/                  the page
    GET /systems/gateway/status            how each upstream fares
    GET /systems/gateway/fan?of=a&of=b     the JSON of several, as one; `path` is what
                                           each is asked for, `required` who must answer
    *   /systems/gateway/pass/NAME/REST    what one upstream says, as it comes

Read it beside `asgi_raw/systems/gateway.py`. A request takes a thread for as long as it
lasts, and each part of a `fan` one more. That the client has left is learned from the
server, which closes the iterable when it cannot send a piece; before the first piece,
and while an upstream is silent, nobody learns it.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from time import monotonic
from wsgiref.types import StartResponse

from asgi_compare.domain.systems.gateway import (
    TOO_LONG,
    Deadline,
    Gate,
    Refusal,
    read_settings,
    to_client,
    to_upstream,
)
from asgi_compare.domain.systems.gateway.loop import Asked
from asgi_compare.domain.systems.gateway.threads import fan_out, open_answer
from asgi_compare.domain.systems.pages import GATEWAY, HEADERS
from wsgi_app.environ import (
    Body,
    ClosingBody,
    Environ,
    body_pieces,
    json_object,
    query,
    request_headers,
    respond,
    status_line,
)
from wsgi_app.systems.upstreams import XClient

GATE = Gate(read_settings(os.environ))
POOL = ThreadPoolExecutor(32)
client = cache(XClient)


def gateway_page(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with the page."""
    return respond(start_response, GATEWAY.read_bytes(), 200, HEADERS.items())


def gateway_status(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with the state of each breaker, and how many requests are open."""
    no_store = [("cache-control", "no-store")]
    return json_object(start_response, GATE.state(monotonic()), 200, no_store)


def gateway_fan(environ: Environ, start_response: StartResponse) -> Body:
    """Ask several upstreams at once, and answer with what has come in time."""
    if refusal := GATE.admit(caller(environ), monotonic()):
        return refuse(start_response, refusal)
    asked = query(environ)
    path = dict(asked).get("path", "json")
    urls = {name: GATE.address(name, path) for key, name in asked if key == "of"}
    found = {name: url for name, url in urls.items() if isinstance(url, str)}
    if len(found) < len(urls) or not found:
        return refuse(start_response, Refusal(400, "Expected `of` to name upstreams."))
    required = [name for key, name in asked if key == "required"]
    merged = fan_out(GATE, client(), POOL, found, required)
    return json_object(start_response, merged.document, merged.status)


def gateway_pass(
    environ: Environ, start_response: StartResponse, name: str, rest: str
) -> Body:
    """Pass a request on to an upstream, and its answer back, piece by piece."""
    if refusal := GATE.admit(caller(environ), monotonic()):
        return refuse(start_response, refusal)
    url = GATE.address(name, rest, environ.get("QUERY_STRING", ""))
    if isinstance(url, Refusal):
        return refuse(start_response, url)
    body = b""
    for part in body_pieces(environ):
        body += part
        if len(body) > GATE.settings.longest_body:
            return refuse(start_response, TOO_LONG)
    fields = [
        (k.encode("latin-1"), v.encode("latin-1")) for k, v in request_headers(environ)
    ]
    asked = Asked(environ["REQUEST_METHOD"], url, to_upstream(fields), body)
    http = client()  # to make the first one takes some time
    deadline = Deadline(monotonic() + GATE.settings.deadline)
    answer = open_answer(GATE, http, name, asked, deadline)
    if isinstance(answer, Refusal):
        return refuse(start_response, answer)
    start_response(
        status_line(answer.status),
        [
            (k.decode("latin-1"), v.decode("latin-1"))
            for k, v in to_client(answer.fields)
        ],
    )
    return ClosingBody(answer.pieces(), answer.close)


def caller(environ: Environ) -> str:
    """Return by what the rate of a client is counted: its key, or its address."""
    return str(environ.get("HTTP_X_API_KEY") or environ.get("REMOTE_ADDR", ""))


def refuse(start_response: StartResponse, refusal: Refusal) -> Body:
    """Answer in place of an upstream."""
    content = {"error": refusal.sentence}
    return json_object(start_response, content, refusal.status, refusal.fields.items())


HTTP = {
    "/systems/gateway/": (gateway_page, ("GET", "HEAD")),
    "/systems/gateway/status": (gateway_status, ("GET", "HEAD")),
    "/systems/gateway/fan": (gateway_fan, ("GET", "HEAD")),
}
PATTERNS = {
    r"(?s)/systems/gateway/pass/(?P<name>[\w-]{1,32})/(?P<rest>.*)": (gateway_pass, ()),
}
