"""A token in four places of a WebSocket's request: what stands in the access log?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from asgi_compare.measure.experiments.answer import Answer, Table, not_answered
from asgi_compare.measure.experiments.bench import Serving
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)
from asgi_compare.measure.experiments.wire import on_each, until
from asgi_compare.measure.load.records import HOST

PAGES = "asgi_compare.laboratory.waits.bare"
WITH_LOG = {
    "uvicorn": ("--access-log",),
    "hypercorn": ("--access-logfile", "-"),
    "daphne": ("--access-log", "-"),
    "granian": ("--access-log",),
    "gunicorn-asgi": ("--access-logfile", "-"),
}
"""Servers, and what turns their access log on."""
LINES, LOGGED = "log lines with the token", "log lines with the path"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the token is."""

    name: str
    query: str = ""
    headers: Mapping[str, str] | None = None
    subprotocols: Sequence[str] | None = None
    message: str = ""


def places(token: str) -> list[Place]:
    """Return the four, each with a token of its own."""
    return [
        Place("query", query=f"?token={token}query"),
        Place("subprotocol", subprotocols=(f"{token}subprotocol",)),
        Place("cookie", headers={"Cookie": f"token={token}cookie"}),
        Place("first message", message=f"{token}message"),
    ]


TOKEN = "tok3n"


def run(effort: Effort) -> Iterator[Observation]:
    """Connect with the token in each place, and read the log of the server."""
    yield from on_each([*WITH_LOG], PAGES, one, options=WITH_LOG)


def one(server: str, serving: Serving) -> list[Observation]:
    """Connect to one server."""
    for place in places(TOKEN):
        enter(serving, place)
    written = f"{TOKEN}query"
    until(lambda: any(written in line for line in serving.running.logs(500)), 1.0)
    lines = serving.running.logs(500)
    logged = sum("/accept" in line for line in lines)
    return [
        Observation(LOGGED, logged, "", {"server": server}),
        *(
            Observation(
                LINES,
                sum(f"{TOKEN}{place.name.split()[-1]}" in line for line in lines),
                "",
                {"server": server, "place": place.name},
            )
            for place in places(TOKEN)
        ),
    ]


def enter(serving: Serving, place: Place) -> None:
    """Connect, send one message, get it back, and leave."""
    names = place.subprotocols
    with (
        suppress(WebSocketException, OSError),
        connect(
            f"ws://{HOST}:{serving.port}/accept{place.query}",
            additional_headers=place.headers,
            subprotocols=[Subprotocol(name) for name in names] if names else None,
            open_timeout=3,
            close_timeout=1,
            proxy=None,
        ) as connection,
    ):
        connection.send(place.message or "hello")
        connection.recv(2)


def read(found: Observations) -> Answer:
    """Look for the token in the logs."""
    servers = found.cases("server")
    if not found.of(LINES):
        return not_answered("No server was asked.")
    rows = [
        (
            place,
            *(found.interval(LINES, server=server, place=place) for server in servers),
        )
        for place in found.cases("place")
    ]
    rows.append(
        ("(lines with the path)", *(found.interval(LOGGED, server=s) for s in servers))
    )
    silent = [s for s in servers if not sum(found.values(LOGGED, server=s))]
    leaked = {
        place: [s for s in servers if sum(found.values(LINES, server=s, place=place))]
        for place in found.cases("place")
    }
    query, others = leaked.get("query", []), sum(map(len, leaked.values()))
    return Answer(
        "yes" if len(query) == len(servers) else "it depends" if others else "no",
        f"A token in the query stands in the access log of {len(query)} of "
        f"{len(servers)} servers ({', '.join(query) or 'none'}); in the other places "
        f"of {others - len(query)}.",
        (Table.of(("the token is in the", *servers), rows, "Lines with the token"),),
        turning_point=(
            f"These do not log WebSockets at all: {', '.join(silent)}. "
            if silent
            else ""
        )
        + "A proxy in front has a log of its own, which nearly always has "
        "the query. A cookie needs a check of Origin, a first message needs a limit of "
        "time for those who never send one.",
    )


EXPERIMENT = Experiment(
    name="token-in-access-log",
    topic="Connections",
    question="Does the token of a WebSocket stand in the access log?",
    sources=(
        Source(
            "https://github.com/greeves89/AI-Employee/issues/373",
            "uvicorn's access line contains it in full",
            "claim",
        ),
        Source("https://github.com/Git-on-my-level/codex-autorunner/issues/75"),
    ),
    conditions="The access log turned on, in the format that each server comes with; "
    "all connections are accepted.",
    measured="Lines of the log that have the token.",
    decided_by="Yes if each server writes the query, it depends if some do.",
    refuted_by="No token in any log.",
    run=run,
    read=read,
)
