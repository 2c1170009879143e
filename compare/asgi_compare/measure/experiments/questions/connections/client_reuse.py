"""An HTTP client made for each request, and one that is kept."""

from __future__ import annotations

from collections.abc import Iterator

from asgi_compare.measure.experiments.answer import Answer, Bars, Table, not_answered
from asgi_compare.measure.experiments.bench import serve
from asgi_compare.measure.experiments.child import in_child
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)
from asgi_compare.measure.timing.machine import places

TIME = "asgi_compare.laboratory.waits.upstreams:time_all"
AT_ONCE = (1, 20)
COUNT = 20
REQUEST = "a request"


def run(effort: Effort) -> Iterator[Observation]:
    """Time both clients both ways, in a fresh process each round."""
    with serve("raw-asgi", "uvicorn") as serving:
        url = f"{serving.running.address}/"
        for number in range(effort.rounds):
            for users in AT_ONCE:
                found = in_child(TIME, url, COUNT, users, core=places()[1])
                for kind, seconds in found.items():
                    case = {"client": kind, "at once": str(users)}
                    yield Observation(REQUEST, seconds, "s", case, number)


def read(found: Observations) -> Answer:
    """Compare a client that is made anew with the same one that is kept."""
    micro = {
        (kind, users): each.scaled(1e6)
        for kind in found.cases("client")
        for users in found.cases("at once")
        if (each := found.interval(REQUEST, client=kind, at_once=users))
    }
    factors = {
        (name, users): micro[f"{name}, made for each", users].median
        / micro[f"{name}, kept", users].median
        for name in ("httpx2", "aiohttp")
        for users in found.cases("at once")
        if (f"{name}, made for each", users) in micro
        and (f"{name}, kept", users) in micro
    }
    if not factors:
        return not_answered("No request was timed.")
    users = found.cases("at once")
    rows = [
        (kind, *(micro.get((kind, each)) for each in users))
        for kind in found.cases("client")
    ]
    return Answer(
        "yes" if min(factors.values()) > 1.5 else "it depends",
        f"A client that is made for each request takes {min(factors.values()):.1f} to "
        f"{max(factors.values()):.1f} times as long as the same one kept.",
        (Table.of(("client", *(f"µs, {n} at once" for n in users)), rows),),
        (
            Bars(
                f"A request, {users[0]} at once",
                "µs",
                tuple(
                    (kind, each) for (kind, n), each in micro.items() if n == users[0]
                ),
            ),
        ),
        turning_point=(
            "Over TLS and to another machine a new connection costs round trips as "
            "well, and the factor grows."
        ),
    )


EXPERIMENT = Experiment(
    name="http-client-reuse",
    topic="Gateways",
    question="What does a new HTTP client for each request cost?",
    sources=(
        Source(
            "https://openillumi.com/en/en-fastapi-httpx-asyncclient-reuse-optimize",
            "creates and destroys a new client and TCP connection for every API call",
            "claim",
        ),
    ),
    conditions=f"Plain HTTP on loopback to 13 bytes from raw ASGI; {COUNT} requests.",
    measured="Seconds a request, the mean of all in each round.",
    decided_by="Yes if a new client takes over 1.5 times as long, for both libraries.",
    refuted_by="A library for which it makes no difference.",
    run=run,
    read=read,
    needs=("httpx2", "aiohttp", "uvicorn"),
)
