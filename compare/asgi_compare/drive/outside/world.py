"""The world outside of the systems, in a thread: what it has seen, and what fails.

What it has seen is found by a name, and what fails is set by one:

    in use            how many requests of upstreams are under way
    asked NAME        how often an upstream was asked; `asked hook USER`
    mail USER         the subjects of mails, each once, however often it has come; and
                      so `hook USER` and `push USER`, the titles of notices
    mails USER        how often mails have come; and so `hooks USER`, `pushes USER`

    flaky, hook, push a fault of what has that name: `hangs`, `fails` or `gone`
    mail              `hangs`, `fails` (4xx) or `refuses` (5xx)

The name of a user ends in a mark, which is that of a story. What is set for `hook` and
a mark is so for the users of that story alone.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from asgi_compare.drive.outside import http, receivers, upstreams
from asgi_compare.drive.outside.http import Request
from asgi_compare.drive.outside.receivers import Received
from asgi_compare.drive.outside.upstreams import AWAY, UPSTREAMS
from asgi_compare.drive.servers.supervisor import HOST, free_port

DEADLINE = "1.0"
"""Seconds that the gateway of a story has."""
RETRY = "0.3"
"""Seconds until it tries a notice again."""
PATIENCE = "3.0"
"""Seconds that an attempt to send one may take; a claim lasts twice as long."""
TICK = "0.1"
"""Seconds between two looks into the outbox."""
PAUSE = "0.5"
"""Seconds after which it tries an upstream again that has failed."""


class World:
    """What the systems of a story speak to."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.faults: dict[str, str] = {}
        self.in_use = 0
        self.asked = Counter[str]()
        self.port = 0
        self.received = Received()

    def reset(self) -> None:
        """Mend everything, and forget what was seen."""
        self.faults.clear()
        self.asked.clear()
        self.received.clear()

    @property
    def environment(self) -> Mapping[str, str]:
        """The settings by which a system finds it."""
        here = f"http://{HOST}:{self.port}"
        nobody = f"http://{HOST}:{free_port()}"
        rows = [f"{name}={here}/{name}" for name in UPSTREAMS]
        rows += [f"{name}={nobody}" for name in AWAY]
        return {
            "GATEWAY_UPSTREAMS": " ".join(rows),
            "GATEWAY_DEADLINE": DEADLINE,
            "GATEWAY_PAUSE": PAUSE,
            **self._database,
            "NOTICES_SMTP": f"{HOST}:{self.received.mail_port}",
            "NOTICES_HOOK": f"{here}/hook",
            "NOTICES_SECRET": receivers.SECRET,
            "NOTICES_PUSH": f"{here}/push/",
            "NOTICES_VAPID": self.received.vapid,
            "NOTICES_RETRY": RETRY,
            "NOTICES_PATIENCE": PATIENCE,
            "NOTICES_TICK": TICK,
        }

    @property
    def _database(self) -> Mapping[str, str]:
        if os.environ.get("DATABASE_URL"):
            return {}
        return {"DATABASE_URL": f"sqlite:///{self.directory}/systems.sqlite3"}

    def subscription(self, user: str) -> Mapping[str, object]:
        """Return where a user's browser takes push messages."""
        return self.received.subscription(f"http://{HOST}:{self.port}/push/{user}")

    def find(self, what: str) -> object:
        """Return what was seen."""
        kind, _, name = what.partition(" ")
        if what == "in use":
            return self.in_use
        if kind == "asked":
            return self.asked[name]
        if kind in self.received.KINDS:
            return self.received.find(kind, name)
        raise ValueError(f"Expected something that can be seen, but got {what!r}.")

    async def handle(self, request: Request) -> None:
        """Answer a request."""
        name, _, rest = request.target.partition("?")[0][1:].partition("/")
        is_upstream = name in UPSTREAMS
        self.asked[name if is_upstream else f"{name} {rest}"] += 1
        self.in_use += is_upstream
        try:
            fault = FAULTS.get(self.fault(name, rest))
            await (fault or self._handlers.get(name, missing))(request)
        finally:
            self.in_use -= is_upstream

    def fault(self, name: str, user: str) -> str:
        """Return what is wrong with something, for a user."""
        mark = user[user.rfind("-") :] if "-" in user else ""
        return self.faults.get(f"{name}{mark}") or self.faults.get(name, "")

    @property
    def _handlers(self) -> Mapping[str, http.Handler]:
        return {**UPSTREAMS, "hook": self.received.hook, "push": self.received.push}

    async def listen(self, ready: Callable[[], object], over: asyncio.Event) -> None:
        """Serve until it is over."""
        tasks: set[asyncio.Task[None]] = set()

        async def accept(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            task = asyncio.current_task()
            assert task
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            await http.serve(self.handle, reader, writer)

        server = await asyncio.start_server(accept, HOST, 0)
        self.port = server.sockets[0].getsockname()[1]
        mail = await self.received.listen(lambda user: self.fault("mail", user))
        ready()
        await over.wait()
        server.close()
        mail.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def missing(request: Request) -> None:
    """Know nothing of it."""
    await request.answer(404)


async def gone(request: Request) -> None:
    """Want no more of it."""
    await request.answer(410)


FAULTS: Mapping[str, http.Handler] = {
    "hangs": upstreams.late,
    "fails": upstreams.broken,
    "gone": gone,
}


@contextmanager
def outside() -> Iterator[World]:
    """Run a world of our own."""
    with tempfile.TemporaryDirectory(prefix="asgi-compare-") as directory:
        world = World(Path(directory))
        ready = threading.Event()
        loop = asyncio.new_event_loop()
        over = asyncio.Event()

        def run() -> None:
            try:
                loop.run_until_complete(world.listen(ready.set, over))
            finally:
                loop.close()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        ready.wait(10)
        try:
            yield world
        finally:
            loop.call_soon_threadsafe(over.set)
            thread.join(10)
