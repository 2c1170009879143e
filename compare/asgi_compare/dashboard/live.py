"""What each server uses, looked at twice a second while somebody watches.

Latency is that of a small request, `GET /`, which the dashboard itself makes. The hops
to other threads are those of the same request, counted once in the target's worker. The
rest is read in /proc: memory and processor time of all processes of a server, and the
connections that are established on its port.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from statistics import quantiles
from typing import Any

from asgi_compare.contract.scenario import Request
from asgi_compare.dashboard.subjects import Subject
from asgi_compare.drive.live import http as live
from asgi_compare.drive.targets.target import TargetError
from asgi_compare.measure.timing.machine import seconds_of, session_pids

EVERY = 0.5
"""Seconds between two looks."""
KEPT = 120
"""Latencies that the percentiles are of: those of the last minute."""
DEADLINE = 2.0
"""Seconds after which the small request counts as lost."""
ESTABLISHED = "01"
"""The state in /proc/net/tcp."""
HELLO = Request()


class Watch:
    """The last looks at every subject."""

    def __init__(self, subjects: Mapping[str, Subject]) -> None:
        self._subjects = subjects
        self._latencies: dict[str, deque[float]] = {
            id: deque(maxlen=KEPT) for id in subjects
        }
        self._used: dict[str, tuple[float, float]] = {}
        self._hops: dict[str, int | None] = {}

    async def look(self) -> list[dict[str, Any]]:
        """Return one row a subject: times, MiB, cores, connections, requests, hops."""
        subjects = list(self._subjects.values())
        latencies = await asyncio.gather(*map(self._latency, subjects))
        open_on = connections(each.running.port for each in subjects)
        return [
            self._row(subject, latency, open_on)
            for subject, latency in zip(subjects, latencies, strict=True)
        ]

    def _row(
        self, subject: Subject, latency: float | None, open_on: Mapping[int, int]
    ) -> dict[str, Any]:
        ended = subject.running.exited()
        row: dict[str, Any] = {"id": subject.id, "ended": ended or ""}
        if ended:
            return row
        seen = self._latencies[subject.id]
        if latency is not None:
            seen.append(latency)
        pids = session_pids([subject.running.group])
        return row | {
            "ms": latency,
            "p50": percentile(seen, 50),
            "p99": percentile(seen, 99),
            "mib": sum(map(resident, pids)) / (1 << 20),
            "cores": self._cores(subject.id, pids),
            "connections": open_on.get(subject.running.port, 0),
            "requests": subject.asked,
            "hops": self._hops.get(subject.id),
        }

    async def count_hops(self) -> None:
        """Drive every subject once in its worker; the rows have the counts then."""
        for id, subject in self._subjects.items():
            self._hops[id] = await asyncio.to_thread(hops, subject)

    async def _latency(self, subject: Subject) -> float | None:
        subject.asked += 1
        running = subject.running
        came = await live.exchange(running.host, running.port, HELLO, deadline=DEADLINE)
        return came.elapsed_ns / 1e6 if came.response is not None else None

    def _cores(self, id: str, pids: Iterable[int]) -> float:
        now, used = time.monotonic(), seconds_of(pids)
        before, used_before = self._used.get(id, (now, used))
        self._used[id] = (now, used)
        return (used - used_before) / (now - before) if now > before else 0.0


def hops(subject: Subject) -> int | None:
    """Count the calls to other threads in one small request; None if it failed."""
    try:
        events = subject.record(HELLO, DEADLINE).events
    except TargetError:
        return None
    return sum(event.direction == "hop" for event in events)


def percentile(values: Iterable[float], rank: int) -> float | None:
    """Return a percentile of milliseconds; None of none."""
    found = list(values)
    if len(found) < 2:
        return found[0] if found else None
    return quantiles(found, n=100, method="inclusive")[rank - 1]


def resident(pid: int) -> int:
    """Return the resident memory of a process in bytes; 0 if it has ended."""
    with suppress(OSError, IndexError):
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0


def connections(ports: Iterable[int]) -> dict[int, int]:
    """Count the established connections on local ports, where the system tells."""
    counts = dict.fromkeys(ports, 0)
    with suppress(OSError):
        for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]:
            fields = line.split()
            port = int(fields[1].rpartition(":")[2], 16)
            if fields[3] == ESTABLISHED and port in counts:
                counts[port] += 1
    return counts
