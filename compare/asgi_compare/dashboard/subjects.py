"""What the dashboard asks: a target on a real server, and in a worker of its own.

The server answers as a client sees it. The worker is the same target once more, driven
in process, where each event and each hop to another thread is recorded.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from asgi_compare.contract.parse import scenario_of
from asgi_compare.contract.scenario import Conversation, Request
from asgi_compare.dashboard.forms import FormError
from asgi_compare.drive.servers.supervisor import RunningServer
from asgi_compare.drive.workers.worker import Child
from asgi_compare.model.transcript import Interface, Transcript


@dataclass(slots=True)
class Subject:
    """One target that runs; the browser knows it by its id."""

    id: str
    target: str
    interface: Interface
    running: RunningServer
    app_dir: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    asked: int = 0
    """How many requests the dashboard has sent it."""
    _child: Child | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def implementation(self) -> str:
        """The name of what runs; the id may name the server besides."""
        return self.id.removesuffix(f" on {self.server}")

    @property
    def server(self) -> str:
        """The name of its server."""
        return self.running.server.name

    def record(self, exchange: Request | Conversation, deadline: float) -> Transcript:
        """Drive the target in its worker, and return what crossed the interface.

        Raises `TargetError` if the target cannot be loaded. Any thread may call it.
        """
        with self._lock:
            if self._child is None:
                self._child = Child(
                    self.target,
                    interface=self.interface,
                    app_dir=self.app_dir,
                    attributes=self.attributes,
                    driver="asgi_compare.drive.hops:drive",
                )
                # The first call of a framework imports much; nobody wants to see that.
                self._child.drive(scenario_of(Request(), self.interface, deadline))
            scenario = scenario_of(exchange, self.interface, deadline)
            transcript = self._child.drive(scenario)
        between = transcript.requests
        if transcript.scope.get("type") == "lifespan" and between:
            return between[0]
        return transcript

    def close(self) -> None:
        """End the worker; the server belongs to whoever started it."""
        with self._lock:
            child, self._child = self._child, None
        if child is not None:
            child.close()


def known(subjects: Mapping[str, Subject], ids: object) -> list[Subject]:
    """Return the subjects with these ids, in the order of ours; all without any.

    Raises `FormError` if there is no such id.
    """
    if not ids:
        return list(subjects.values())
    if not isinstance(ids, list) or not set(map(str, ids)) <= subjects.keys():
        raise FormError(f"Expected ids among {', '.join(subjects)}, but got {ids!r}.")
    return [subject for id, subject in subjects.items() if id in ids]
