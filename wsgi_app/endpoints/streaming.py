"""Chapter 5: responses that take time, and clients that leave.

The server pulls: it asks the body for a block, sends it, and asks for the next. So a
generator is all that a stream needs. But while it waits for something else than the
server, it can be told nothing, and least of all that the client has left.

None of the endpoints here is itself a generator. It would not run until its first block
is asked for, and its mistakes would come up only then. So each does what can fail,
calls `start_response`, and returns a generator that does the rest.
"""

import re
import time
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from wsgiref.types import StartResponse

from asgi_compare.domain import Board, Ledger
from wsgi_app.environ import (
    TEXT,
    Body,
    Environ,
    json_object,
    number,
    query,
    read_body,
    respond,
    status_line,
)

# Shared by all threads of this process, and by no other: a server with several
# processes (`wsgi.multiprocess`) has several of each.
BOARD = Board()
LEDGER = Ledger()
EVENT_ID = re.compile(r"[0-9]{1,9}")
"""What an id of ours looks like; int() takes more, and fails at what is too long."""


def stream(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with pieces, one after the other, without saying how long it will be."""
    pieces, size = int(number(environ, "pieces", 3)), int(number(environ, "size", 10))
    start_response(status_line(200), [TEXT])
    # The server sends each block before it asks for the next (PEP, "Buffering and
    # Streaming"). If the client is slow, it asks late: that is back-pressure.
    return (bytes([ord("a") + n % 26]) * size for n in range(pieces))


def events(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with server-sent events, from the one after Last-Event-ID on."""
    seen = environ.get("HTTP_LAST_EVENT_ID", "")
    # Not one of ours: from the start.
    last = int(seen) if EVENT_ID.fullmatch(seen) else 0
    kind = ("content-type", "text/event-stream")
    start_response(status_line(200), [kind, ("cache-control", "no-store")])
    return events_after(last)


def events_after(last: int) -> Iterator[bytes]:
    """Return the events, one a block."""
    retry = b"retry: 1000\n"
    for n in range(last + 1, 4):
        yield retry + b"id: %d\ndata: event %d\n\n" % (n, n)
        retry = b""


def drip(environ: Environ, start_response: StartResponse) -> Body:
    """Send a line every 10 ms, 200 times or until the client has left."""
    page = dict(query(environ)).get("id", "")
    LEDGER.open(page)
    start_response(status_line(200), [TEXT])
    return ticks(page)


def ticks(page: str) -> Iterator[bytes]:
    """Return the lines, and write down how it ended."""
    outcome = "stopped"
    try:
        for n in range(200):
            yield b"tick %d\n" % n
            time.sleep(0.01)
        outcome = "ran to its end"
    finally:
        # The server calls close() when it cannot send any more (PEP, "Specification
        # Details"), and in a generator this raises GeneratorExit at the `yield`.
        LEDGER.write(page, outcome)


def poll(environ: Environ, start_response: StartResponse) -> Body:
    """Wait for the next event of a topic; after the time-out, 204."""
    topic = dict(query(environ)).get("topic", "")
    timeout = number(environ, "timeout", 1)
    arrived: SimpleQueue[str] = SimpleQueue()
    unsubscribe = BOARD.subscribe(topic, arrived.put)
    try:
        # Our thread is taken until then, whether the client is still there or not:
        # there is no way to hear of it before the answer goes out.
        event = arrived.get(timeout=timeout)
    except Empty:
        return respond(start_response, b"", 204, ())
    finally:
        unsubscribe()
    return json_object(start_response, {"event": event})


def announce(environ: Environ, start_response: StartResponse) -> Body:
    """Publish the body as an event of a topic, and say how many got it."""
    topic = dict(query(environ)).get("topic", "")
    event = read_body(environ).decode("utf-8", "replace")
    return json_object(start_response, {"delivered": BOARD.publish(topic, event)})


def log(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with what was written down about an id."""
    page = dict(query(environ)).get("id", "")
    return json_object(start_response, {"log": LEDGER.read(page)})
