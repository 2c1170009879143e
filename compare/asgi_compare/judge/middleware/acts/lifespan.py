"""What the application inside does in its lifespan."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgi_compare.judge.middleware.inside import Inside, Planned

KEY = "asgi_compare"
"""What the application puts into `scope["state"]`."""


async def lives(call: Inside) -> None:
    """Start, share a value with every request, and stop."""
    await call.receive()
    if "state" in call.given:
        call.given["state"][KEY] = ["shared"]
    await call.send({"type": "lifespan.startup.complete"})
    await call.receive()
    await call.send({"type": "lifespan.shutdown.complete"})


async def fails(call: Inside) -> None:
    """Refuse to start, and say why."""
    await call.receive()
    await call.send({"type": "lifespan.startup.failed", "message": "no database"})


async def declines(call: Inside) -> None:
    """Take no part, which is legal: the server goes on without."""
    raise Planned


async def raises(call: Inside) -> None:
    """Raise at start-up, which is as legal."""
    await call.receive()
    raise Planned


async def fails_to_stop(call: Inside) -> None:
    """Start, and say at shut-down that something went wrong."""
    await call.receive()
    await call.send({"type": "lifespan.startup.complete"})
    await call.receive()
    await call.send({"type": "lifespan.shutdown.failed", "message": "not saved"})


ACTS: dict[str, Callable[[Inside], Awaitable[None]]] = {
    "lives": lives,
    "refuses to start": fails,
    "declines the lifespan": declines,
    "raises at start-up": raises,
    "fails to stop": fails_to_stop,
}
