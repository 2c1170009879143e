"""A server that goes wrong as it is told: `python faulty_server.py MODE PORT`.

It is uvicorn with something between it and the application. At a request for the case
`TRIGGER`, it does what the mode says. `daemon=FILE` starts a process in a session of
its own, and writes its number there. `stops=N` gives up what is under way at the Nth
signal, whichever it is; with 0, it hears none of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn

TRIGGER = "chunk-extension"


class Faulty:
    """What stands between the server and the application."""

    def __init__(self, mode: str) -> None:
        self.mode = mode
        self.hit = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if TRIGGER in scope.get("path", ""):
            self.hit = True
            if self.mode == "exit":
                os._exit(3)
            if self.mode == "hang":
                time.sleep(60)  # noqa: ASYNC251
        if self.mode == "refuse" and self.hit:
            await send({"type": "http.response.start", "status": 503, "headers": []})
            await send({"type": "http.response.body", "body": b"down"})
            return
        if self.mode == "bytearray" and "headers" in scope:
            pairs = [(bytearray(n), bytearray(v)) for n, v in scope["headers"]]
            scope = {**scope, "headers": pairs}
        from asgi_compare.drive.servers import entry

        await entry.application(scope, _changed(receive, self.mode), send)


class Signalled(uvicorn.Server):
    """One that waits for its clients until the Nth signal."""

    def __init__(self, config: uvicorn.Config, gives_up_at: int) -> None:
        super().__init__(config)
        self.gives_up_at = gives_up_at
        self.heard = 0

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.heard += 1
        self.should_exit = self.gives_up_at > 0
        self.force_exit = self.heard == self.gives_up_at


def _changed(receive: Any, mode: str) -> Any:
    async def changed() -> Any:
        event = await receive()
        for key in ("body", "bytes"):
            if mode == "bytearray" and isinstance(event.get(key), bytes):
                event = {**event, key: bytearray(event[key])}
        return event

    return changed


def main(mode: str, port: int) -> None:
    """Serve."""
    if mode == "broken":
        sys.exit("the last words of the server")
    if mode.startswith("daemon="):
        sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
        child = subprocess.Popen(sleep, start_new_session=True)
        Path(mode.removeprefix("daemon=")).write_text(str(child.pid))
    config = uvicorn.Config(Faulty(mode), log_level="warning", port=port)
    if mode.startswith("stops="):
        Signalled(config, int(mode.removeprefix("stops="))).run()
    else:
        uvicorn.Server(config).run()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
