"""A bounded load on one subject, while the others go on as before."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from asgi_compare.dashboard.forms import Form, number_from, path_from
from asgi_compare.dashboard.subjects import Subject
from asgi_compare.measure.load.process import LoadProcess
from asgi_compare.measure.load.records import HttpLoad

MAX_SECONDS = 10.0
MAX_CONNECTIONS = 20


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked, for how long, and on how many connections at once."""

    path: str
    seconds: float
    connections: int


def load_from(form: Form) -> Load:
    """Read what the page asks for, within the limits."""
    return Load(
        path_from(form),
        number_from(form, "seconds", "the seconds", 0.1, MAX_SECONDS),
        int(number_from(form, "connections", "the connections", 1, MAX_CONNECTIONS)),
    )


async def put(subject: Subject, wish: Load) -> dict[str, Any]:
    """Keep so many connections busy for so long."""
    load = HttpLoad(
        subject.running.port,
        target=wish.path,
        seconds=wish.seconds,
        connections=wish.connections,
    )
    result = await asyncio.to_thread(_put, load)
    subject.asked += int(result["requests"])
    return result


def _put(load: HttpLoad) -> dict[str, Any]:
    with LoadProcess() as client:
        came = client.put(load)
    return {
        "requests": came.requests,
        "seconds": came.seconds,
        "per_second": came.requests / came.seconds if came.seconds else 0.0,
        "errors": dict(came.errors),
    }
