"""The client of a stream leaves: how does each kind of stream end, on each server?"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

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
    connected,
    head,
    on_each,
    until,
)

PAGES = "asgi_compare.laboratory.waits.gone"
SERVERS = ASGI_SERVERS
STREAMS = {
    "raw": "by hand",
    "starlette": "Starlette",
    "based": "Starlette, BaseHTTPMiddleware",
    "async": "Django, async generator",
    "sync": "Django, sync generator",
}
KINDS = {"": "sends", "-silent": "only waits"}
NOTICED = "the stream ended early"
PATIENCE = 3.0
"""Seconds after which a stream that goes on has not noticed; it lasts longer."""
OWN_END = "its own end"
NEVER = "went on"


def run(effort: Effort) -> Iterator[Observation]:
    """Open all streams on each server, leave them, and see which end."""
    with tempfile.TemporaryDirectory() as folder:

        def one(server: str, serving: Serving) -> list[Observation]:
            ends = left(serving, Path(folder, server))
            return [
                Observation(
                    NOTICED,
                    how not in (OWN_END, NEVER),
                    "",
                    {"server": server, "stream": stream, "kind": kind},
                    note=how,
                )
                for suffix, kind in KINDS.items()
                for name, stream in STREAMS.items()
                for how in [ends.get(name + suffix, NEVER)]
            ]

        def environment(server: str) -> dict[str, str]:
            return {"ASGI_COMPARE_ENDS": str(Path(folder, server))}

        yield from on_each(SERVERS, PAGES, one, environment=environment, at_once=5)


def left(serving: Serving, file: Path) -> dict[str, str]:
    """Open the streams, wait for their first bytes, leave; return how each ended."""
    file.touch()
    with ExitStack() as stack:
        streams = []
        for kind in KINDS:
            for name in STREAMS:
                stream = stack.enter_context(connected(serving, 0.5))
                stream.sendall(head(f"/{name}?{kind.strip('-')}"))
                streams.append(stream)
        for stream in streams:
            with suppress(OSError):  # a sync generator of Django sends nothing
                stream.recv(1 << 16)
    until(lambda: len(ends_in(file)) == len(streams), PATIENCE)
    return ends_in(file)


def ends_in(file: Path) -> dict[str, str]:
    """Return what the streams noted."""
    lines = [line.partition(" ") for line in file.read_text().splitlines()]
    return {name: how for name, _, how in lines}


def read(found: Observations) -> Answer:
    """Count the streams that end early, by server and by kind."""
    rows = found.of(NOTICED).rows
    if not rows:
        return not_answered("No client left.")
    servers, noticed = found.cases("server"), sum(row.value for row in rows)
    tables = []
    for kind in KINDS.values():
        cells = [
            (stream, *(end(found, server, stream, kind) for server in servers))
            for stream in found.cases("stream")
        ]
        title = f"How a stream that {kind} ends"
        tables.append(Table.of(("stream", *servers), cells, title))
    deaf = [
        server
        for server in servers
        if not any(found.values(NOTICED, server=server, kind="only waits"))
    ]
    return Answer(
        "yes" if noticed == len(rows) else "it depends" if noticed else "no",
        f"Of {len(rows)} streams whose client left, {noticed:.0f} ended within "
        f"{PATIENCE:g} s"
        + (f"; of those that only wait, none on {', '.join(deaf)}." if deaf else "."),
        tuple(tables),
        turning_point="CancelledError: somebody listened for http.disconnect and "
        "cancelled the stream. OSError: the server raised in send, which a stream that "
        "only waits never calls. GeneratorExit: the generator was closed, or collected "
        "as garbage. A sync generator of Django is made into a list first, in a "
        "thread, which nobody can cancel.",
    )


def end(found: Observations, server: str, stream: str, kind: str) -> str:
    """Return how a stream ended."""
    rows = found.of(NOTICED, server=server, stream=stream, kind=kind).rows
    return rows[0].note if rows else ""


EXPERIMENT = Experiment(
    name="client-has-gone",
    topic="Streams and stopping",
    question="The client has gone: does my generator know?",
    sources=(
        Source("https://github.com/fastapi/fastapi/issues/1342"),
        Source("https://github.com/vitalik/django-ninja/issues/1166"),
        Source("https://github.com/nginx/unit/issues/1501"),
    ),
    conditions="Streams of five seconds, one that sends 20 times a second and one that "
    "sends once; the client closes its socket after the first bytes; no proxy.",
    measured=f"Whether a stream ends within {PATIENCE:g} s, and by which exception.",
    decided_by="Yes if each ends early, it depends if some do.",
    refuted_by="Streams that go on.",
    run=run,
    read=read,
    needs=("starlette", "django"),
)
