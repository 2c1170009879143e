"""The inside of the process of one configuration: it loads applications, and obeys.

Started by `worker.py` as `python -m asgi_compare.measure.timing.worker_main NUMBER`,
where NUMBER is that of a socket. It gets commands (see `entry.py`), pickled, and
answers each with one JSON object. The end of the stream is the order to go.

Counting and timing never overlap: the profile function is there during a `Count`, and
at no other time.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import pickle
import socket
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from asgi_compare.drive.targets.target import TargetError, load
from asgi_compare.drive.workers.channel import Channel
from asgi_compare.measure.timing.calls import Watch
from asgi_compare.measure.timing.configuration import (
    Batch,
    Command,
    Count,
    Entry,
    Load,
    Settle,
    Tell,
)
from asgi_compare.measure.timing.figures import Weight
from asgi_compare.measure.timing.machine import resident_kb
from asgi_compare.measure.timing.smallest_server import Server, StatusChanged, server
from asgi_compare.model.serialization.codec import dumps

Answer = dict[str, Any]
WARM = 3
"""Requests put before one is counted: the first imports and caches."""


class Measured:
    """The applications of this process, each behind its smallest server."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        self._servers: dict[str, Server] = {}
        self._warm: set[str] = set()

    def load(self, command: Load) -> Answer:
        """Import what there is to import; the first import is the one that weighs."""
        if command.app_dir and command.app_dir not in sys.path[:1]:
            sys.path.insert(0, command.app_dir)
        began, modules = time.perf_counter(), len(sys.modules)
        loaded = {
            name: made(entry, command.app_dir)
            for name, entry in command.variants.items()
        }
        took = (time.perf_counter() - began) * 1e3
        weight = Weight(round(took, 1), len(sys.modules) - modules, resident_kb())
        for name, entry in command.variants.items():
            self._servers[name] = server(loaded[name], entry, self.loop)
        return asdict(weight)

    def count(self, command: Count) -> Answer:
        """Put one request under observation."""
        served = self._warmed(command.variant)
        watch = Watch()
        answer = served.once(watch)
        counted = asdict(watch.counts(answer))
        tree = asdict(watch.tree()) if command.tree else None
        return {"counts": counted, "tree": tree}

    def settle(self, command: Settle) -> Answer:
        """Keep to a core, and say how long a request takes when all is warm."""
        if command.core is not None:
            os.sched_setaffinity(0, {command.core})
        served = self._warmed(command.variant)
        began = time.perf_counter()
        done, end = 0, began + command.seconds
        while (now := time.perf_counter()) < end or not done:
            served.batch(1)
            done += 1
        return {"us": (now - began) / done * 1e6}

    def batch(self, command: Batch) -> Answer:
        """Put requests, and give wall and processor time of one, in microseconds."""
        served = self._servers[command.variant]
        cpu, wall = time.process_time_ns(), time.perf_counter_ns()
        served.batch(command.requests)
        wall, cpu = time.perf_counter_ns() - wall, time.process_time_ns() - cpu
        scale = 1e3 * command.requests
        return {"us": wall / scale, "cpu_us": cpu / scale}

    def tell(self, command: Tell) -> Answer:
        """Call a function for its answer."""
        module, _, name = command.function.partition(":")
        return {"told": getattr(importlib.import_module(module), name)()}

    def _warmed(self, variant: str) -> Server:
        if variant not in self._warm:
            self._servers[variant].batch(WARM)
            self._warm.add(variant)
        return self._servers[variant]

    def obey(self, command: Command) -> Answer:
        """Do what a command says."""
        return _METHODS[type(command)](self, command)


_METHODS: dict[type, Callable[[Any, Any], Answer]] = {
    Load: Measured.load,
    Count: Measured.count,
    Settle: Measured.settle,
    Batch: Measured.batch,
    Tell: Measured.tell,
}


def made(entry: Entry, app_dir: str | None) -> Any:
    """Import an application, or make it."""
    found = load(entry.target, app_dir=app_dir)
    return found(entry.made_with) if entry.made_with else found


def serve(channel: Channel) -> None:
    """Obey until the stream ends."""
    measured = Measured()
    while True:
        try:
            command: Command = pickle.loads(channel.receive())
        except EOFError:
            return
        channel.send(dumps(_attempt(measured, command)).encode())


def _attempt(measured: Measured, command: Command) -> Answer:
    try:
        return measured.obey(command)
    except StatusChanged as error:
        return {"changed": str(error)}
    except TargetError as error:
        return {"failed": str(error)}
    except Exception as error:
        traceback.print_exc()
        return {"failed": f"{type(error).__name__}: {' '.join(str(error).split())}"}


if __name__ == "__main__":
    number = int(sys.argv[1])
    os.set_inheritable(number, False)
    serve(Channel(socket.socket(fileno=number)))
    os._exit(0)  # to take a framework apart takes longer than our parent waits
