"""Where those who are measured meet: the chat of an application, on uvicorn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from asgi_compare.measure.experiments.bench import Serving, serve
from asgi_compare.measure.load.records import StreamLoad

CROWD = "asgi_compare.laboratory.waits.crowd:"
ROOMS = {
    "raw-asgi": f"{CROWD}raw_asgi",
    "starlette": f"{CROWD}starlette",
    "django-asgi": f"{CROWD}django_asgi",
}
"""The implementations that have WebSockets, each with its chat for a crowd."""
PATH = "/systems/chat/ws"
JOIN = json.dumps({"type": "join", "room": "tea"})
SAY = json.dumps({"type": "say", "room": "tea", "text": "%s ."})
AFTER = '"user":"crowd","text":"'
ORIGIN = (("Origin", "http://localhost"),)


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured; the tests take the least."""

    connections: tuple[int, ...] = (1_000, 10_000)
    """Of a broadcast."""
    idle: int = 2_000
    """Connections that do nothing, for the memory of one."""
    rounds: int = 7
    seconds: float = 4.0
    burst: int = 500
    """Messages to one who does not read."""
    receivers: int = 1_000
    """Of a message through a layer."""


@contextmanager
def room(implementation: str) -> Iterator[Serving]:
    """Serve the chat of an implementation, open to a crowd."""
    with serve(
        ROOMS[implementation],
        "uvicorn",
        interface="asgi",
        environment={"REDIS_URL": ""},
    ) as serving:
        yield serving


def joining(
    port: int,
    connections: int,
    *,
    target: str = PATH,
    seconds: float = 0.0,
    send_every: float = 0.0,
    rounds: int = 0,
) -> StreamLoad:
    """Return a load of connections that join the room first."""
    return StreamLoad(
        port,
        target,
        "websocket",
        connections,
        seconds,
        opens_a_second=400.0,
        send_every=send_every,
        first=JOIN,
        says=SAY,
        after=AFTER,
        rounds=rounds,
        headers=ORIGIN,
        patience=60.0,
    )
