"""A WebSocket is refused in three ways: what does its client see?"""

from __future__ import annotations

from collections.abc import Iterator

from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import connect

from asgi_compare.measure.experiments.answer import Answer, Table, not_answered
from asgi_compare.measure.experiments.bench import Serving
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)
from asgi_compare.measure.experiments.wire import ASGI_SERVERS, on_each
from asgi_compare.measure.load.records import HOST

PAGES = "asgi_compare.laboratory.waits.bare"
SERVERS = ASGI_SERVERS
WAYS = {
    "/refuse": "close(4401) before accept",
    "/deny": "a response with 401",
    "/close": "accept, then close(4401)",
}
SEES = "what the client sees"
MEANT = {"/refuse": "status 403", "/deny": "status 401", "/close": "close code 4401"}


def run(effort: Effort) -> Iterator[Observation]:
    """Be refused in each way by each server."""
    yield from on_each(SERVERS, PAGES, one)


def one(server: str, serving: Serving) -> list[Observation]:
    """Be refused in each way."""
    rows = []
    for page, way in WAYS.items():
        seen = refused(serving, page)
        case = {"server": server, "way": way}
        rows.append(Observation(SEES, seen == MEANT[page], "", case, note=seen))
    return rows


def refused(serving: Serving, page: str) -> str:
    """Return what a client sees."""
    url = f"ws://{HOST}:{serving.port}{page}"
    try:
        with connect(url, open_timeout=3, close_timeout=1, proxy=None) as connection:
            connection.recv(2)
    except InvalidStatus as error:
        return f"status {error.response.status_code}"
    except ConnectionClosed as error:
        return f"close code {error.rcvd.code if error.rcvd else 1006}"
    except (WebSocketException, OSError) as error:
        return type(error).__name__
    return "a message"


def read(found: Observations) -> Answer:
    """Count the servers on which a browser can learn why."""
    rows = found.of(SEES).rows
    if not rows:
        return not_answered("No server was asked.")
    servers = found.cases("server")
    seen = {(row.case["server"], row.case["way"]): row.note for row in rows}
    ways = [*WAYS.values()]
    cells = [(s, *(seen.get((s, way), "") for way in ways)) for s in servers]
    codes = [each for each in servers if seen.get((each, ways[2])) == MEANT["/close"]]
    denied = [each for each in servers if seen.get((each, ways[1])) == MEANT["/deny"]]
    early = [each for each in servers if "4401" in seen.get((each, ways[0]), "")]
    return Answer(
        "no" if not early else "yes" if len(early) == len(servers) else "it depends",
        f"A code that is given before accept reaches the client on {len(early)} of "
        f"{len(servers)} servers; after accept it does on {len(codes)}. A response "
        f"of one's own arrives on {len(denied)}: {', '.join(denied) or 'none'}.",
        (Table.of(("server", *ways), cells),),
        turning_point="A browser tells a page neither the status nor the body of a "
        "refusal: the page sees code 1006. Whoever has to tell it why accepts first, "
        "and closes with a code from 4000 to 4999.",
    )


EXPERIMENT = Experiment(
    name="websocket-refusal",
    topic="Connections",
    question="Does the client learn the close code of a WebSocket that is refused?",
    sources=(
        Source("https://asgi.readthedocs.io/en/latest/specs/www.html"),
        Source("https://github.com/Kludex/uvicorn/issues/1862"),
    ),
    conditions="An application by hand; the extension websocket.http.response is used "
    "without asking whether the server has it.",
    measured="The status, or the close code, that a client gets.",
    decided_by="Yes if 4401 arrives although the connection was never accepted.",
    refuted_by="A status of the server's own in its place.",
    run=run,
    read=read,
)
