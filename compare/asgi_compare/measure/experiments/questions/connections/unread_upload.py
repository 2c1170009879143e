"""An upload that the application does not read: who takes it all the same?"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterator

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
)

PAGES = "asgi_compare.laboratory.waits.bare"
SERVERS = (*ASGI_SERVERS, *WSGI_SERVERS)
MB = 1_000_000
SIZE = 20 * MB
BEFORE, TAKEN = "MB taken before the answer came", "MB taken in all"
QUIET = 0.5
"""Seconds without any progress, after which nothing more is expected."""


def run(effort: Effort) -> Iterator[Observation]:
    """Upload to a page that answers at once, on each server."""
    yield from on_each(SERVERS, PAGES, one)


def one(server: str, serving: Serving) -> list[Observation]:
    """Upload to one server."""
    before, taken = uploaded(serving)
    case = {"server": server}
    return [
        Observation(BEFORE, before / MB, "MB", case),
        Observation(TAKEN, taken / MB, "MB", case),
    ]


def uploaded(serving: Serving) -> tuple[int, int]:
    """Return how many bytes had left us when the answer came, and at the end."""
    piece, sent, before = b"x" * (1 << 16), 0, -1
    with connected(serving) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)
        connection.sendall(head("/unread", "POST", f"Content-Length: {SIZE}"))
        connection.setblocking(False)
        end = time.monotonic() + QUIET
        while sent < SIZE and time.monotonic() < end:
            reads = [connection] if before < 0 else []
            readable, writable, _ = select.select(reads, [connection], [], 0.05)
            try:
                if readable:
                    connection.recv(1 << 16)
                    before = sent
                if writable:
                    sent += connection.send(piece[: SIZE - sent])
                    end = time.monotonic() + QUIET
            except BlockingIOError:
                continue
            except OSError:  # closed or reset: it wants no more
                break
    return (sent if before < 0 else before), sent


def read(found: Observations) -> Answer:
    """Look for servers that took nearly all before they answered."""
    taken = {
        server: values[0]
        for server in found.cases("server")
        if (values := found.values(BEFORE, server=server))
    }
    if not taken:
        return not_answered("No server was asked.")
    rows = [
        (each, found.interval(BEFORE, server=each), found.interval(TAKEN, server=each))
        for each in taken
    ]
    all_of_it = [each for each, mb in taken.items() if mb > 0.9 * SIZE / MB]
    return Answer(
        "yes" if len(all_of_it) == len(taken) else "it depends" if all_of_it else "no",
        f"{len(all_of_it)} of {len(taken)} servers take all {SIZE / MB:.0f} MB before "
        f"they answer: {', '.join(all_of_it) or 'none'}.",
        (Table.of(("server", BEFORE, TAKEN), rows),),
        turning_point="A few MB are the buffers of the system. What is taken after "
        "the answer is thrown away so that the connection can be used again, or so "
        "that the client reads the answer before the connection ends.",
    )


EXPERIMENT = Experiment(
    name="unread-upload",
    topic="Connections",
    question="Does a server take an upload that the application does not want?",
    sources=(
        Source("https://github.com/emmett-framework/granian/issues/616"),
        Source("https://github.com/django/channels/issues/1169"),
    ),
    conditions=f"{SIZE / MB:.0f} MB with a Content-Length, as fast as they are taken; "
    "a page that answers 200 without reading; small buffers at the client.",
    measured="MB that had left the client when the first byte of the answer came, and "
    "when nothing more was taken.",
    decided_by="Yes if each server takes 90 % of it before it answers, it depends if "
    "some do.",
    refuted_by="No server that does.",
    run=run,
    read=read,
)
