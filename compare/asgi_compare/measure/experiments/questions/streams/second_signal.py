"""One open stream and a long grace: which signal ends the server?"""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Iterator
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
    send_signal,
    until,
)

PAGES = "asgi_compare.laboratory.waits.stopping"
SERVERS = ASGI_SERVERS
LONG_GRACE = {
    "uvicorn": ("--timeout-graceful-shutdown", "60"),
    "hypercorn": ("--graceful-timeout", "60"),
    "granian": ("--workers-kill-timeout", "60"),
    "gunicorn-asgi": ("--graceful-timeout", "60"),
}
SIGNALS = ("SIGTERM", "SIGTERM", "SIGINT", "SIGINT")
AFTER = 2.0
"""Seconds that each signal is given."""
NEEDED = "signals until it has ended"


def run(effort: Effort) -> Iterator[Observation]:
    """Send one signal after the other to each server."""
    with tempfile.TemporaryDirectory() as folder:

        def environment(server: str) -> dict[str, str]:
            return {"ASGI_COMPARE_HEARD": str(Path(folder, server))}

        yield from on_each(
            SERVERS, PAGES, one, options=LONG_GRACE, environment=environment
        )


def one(server: str, serving: Serving) -> list[Observation]:
    """Open a stream, and send signals until the server has ended."""
    case = {"server": server}
    with connected(serving) as stream:
        stream.sendall(head("/"))
        stream.recv(1 << 16)
        for number, name in enumerate(SIGNALS, 1):
            send_signal(serving, signal.Signals[name])
            if until(lambda: serving.running.exited() is not None, AFTER):
                sent = ", ".join(SIGNALS[:number])
                return [Observation(NEEDED, number, "", case, note=sent)]
    note = f"still runs after {', '.join(SIGNALS)}"
    return [Observation(NEEDED, len(SIGNALS) + 1, "", case, note=note)]


def read(found: Observations) -> Answer:
    """Look for servers that a second SIGTERM ends."""
    rows = found.of(NEEDED).rows
    if not rows:
        return not_answered("No server was stopped.")
    first = [row.case["server"] for row in rows if row.value == 1]
    second = [row.case["server"] for row in rows if row.value == 2]
    waiting = [row.case["server"] for row in rows if row.value > 1]
    return Answer(
        "yes"
        if waiting and len(second) == len(waiting)
        else "it depends"
        if second
        else "no",
        f"With a stream open, one SIGTERM ends {', '.join(first) or 'no server'} at "
        f"once, a second one {', '.join(second) or 'none of the others'}; of "
        f"{len(waiting)} that wait for their grace, "
        f"{len(waiting) - len(second)} wait on.",
        (
            Table.of(
                ("server", "ended by"),
                [(row.case["server"], row.note) for row in rows],
            ),
        ),
        turning_point="uvicorn takes a second SIGINT (Ctrl-C) as an order, and a "
        "second SIGTERM as nothing new (Server.handle_exit in uvicorn/server.py). A "
        "container sends SIGTERM once, and SIGKILL later: set a grace that is shorter "
        "than that.",
    )


EXPERIMENT = Experiment(
    name="second-sigterm",
    topic="Streams and stopping",
    question="Does a second SIGTERM end a server that waits for an open stream?",
    sources=(
        Source("https://github.com/Kludex/uvicorn/issues/451"),
        Source("https://github.com/vectorize-io/hindsight/pull/495"),
    ),
    conditions="One worker, one stream that goes on for ever, 60 s of grace where a "
    f"server has such a setting; {AFTER:g} s after each signal.",
    measured="The signals that it takes.",
    decided_by="Yes if the second SIGTERM ends each server that waits after the first.",
    refuted_by="A server that waits on.",
    run=run,
    read=read,
)
