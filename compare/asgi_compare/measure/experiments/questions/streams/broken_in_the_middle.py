"""The application raises in the middle of a body: can the client tell?"""

from __future__ import annotations

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
    read_to_end,
)

PAGES = "asgi_compare.laboratory.waits.bare"
SERVERS = (*ASGI_SERVERS, *WSGI_SERVERS)
KINDS = {"/broken": "no length", "/broken-length": "Content-Length"}
TELLS = "the client can tell"
LAST_CHUNK = b"0\r\n\r\n"


def run(effort: Effort) -> Iterator[Observation]:
    """Ask each server for both bodies that break, and look at what arrives."""
    yield from on_each(SERVERS, PAGES, both)


def both(server: str, serving: Serving) -> list[Observation]:
    """Ask one server for both."""
    rows = []
    for page, kind in KINDS.items():
        can, how = looked(serving, page)
        case = {"server": server, "kind": kind}
        rows.append(Observation(TELLS, can, "", case, note=how))
    return rows


def looked(serving: Serving, page: str) -> tuple[bool, str]:
    """Return whether a client can tell, and by what."""
    with connected(serving) as connection:
        connection.sendall(head(page))
        answer, end = read_to_end(connection)
    if b" 200 " not in answer.split(b"\r\n")[0]:
        return True, "the status"
    if end == "open":
        return False, "nothing more comes"
    start, _, body = answer.partition(b"\r\n\r\n")
    if b"content-length" in start.lower():
        return True, f"{len(body)} of 1000 bytes"
    if b"chunked" in start.lower():
        whole = body.endswith(LAST_CHUNK)
        return not whole, "a last chunk" if whole else "no last chunk"
    return end == "reset", "the end of the connection is the end of the body"


def read(found: Observations) -> Answer:
    """Count the cells in which nothing tells."""
    servers = [each for each in found.cases("server") if found.of(TELLS, server=each)]
    if not servers:
        return not_answered("No server was asked.")
    rows = [
        (server, *(cell(found, server, kind) for kind in KINDS.values()))
        for server in servers
    ]
    hidden = [
        f"{row.case['server']} with {row.case['kind']} ({row.note})"
        for row in found.of(TELLS).rows
        if not row.value
    ]
    count = len(found.of(TELLS).rows)
    return Answer(
        "yes" if not hidden else "it depends" if len(hidden) < count else "no",
        f"In {count - len(hidden)} of {count} cases a client can tell that the body "
        f"is not whole; not on: {', '.join(hidden) or 'none'}.",
        (Table.of(("server", *KINDS.values()), rows),),
        turning_point="The status was sent before. What tells is that the last chunk, "
        "or bytes of the Content-Length, are missing; a client has to look at that, "
        "and HTTP/1.0 without a length has nothing to look at.",
    )


def cell(found: Observations, server: str, kind: str) -> str:
    """Return in words what a client sees."""
    rows = found.of(TELLS, server=server, kind=kind).rows
    return f"{'yes' if rows[0].value else 'no'}: {rows[0].note}" if rows else ""


EXPERIMENT = Experiment(
    name="exception-in-the-middle",
    topic="Streams and stopping",
    question="Can a client tell that the application failed in the middle of a body?",
    sources=(
        Source("https://github.com/Kludex/uvicorn/issues/388"),
        Source("https://github.com/palantir/conjure-java/pull/12"),
    ),
    conditions="An application by hand that sends the start and ten bytes, and raises; "
    "HTTP/1.1, without a proxy.",
    measured="What arrives on a raw socket within two seconds, and how it ends.",
    decided_by="Yes if each case differs from a whole body, it depends if some do.",
    refuted_by="A body that ends as if it were whole.",
    run=run,
    read=read,
)
