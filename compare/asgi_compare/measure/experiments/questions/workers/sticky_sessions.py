"""Sessions in memory, two workers, no balancer: who is sent to the wrong one?"""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator

from websockets.sync.client import connect

from asgi_compare.measure.experiments.answer import Answer, Table, not_answered
from asgi_compare.measure.experiments.bench import Serving, get, serve
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)
from asgi_compare.measure.experiments.wire import until
from asgi_compare.measure.load.records import HOST

PAGES = "asgi_compare.laboratory.waits.workers:asgi"
SESSIONS, POLLS = 10, 4
FAILED = "sessions that failed"
SERVER = "uvicorn"


def run(effort: Effort) -> Iterator[Observation]:
    """Run sessions of each kind."""
    with serve(PAGES, SERVER, "--workers", "2") as serving:
        until(lambda: len(workers(serving)) > 1, 5.0)
        for name, session in KINDS.items():
            failed = sum(not session(serving) for _ in range(SESSIONS))
            yield Observation(FAILED, failed, "", {"sessions by": name})


def workers(serving: Serving) -> set[str]:
    """Return which of the workers have answered, out of some requests."""
    return {get(serving, "/count").body.decode().split()[0] for _ in range(10)}


def polled(serving: Serving) -> bool:
    """Poll, each time on a new connection; return whether it was known each time."""
    name = get(serving, "/open").body.decode()
    return all(get(serving, f"/poll?{name}").status == 200 for _ in range(POLLS))


def polled_on_one(serving: Serving) -> bool:
    """Poll on one connection that is kept."""
    client = http.client.HTTPConnection(HOST, serving.port, timeout=5)
    try:
        client.request("GET", "/open")
        name = client.getresponse().read().decode()
        known = []
        for _ in range(POLLS):
            client.request("GET", f"/poll?{name}")
            answer = client.getresponse()
            answer.read()
            known.append(answer.status == 200)
    finally:
        client.close()
    return all(known)


def talked(serving: Serving) -> bool:
    """Send messages over one WebSocket."""
    with connect(f"ws://{HOST}:{serving.port}/", proxy=None) as connection:
        replies = []
        for _ in range(POLLS):
            connection.send("there?")
            replies.append(connection.recv(5))
    return replies == ["known"] * POLLS


KINDS: dict[str, Callable[[Serving], bool]] = {
    "polls, each on a new connection": polled,
    "polls on a connection that is kept": polled_on_one,
    "a WebSocket": talked,
}


def read(found: Observations) -> Answer:
    """See which kinds of sessions failed."""
    failed = {
        kind: values[0]
        for kind in found.cases("sessions by")
        if (values := found.values(FAILED, sessions_by=kind))
    }
    if not failed:
        return not_answered("No session was begun.")
    bad = [kind for kind, count in failed.items() if count]
    told = "; ".join(f"{kind}: {count:.0f}" for kind, count in failed.items())
    return Answer(
        "it depends" if 0 < len(bad) < len(failed) else "yes" if bad else "no",
        f"Of {SESSIONS} sessions each, with state in the memory of two workers, "
        f"failed: {told}.",
        (
            Table.of(
                ("sessions by", f"failed, of {SESSIONS}"),
                [(kind, found.interval(FAILED, sessions_by=kind)) for kind in failed],
            ),
        ),
        turning_point="A connection belongs to one worker from its beginning to its "
        "end. What needs a second connection (polling, an upgrade from polling, a "
        "reconnect) needs stickiness, or state that all workers see. Behind a proxy no "
        "connection of the client is one of the server's.",
    )


EXPERIMENT = Experiment(
    name="sticky-sessions",
    topic="Workers",
    question="Do sessions fail with two workers and no sticky balancer?",
    sources=(
        Source("https://github.com/miguelgrinberg/python-socketio/issues/1263"),
        Source("https://github.com/miguelgrinberg/python-socketio/issues/437"),
    ),
    conditions=f"{SERVER} with two workers that accept from one socket; {POLLS} "
    "requests or messages in each session.",
    measured="Sessions of which one request or message was not known.",
    decided_by="Yes if each kind fails, it depends if some do.",
    refuted_by="No session that fails.",
    run=run,
    read=read,
    needs=("uvicorn",),
)
