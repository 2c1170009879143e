"""One request with OpenTelemetry's middleware around the application, and without.

The application takes one event and answers in two. So the middleware makes a span of
the server, one of `receive` and two of `send`.
"""

import asyncio
import time
from typing import Any

from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware
from opentelemetry.sdk.trace import TracerProvider

from asgi_compare.laboratory.within.by_hand import ask

SERVER_ONLY, ALL, NONE = "the server's span", "those of receive and send too", "none"
BODY = b"Hello, world!"
WARM_UP = 200


async def hello(scope: Any, receive: Any, send: Any) -> None:
    """Take the request, and answer."""
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": BODY})


def applications() -> dict[str, Any]:
    """Return the application with none of the spans, with one, and with all."""
    provider = TracerProvider()  # spans are made, and given to nobody
    return {
        NONE: hello,
        SERVER_ONLY: OpenTelemetryMiddleware(
            hello, tracer_provider=provider, exclude_spans=["receive", "send"]
        ),
        ALL: OpenTelemetryMiddleware(hello, tracer_provider=provider),
    }


def times(requests: int, rounds: int) -> dict[str, list[float]]:
    """Return the seconds of one request, by its spans: one number for each round."""
    return asyncio.run(_times(requests, rounds))


async def _times(requests: int, rounds: int) -> dict[str, list[float]]:
    made = applications()
    found: dict[str, list[float]] = {name: [] for name in made}
    for application in made.values():
        await _seconds(application, WARM_UP)
    for _ in range(rounds):
        for name, application in made.items():
            found[name].append(await _seconds(application, requests) / requests)
    return found


async def _seconds(application: Any, requests: int) -> float:
    began = time.perf_counter()
    for _ in range(requests):
        await ask(application)
    return time.perf_counter() - began
