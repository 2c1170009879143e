"""The lifespan of the instrumented application, which does what the environment says.

When a server has ended, nobody can ask its application what it saw. So the lifespan
keeps a diary, in a file that the environment names: one line of JSON for each event.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from typing import Any

from asgi_compare.drive.request_parts import Scope
from asgi_compare.drive.servers.nonce import Receive, Send
from asgi_compare.model.serialization.values import value_to_json

DIARY = "ASGI_COMPARE_WIRE_DIARY"
"""Names a file to which the lifespan writes what it saw: it outlives the server."""
LIFESPAN = "ASGI_COMPARE_WIRE_LIFESPAN"
"""Says what the lifespan does: see `_lifespan`."""


async def play_lifespan(scope: Scope, receive: Receive, send: Send) -> None:
    """Do what `LIFESPAN` says: be `slow`, `fail`, `raise`, `fail-shutdown`."""
    told = os.environ.get(LIFESPAN, "")
    write_diary({"scope": value_to_json(dict(scope)), "pid": os.getpid()})
    if told == "raise":
        raise RuntimeError("this application has no lifespan")
    if isinstance(scope.get("state"), dict):
        scope["state"].update({"shared": {"by": "lifespan"}, "top": "lifespan"})
    while True:
        event = await receive()
        write_diary({"receive": event["type"]})
        if event["type"] == "lifespan.startup":
            if told == "fail":
                message = "asgi-compare-was-told-to-fail"
                await send({"type": "lifespan.startup.failed", "message": message})
                return
            await asyncio.sleep(1.2 if told == "slow" else 0)
            await send({"type": "lifespan.startup.complete"})
            write_diary({"send": "lifespan.startup.complete"})
        else:
            await asyncio.sleep(0.7 if told == "slow" else 0)
            write_diary({"send": "lifespan.shutdown.complete"})
            if told == "fail-shutdown":
                message = "asgi-compare-failed-to-shut-down"
                await send({"type": "lifespan.shutdown.failed", "message": message})
                return
            await send({"type": "lifespan.shutdown.complete"})
            return


def write_diary(entry: dict[str, Any]) -> None:
    """Write an event down, with the time, if a diary is wanted."""
    if path := os.environ.get(DIARY):
        entry["at"] = time.monotonic()
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
