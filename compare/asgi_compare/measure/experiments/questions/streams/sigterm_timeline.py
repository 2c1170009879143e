"""SIGTERM while streams and WebSockets are open: who hears what, and when."""

from __future__ import annotations

import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import connect

from asgi_compare.measure.experiments.answer import (
    Answer,
    Moment,
    Table,
    Timeline,
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
    ASGI_SERVERS,
    connected,
    head,
    on_each,
    send_signal,
    until,
)
from asgi_compare.measure.load.records import HOST

PAGES = "asgi_compare.laboratory.waits.stopping"
SERVERS = ASGI_SERVERS
EACH = 5
"""Streams, and as many WebSockets."""
GRACE = 3
LONGEST = 9.0
HEARD = "seconds after the signal"
EXIT = "the server has ended"
AT_CLIENT = "at the client: "


def run(effort: Effort) -> Iterator[Observation]:
    """Stop each server, and note what both sides see."""
    with tempfile.TemporaryDirectory() as folder:

        def one(server: str, serving: Serving) -> list[Observation]:
            return [
                Observation(HEARD, at, "s", {"server": server, "who": who}, note=what)
                for at, who, what in stopped(serving, Path(folder, server))
            ]

        def environment(server: str) -> dict[str, str]:
            return {"ASGI_COMPARE_HEARD": str(Path(folder, server))}

        yield from on_each(SERVERS, PAGES, one, environment=environment)


Seen = tuple[float, str, str]


def stopped(serving: Serving, file: Path) -> list[Seen]:
    """Open everything, send SIGTERM, wait for the end; return what was seen."""
    seen: list[Seen] = []
    opened = threading.Semaphore(0)
    watchers = [
        threading.Thread(target=watch, args=(serving, seen, opened), daemon=True)
        for watch in (watch_stream, watch_socket)
        for _ in range(EACH)
    ]
    for watcher in watchers:
        watcher.start()
    for _ in watchers:
        opened.acquire(timeout=3)
    began = time.monotonic()
    send_signal(serving, signal.SIGTERM)
    ended = until(lambda: serving.running.exited() is not None, LONGEST)
    how = serving.running.exited() or f"still runs after {LONGEST:g} s"
    seen.append((time.monotonic() if ended else began + LONGEST, EXIT, how))
    for watcher in watchers:
        watcher.join(0.5)
    lines = file.read_text().splitlines() if file.exists() else []
    for line in lines:
        at, who, what = line.split(" ", 2)
        seen.append((float(at), who, what))
    return [(max(at - began, 0.0), who, what) for at, who, what in sorted(seen)]


def watch_stream(
    serving: Serving, seen: list[Seen], opened: threading.Semaphore
) -> None:
    """Read a stream to its end."""
    with connected(serving, LONGEST + 3) as connection:
        connection.sendall(head("/"))
        last = connection.recv(1 << 16)
        opened.release()
        how = "cut off"
        try:
            while piece := connection.recv(1 << 16):
                last = (last + piece)[-5:]
            how = "whole" if last.endswith(b"0\r\n\r\n") else "cut off"
        except OSError as error:
            how = "reset" if isinstance(error, ConnectionError) else "nothing"
    seen.append((time.monotonic(), f"{AT_CLIENT}stream", how))


def watch_socket(
    serving: Serving, seen: list[Seen], opened: threading.Semaphore
) -> None:
    """Read a WebSocket to its end."""
    how = "refused"
    try:
        with connect(f"ws://{HOST}:{serving.port}/", proxy=None) as connection:
            connection.recv(5)
            opened.release()
            while True:
                connection.recv(LONGEST + 3)
    except ConnectionClosed as error:
        how = f"close code {error.rcvd.code if error.rcvd else 1006}"
    except (WebSocketException, OSError):
        how = "nothing"
    seen.append((time.monotonic(), f"{AT_CLIENT}WebSocket", how))


def read(found: Observations) -> Answer:
    """Say what is heard on each server, and draw it."""
    servers = found.cases("server")
    if not found.of(HEARD):
        return not_answered("No server was stopped.")
    client = (f"{AT_CLIENT}stream", f"{AT_CLIENT}WebSocket")
    whos = ("stream", "WebSocket", "lifespan", *client, EXIT)
    told = {server: heard(found, server, "stream") for server in servers}
    silent = [server for server, words in told.items() if words == NOTHING]
    ends = [found.values(HEARD, server=s, who=EXIT)[0] for s in servers]
    return Answer(
        "it depends" if 0 < len(silent) < len(servers) else "no" if silent else "yes",
        f"{len(servers) - len(silent)} of {len(servers)} servers tell an open stream "
        "that they stop"
        + (f" (not {', '.join(silent)})" if silent else "")
        + f"; they have ended {min(ends):.1f} to {max(ends):.1f} s after the signal.",
        (
            Table.of(
                ("who", *servers),
                [(who, *(heard(found, each, who) for each in servers)) for who in whos],
                "What was heard, and after how many seconds",
            ),
        ),
        tuple(timeline(found, server, whos) for server in servers),
        turning_point=f"What a stream hears is the end of the grace ({GRACE} s), as a "
        "cancellation; WebSockets may hear of the signal at once (1012 is 'service "
        "restart'). lifespan.shutdown comes after the connections have ended, or not "
        "at all: an application that wants to say goodbye handles the signal itself.",
    )


NOTHING = "nothing"


def heard(found: Observations, server: str, who: str) -> str:
    """Return what somebody heard, how often, and when for the first time."""
    rows = found.of(HEARD, server=server, who=who).rows
    counts = Counter(row.note for row in rows)
    return (
        "; ".join(
            f"{what}{f' x {count}' if len(counts) > 1 else ''}, "
            f"{min(row.value for row in rows if row.note == what):.1f} s"
            for what, count in counts.items()
        )
        or NOTHING
    )


def timeline(found: Observations, server: str, whos: tuple[str, ...]) -> Timeline:
    """Return what happened on one server."""
    lines = []
    for who in whos:
        rows = found.of(HEARD, server=server, who=who).rows
        first = {row.note: row.value for row in reversed(rows)}
        lines.append((who, tuple(Moment(at, what) for what, at in first.items())))
    return Timeline(f"SIGTERM at 0 s: {server}", tuple(lines))


EXPERIMENT = Experiment(
    name="sigterm-with-streams",
    topic="Streams and stopping",
    question="Is an open stream told that its server stops?",
    sources=(
        Source("https://github.com/django/asgiref/issues/588"),
        Source("https://github.com/Kludex/uvicorn/issues/451"),
        Source("https://github.com/simonw/datasette/issues/2890"),
        Source("https://github.com/emmett-framework/granian/issues/796"),
    ),
    conditions=f"One worker; {EACH} streams and {EACH} WebSockets that send 20 times a "
    f"second; {GRACE} s of grace, where a server has such a setting.",
    measured="What each side hears, in seconds after the signal.",
    decided_by="Yes if each server tells the streams, by an event, an exception or a "
    "cancellation; it depends if some do.",
    refuted_by="Streams that hear nothing.",
    run=run,
    read=read,
)
