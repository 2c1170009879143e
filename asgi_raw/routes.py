"""Which endpoint a path belongs to, and which methods it has.

A server knows nothing of routes: it calls the same application for every path. So the
application has a table, in the order of the contract. Paths without parameters are
looked up, the others are patterns that are tried one after the other.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from asgi_raw.endpoints import (
    accounts,
    bodies,
    caching,
    concurrency,
    fields,
    files,
    http,
    jobs,
    streaming,
)
from asgi_raw.events import Receive, Scope, Send, request_is_whole, text
from asgi_raw.lifespan import state
from asgi_raw.systems import chat, dashboard, editor, gateway, notices


class Route(NamedTuple):
    """One endpoint, with the methods that it answers."""

    endpoint: Callable[..., Awaitable[None]]
    methods: tuple[str, ...] = ("GET", "HEAD")
    """Empty for all."""
    reads_body: bool = False
    """The endpoint reads the request's body itself, instead of having it waited for."""


POST = ("POST",)
ANY: tuple[str, ...] = ()

PATHS: dict[str, Route] = {
    "/": Route(http.hello),
    "/json": Route(http.json_message),
    "/redirect": Route(http.redirect),
    "/only-post": Route(http.only_post, POST),
    "/error": Route(http.error),
    "/headers": Route(fields.headers),
    "/cookies": Route(fields.cookies),
    "/echo": Route(bodies.echo, POST, reads_body=True),
    "/form": Route(bodies.form, POST, reads_body=True),
    "/csrf-form": Route(bodies.csrf_form, POST, reads_body=True),
    "/upload": Route(bodies.upload, POST, reads_body=True),
    "/file": Route(files.file),
    "/stream": Route(streaming.stream),
    "/events": Route(streaming.events),
    "/drip": Route(streaming.drip),
    "/poll": Route(streaming.poll),
    "/announce": Route(streaming.announce, POST, reads_body=True),
    "/log": Route(streaming.log),
    "/state": Route(state),
    "/sequential": Route(concurrency.sequential),
    "/concurrent": Route(concurrency.concurrent),
    "/mock-api": Route(concurrency.mock_api),
    "/background": Route(concurrency.background, POST),
    "/cpu": Route(concurrency.cpu),
    "/accounts/open": Route(accounts.open_account, POST),
    "/accounts/balance": Route(accounts.balance),
    "/accounts/transfer": Route(accounts.transfer, POST),
    "/accounts/statement": Route(accounts.statement),
    "/accounts/report": Route(accounts.report),
    "/accounts/slow-query": Route(accounts.slow_query),
    "/jobs": Route(jobs.start_job, POST, reads_body=True),
    "/article": Route(caching.article),
}
BODIES = frozenset({"POST", "PUT"})
SYSTEMS = (chat, dashboard, editor, gateway, notices)
"""Each has a table of its own, below `/systems/`."""
PATHS |= {
    path: Route(endpoint, methods, reads_body=not BODIES.isdisjoint(methods))
    for system in SYSTEMS
    for path, (endpoint, methods) in system.HTTP.items()
}

# [0-9] and not \d, which takes the digits of all scripts, and no more of them than
# int() will read; fullmatch and not $, which takes a newline at the end for the end;
# and a dot that takes newlines, since a path may hold any character.
PATTERNS: list[tuple[re.Pattern[str], Route]] = [
    (re.compile(r"/items/(?P<item_id>[0-9]{1,18})"), Route(http.item)),
    (re.compile(r"/status/(?P<code>[0-9]{1,18})"), Route(http.status)),
    (re.compile(r"/inspect/(?P<rest>.*)", re.DOTALL), Route(fields.inspect, ANY, True)),
    (re.compile(r"/jobs/(?P<key>[^/]+)"), Route(jobs.job)),
    (re.compile(r"/jobs/(?P<key>[^/]+)/events"), Route(jobs.job_events)),
    (re.compile(r"/jobs/(?P<key>[^/]+)/result"), Route(jobs.job_result)),
    (re.compile(r"/jobs/(?P<key>[^/]+)/cancel"), Route(jobs.cancel_job, POST)),
]
PATTERNS += [
    (re.compile(path), Route(endpoint, methods, True))
    for path, (endpoint, methods) in gateway.PATTERNS.items()
]


async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
    """Find the endpoint and call it, or answer 404 or 405."""
    found = find(path_below_root(scope))
    if found is None:
        return await text(send, "Not Found", status=404)
    route, parameters = found
    if route.methods and scope["method"] not in route.methods:
        # Whoever says 405 must say what is allowed (RFC 9110, 15.5.6).
        allow = ", ".join(route.methods).encode()
        return await text(send, "Method Not Allowed", 405, [(b"allow", allow)])
    if not route.reads_body:
        # The request, and not the opening of a connection, is what an application
        # should act upon (www, "Request"); so wait for it, even if it has no body.
        await request_is_whole(receive)
    await route.endpoint(scope, receive, send, **parameters)


def find(path: str) -> tuple[Route, dict[str, Any]] | None:
    """Return the route of a path and its parameters, or None."""
    if route := PATHS.get(path):
        return route, {}
    for pattern, route in PATTERNS:
        if match := pattern.fullmatch(path):
            return route, match.groupdict()
    return None


def path_below_root(scope: Scope) -> str:
    """Return the path as it is below the place where the server has mounted us.

    `path` is the whole path, decoded; it begins with `root_path` (www, "WSGI
    Compatibility": PATH_INFO is what is left when root_path is stripped from path). The
    place itself may be written without a slash at its end.
    """
    path: str = scope["path"]
    root: str = scope.get("root_path", "").rstrip("/")
    # With a slash, so that "/appointments" is not taken for something below "/app".
    if f"{path}/".startswith(f"{root}/"):
        path = path.removeprefix(root)
    return path or "/"
