"""Open streams one by one until a plain request is not answered any more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, suppress

from asgi_compare.measure.experiments.answer import (
    Answer,
    Bars,
    Table,
    not_answered,
)
from asgi_compare.measure.experiments.bench import Serving
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)
from asgi_compare.measure.experiments.wire import (
    connected,
    head,
    on_each,
    status_of,
)
from asgi_compare.measure.load.statistics import Interval

PAGES = "asgi_compare.laboratory.waits.bare"
SERVERS = ("wsgiref", "gunicorn-sync", "gunicorn-gthread", "waitress", "uvicorn")
MOST = 20
HELD = "streams until a plain request waits for more than a second"
PATIENCE = 1.5


def run(effort: Effort) -> Iterator[Observation]:
    """Open streams on each server."""
    yield from on_each(SERVERS, PAGES, one)


def one(server: str, serving: Serving) -> list[Observation]:
    """Open streams on one server, until it stalls."""
    with ExitStack() as stack:
        for held in range(1, MOST + 1):
            stream = stack.enter_context(connected(serving))
            stream.sendall(head("/stream"))
            with suppress(OSError):
                stream.recv(1 << 16)
            if not answers(serving):
                return [Observation(HELD, held, "", {"server": server})]
    note = f"more than {MOST}"
    return [Observation(HELD, MOST + 1, "", {"server": server}, note=note)]


def answers(serving: Serving) -> bool:
    """Return whether a plain request is answered in time."""
    with connected(serving, PATIENCE) as connection, suppress(OSError):
        connection.sendall(head("/unread", "GET", "Connection: close"))
        return status_of(connection.recv(1 << 16)) == 200
    return False


def read(found: Observations) -> Answer:
    """Look for servers that stall."""
    rows = found.of(HELD).rows
    if not rows:
        return not_answered("No server was asked.")
    stalled = {row.case["server"]: row.value for row in rows if not row.note}
    told = ", ".join(f"{held:.0f} on {server}" for server, held in stalled.items())
    return Answer(
        "no" if len(stalled) == len(rows) else "it depends" if stalled else "yes",
        f"So many streams stop all other requests to one worker: {told or 'none'}; "
        f"{len(rows) - len(stalled)} of {len(rows)} servers still answer with {MOST}.",
        (
            Table.of(
                ("server", "streams that stop it"),
                [(r.case["server"], r.note or int(r.value)) for r in rows],
            ),
        ),
        (
            Bars(
                f"Streams until nobody else is answered ({MOST + 1}: not reached)",
                "",
                tuple((row.case["server"], Interval.of([row.value])) for row in rows),
            ),
        ),
        turning_point="Each stream keeps a thread, whether it sends or not: workers "
        "times threads is the number of users who may have a page open. Long polling "
        "on these servers has the same limit.",
    )


EXPERIMENT = Experiment(
    name="streams-until-stall",
    topic="Streams and stopping",
    question="Can a WSGI server hold event streams and answer other requests?",
    sources=(
        Source("https://www.djangotricks.com/tricks/8bH4nkFdB5iQ"),
        Source("https://github.com/benoitc/gunicorn/issues/3086"),
    ),
    conditions="One worker, with the threads it is set up with here: one on "
    "gunicorn-sync and wsgiref, four on gunicorn-gthread and waitress.",
    measured=f"Streams that are open when a plain request gets no answer in "
    f"{PATIENCE:g} s; at most {MOST} are opened.",
    decided_by="No if each server stalls, it depends if some do.",
    refuted_by="No server that stalls.",
    run=run,
    read=read,
)
