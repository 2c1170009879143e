"""Which endpoint a path belongs to, and which methods it has.

A server knows nothing of routes: it calls the same application for every path. So the
application has a table, in the order of the contract. Paths without parameters are
looked up, the others are patterns that are tried one after the other.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple
from wsgiref.types import StartResponse

from wsgi_app.endpoints import (
    accounts,
    bodies,
    caching,
    concurrency,
    fields,
    files,
    http,
    jobs,
    lifespan,
    streaming,
)
from wsgi_app.environ import Body, Environ, path_below_root, text
from wsgi_app.systems import chat, dashboard, editor, gateway, notices


class Route(NamedTuple):
    """One endpoint, with the methods that it answers."""

    endpoint: Callable[..., Body]
    methods: tuple[str, ...] = ("GET", "HEAD")
    """Empty for all."""


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
    "/echo": Route(bodies.echo, POST),
    "/form": Route(bodies.form, POST),
    "/csrf-form": Route(bodies.csrf_form, POST),
    "/upload": Route(bodies.upload, POST),
    "/file": Route(files.file),
    "/stream": Route(streaming.stream),
    "/events": Route(streaming.events),
    "/drip": Route(streaming.drip),
    "/poll": Route(streaming.poll),
    "/announce": Route(streaming.announce, POST),
    "/log": Route(streaming.log),
    "/state": Route(lifespan.state),
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
    "/jobs": Route(jobs.start_job, POST),
    "/article": Route(caching.article),
}

# [0-9] and not \d, which takes the digits of all scripts, and no more of them than
# int() will read; fullmatch and not $, which takes a newline at the end for the end;
# and a dot that takes newlines, since a path may hold any character.
PATTERNS: list[tuple[re.Pattern[str], Route]] = [
    (re.compile(r"/items/(?P<item_id>[0-9]{1,18})"), Route(http.item)),
    (re.compile(r"/status/(?P<code>[0-9]{1,18})"), Route(http.status)),
    (re.compile(r"/inspect/(?P<rest>.*)", re.DOTALL), Route(fields.inspect, ANY)),
    (re.compile(r"/jobs/(?P<key>[^/]+)"), Route(jobs.job)),
    (re.compile(r"/jobs/(?P<key>[^/]+)/events"), Route(jobs.job_events)),
    (re.compile(r"/jobs/(?P<key>[^/]+)/result"), Route(jobs.job_result)),
    (re.compile(r"/jobs/(?P<key>[^/]+)/cancel"), Route(jobs.cancel_job, POST)),
]

SYSTEMS = (chat, dashboard, editor, gateway, notices)
"""Each has tables of its own, below `/systems/`."""
for system in SYSTEMS:
    PATHS |= {path: Route(*row) for path, row in system.HTTP.items()}
    PATTERNS += [
        (re.compile(path), Route(*row)) for path, row in system.PATTERNS.items()
    ]


def dispatch(environ: Environ, start_response: StartResponse) -> Body:
    """Find the endpoint and call it, or answer 404 or 405."""
    found = find(path_below_root(environ))
    if found is None:
        return text(start_response, "Not Found", status=404)
    route, parameters = found
    if route.methods and environ["REQUEST_METHOD"] not in route.methods:
        # Whoever says 405 must say what is allowed (RFC 9110, 15.5.6).
        allow = ", ".join(route.methods)
        return text(start_response, "Method Not Allowed", 405, [("allow", allow)])
    return route.endpoint(environ, start_response, **parameters)


def find(path: str) -> tuple[Route, dict[str, Any]] | None:
    """Return the route of a path and its parameters, or None."""
    if route := PATHS.get(path):
        return route, {}
    for pattern, route in PATTERNS:
        if match := pattern.fullmatch(path):
            return route, match.groupdict()
    return None
