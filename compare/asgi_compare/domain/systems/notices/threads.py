"""Send what is due, on threads: what `loop.py` is for an event loop.

There is a thread for each channel, and more in which it sends, so that one who hangs
holds up no other. A thread cannot be stopped from outside: who sends must have a
time-out of its own.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import sleep, time

from asgi_compare.domain.systems.notices.desk import AT_ONCE, Desk, Job, groups
from asgi_compare.domain.systems.notices.loop import LOG, outcome
from asgi_compare.domain.systems.notices.notice import Channel
from asgi_compare.domain.systems.notices.settings import Settings

Send = Callable[[Sequence[Job]], None]
"""Sends jobs of one user together; raises if that fails, `Undeliverable` if it can."""


class Senders:
    """The threads that send, of one process. They end with it."""

    def __init__(
        self,
        desk: Desk,
        make_channels: Callable[[], Mapping[Channel, Send]],
        settings: Settings,
    ) -> None:
        self._desk, self._make_channels = desk, make_channels
        self._settings = settings
        self._lock = threading.Lock()
        self._begun = False

    def begin(self) -> None:
        """Begin to send; a second time does nothing."""
        with self._lock:
            if not self._begun:
                self._begun = True
                threading.Thread(target=self._begin, daemon=True).start()

    def _begin(self) -> None:
        # In a thread: to import the clients may take a second.
        for channel, send in self._make_channels().items():
            run = (channel, send)
            threading.Thread(target=self._serve, args=run, daemon=True).start()

    def _serve(self, channel: Channel, send: Send) -> None:
        pool = ThreadPoolExecutor(AT_ONCE, f"notices-{channel}")
        while True:
            try:
                jobs = self._desk.claim(channel, time())
                list(pool.map(lambda each: self._try(send, each), groups(jobs)))
            except Exception:
                # The database is away; what was claimed is due again after its lease.
                LOG.exception("The outbox of %s cannot be read.", channel)
                jobs = []
            if not jobs:
                sleep(self._settings.tick)

    def _try(self, send: Send, jobs: Sequence[Job]) -> None:
        error: Exception | None = None
        try:
            send(jobs)
        except Exception as raised:
            error = raised
        self._desk.settle([outcome(self._desk, job, error) for job in jobs])
