"""The entry: the pages as they are, and the same with each of the middlewares.

    uvicorn asgi_compare.laboratory.raw_lab.app:application
    uvicorn asgi_compare.laboratory.raw_lab.app:with_host_check

What is not a page of the laboratory is one of the contract.
"""

import contextlib

from asgi_compare.laboratory.raw_lab import (
    fields,
    guards,
    leaving,
    limits,
    sessions,
    static,
    validators,
)
from asgi_compare.laboratory.raw_lab.pages import FILES, FOLDER, PAGES, download
from asgi_raw import app as of_the_contract
from asgi_raw.events import Application, Event, Receive, Scope, Send
from asgi_raw.middleware import errors

OUR_HOSTS = frozenset({"localhost", "127.0.0.1", "testserver"})
KEY = b"for loopback only"


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Hand the request to its page."""
    app: Application = of_the_contract.application
    if scope["type"] == "http":
        inside = download if scope["path"].startswith(FILES) else app
        app = PAGES.get(scope["path"], inside)
    await app(scope, receive, send)


async def older(scope: Scope, receive: Receive, send: Send) -> None:
    """The same, called by a server whose `send` does not say that nobody hears it.

    From version 2.4 of the specification on it raises OSError then (www, "Disconnected
    Client"); before, only "http.disconnect" told.
    """

    async def into_the_void(event: Event) -> None:
        with contextlib.suppress(OSError):
            await send(event)

    asgi = {**scope["asgi"], "spec_version": "2.3"}
    await application({**scope, "asgi": asgi}, receive, into_the_void)


async def of_tomorrow(scope: Scope, receive: Receive, send: Send) -> None:
    """The same, called with a protocol that nobody knows yet."""
    await application({**scope, "type": "tomorrow"}, receive, send)


with_host_check = guards.host_check(application, OUR_HOSTS)
with_origin_check = guards.origin_check(with_host_check)
with_https_redirect = guards.forwarded_scheme(
    guards.host_check(guards.https_redirect(application), OUR_HOSTS)
)
with_slash_append = guards.slash_append(application, frozenset(PAGES))
with_forwarded_scheme = guards.forwarded_scheme(application)
with_careful_fields = guards.forwarded_scheme(fields.careful_fields(application))
with_content_policy = fields.careful_fields(application, (fields.OURS_ONLY,))
with_unbroken_fields = fields.unbroken_fields(application)
with_body_limit = limits.body_limit(application)
with_time_limit = limits.time_limit(application, 0.05)
with_etags = validators.conditional(application)
with_gzip = validators.compressed(application)
with_sessions = sessions.signed_sessions(application, KEY)
with_files = static.files(application, FILES, FOLDER)
with_errors = errors(application)
# As a server of before 2.4 would have it: see `older`.
stopping = leaving.stops_with_the_client(older)
