"""Expect: 100-continue: who says 100, and when the application refuses?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from asgi_compare.measure.experiments.answer import Answer, Table, not_answered
from asgi_compare.measure.experiments.bench import Serving
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)
from asgi_compare.measure.experiments.wire import (
    ASGI_SERVERS,
    WSGI_SERVERS,
    connected,
    head,
    on_each,
    status_of,
)

PAGES = "asgi_compare.laboratory.waits.bare"
SERVERS = (*ASGI_SERVERS, *WSGI_SERVERS)
READS, REFUSES = "the application reads the body", "the application does not"
KINDS = {"/read": READS, "/unread": REFUSES}
FIRST = "first status"
PATIENCE = 1.0


def run(effort: Effort) -> Iterator[Observation]:
    """Announce a body to both pages on each server, and see what comes first."""
    yield from on_each(SERVERS, PAGES, both)


def both(server: str, serving: Serving) -> list[Observation]:
    """Announce a body to both pages of one server."""
    return [
        Observation(
            FIRST, first_status(serving, page), "", {"server": server, "kind": kind}
        )
        for page, kind in KINDS.items()
    ]


def first_status(serving: Serving, page: str) -> int:
    """Return the status of what comes before any body is sent; 0 if nothing does."""
    fields = ("Content-Length: 5", "Expect: 100-continue", "Connection: close")
    answer = b""
    with connected(serving, PATIENCE) as connection, suppress(OSError):
        connection.sendall(head(page, "POST", *fields))
        answer = connection.recv(1 << 16)
        connection.sendall(b"hello")
    return status_of(answer)


def read(found: Observations) -> Answer:
    """Look for servers that say 100 to a body that nobody reads, or never say it."""
    first = {
        (row.case["server"], row.case["kind"]): round(row.value)
        for row in found.of(FIRST).rows
    }
    servers = list(dict.fromkeys(server for server, _ in first))
    if not servers:
        return not_answered("No server was asked.")
    words = {100: "100", 0: "nothing: the client waits"}
    rows = [
        (
            each,
            *(
                words.get(s := first.get((each, kind), 0), str(s))
                for kind in KINDS.values()
            ),
        )
        for each in servers
    ]
    exact = [
        each
        for each in servers
        if first.get((each, READS)) == 100 and first.get((each, REFUSES)) == 200
    ]
    eager = [each for each in servers if first.get((each, REFUSES)) == 100]
    return Answer(
        "yes" if len(exact) == len(servers) else "it depends" if exact else "no",
        f"{len(exact)} of {len(servers)} servers ask for the body only when the "
        f"application reads it: {', '.join(exact) or 'none'}. For a body that nobody "
        f"reads, {len(eager)} ask all the same.",
        (Table.of(("server", *KINDS.values()), rows, "What comes first"),),
        turning_point="A client that hears nothing sends its body after a while: curl "
        "after one second.",
    )


EXPERIMENT = Experiment(
    name="expect-continue",
    topic="Connections",
    question="Is 100 Continue sent only if the application reads the body?",
    sources=(
        Source(
            "https://github.com/Kludex/uvicorn/pull/166",
            "only sent if the request body is accessed prior to sending the response",
            "claim",
        ),
        Source("https://github.com/aio-libs/aiohttp/issues/8877"),
    ),
    conditions=f"A body of five bytes that is announced and held back for {PATIENCE:g} "
    "s; a page that reads it, and one that answers without.",
    measured="The status of what comes first.",
    decided_by="Yes if each server says 100 to the page that reads, and 200 to the "
    "other one.",
    refuted_by="A server that says 100 whatever the application does.",
    run=run,
    read=read,
)
