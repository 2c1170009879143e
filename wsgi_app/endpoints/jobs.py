"""Chapter 10: work that outlives its request.

The answer is 202 and an address. The thread of the request is the server's and goes
back to it, so somebody else has to do the job: see `work.py`. Who watches a job looks
at it again and again, and holds a thread of the server all the while; a client that
polls does not.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any
from wsgiref.types import StartResponse

from asgi_compare.domain.jobs import (
    LARGEST,
    LOOK_EVERY,
    Job,
    Refusal,
    Watch,
    as_status,
    read_order,
    result_of,
)
from wsgi_app.environ import (
    Body,
    Environ,
    body_pieces,
    json_object,
    query,
    status_line,
)
from wsgi_app.work import work

Endpoint = Callable[..., Body]


def refusals(endpoint: Endpoint) -> Endpoint:
    """Answer what is refused with its sentence; endpoints refuse before they start."""

    def answered(
        environ: Environ, start_response: StartResponse, **parameters: Any
    ) -> Body:
        try:
            return endpoint(environ, start_response, **parameters)
        except Refusal as refusal:
            later = [("retry-after", "1")] if refusal.again else []
            content = {"error": refusal.sentence}
            return json_object(start_response, content, refusal.status, later)

    return answered


@refusals
def start_job(environ: Environ, start_response: StartResponse) -> Body:
    """Take an upload, and answer with the address of a job."""
    body = b""
    for received in body_pieces(environ):
        if len(body) <= LARGEST:  # more is read, and not kept
            body += received
    key = environ.get("HTTP_IDEMPOTENCY_KEY")
    order = read_order(key, dict(query(environ)), body)
    work().begin(order)
    address = ("location", f"/jobs/{order.key}")
    return json_object(start_response, {"id": order.key}, 202, [address])


@refusals
def job(environ: Environ, start_response: StartResponse, key: str) -> Body:
    """Answer with how far a job has come."""
    return json_object(start_response, as_status(work().look(key)))


@refusals
def job_events(environ: Environ, start_response: StartResponse, key: str) -> Body:
    """Say all that happens to a job, until it is over or the client has left."""
    found = work().look(key)
    watcher = Watch(environ.get("HTTP_LAST_EVENT_ID"))
    kind = ("content-type", "text/event-stream")
    start_response(status_line(200), [kind, ("cache-control", "no-store")])
    return events_of(found, watcher)


def events_of(found: Job, watcher: Watch) -> Iterator[bytes]:
    """Return the events, one a block; the server closes this when the client leaves."""
    while True:
        yield from watcher.news(found)
        if found.is_over:
            return
        time.sleep(LOOK_EVERY)
        found = work().look(found.order.key)


@refusals
def job_result(environ: Environ, start_response: StartResponse, key: str) -> Body:
    """Answer with what came of a job, or say why there is nothing."""
    return json_object(start_response, result_of(work().look(key)))


@refusals
def cancel_job(environ: Environ, start_response: StartResponse, key: str) -> Body:
    """Have a job end at its next step, and say where that can be seen."""
    found = work().cancel(key)
    address = ("location", f"/jobs/{key}")
    return json_object(start_response, {"id": found.order.key}, 202, [address])
