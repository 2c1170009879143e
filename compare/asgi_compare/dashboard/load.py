"""A bounded load on one subject, while the others go on as before."""

from __future__ import annotations

import asyncio
from typing import Any

from asgi_compare.dashboard.subjects import Subject
from asgi_compare.measure.load.process import LoadProcess
from asgi_compare.measure.load.records import HttpLoad

MAX_SECONDS = 10.0
MAX_CONNECTIONS = 20


async def put(
    subject: Subject, path: str, seconds: float, connections: int
) -> dict[str, Any]:
    """Keep so many connections busy for so long; both are cut to their limits."""
    load = HttpLoad(
        subject.running.port,
        target=path,
        seconds=min(max(seconds, 0.1), MAX_SECONDS),
        connections=min(max(connections, 1), MAX_CONNECTIONS),
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
