"""What driving an application costs, ours beside others.

Run it with `python -m tools.bench_drivers`, or `make bench-drivers`. Every driver
puts `GET /` to the same application, in turns: a slice of the first, a slice of the
second, and so on, many times over. What disturbs the machine then disturbs all of them,
and a ratio is taken within one turn only. Times are those of the processor: what other
programs take does not count, nor does the waiting of a driver that uses threads.

Two ratios are given. *Total* is what one exchange takes, application included. *Own* is
what is left of that without the bare call, so the driver's own work, which does not
look smaller because an application is large. The bare call is what cannot be spared:
make a scope, call, and keep in a list what is sent.

Ours records everything and writes the transcript, the others do not; all but the bare
call have to get 200. A goal says how many times cheaper ours is to be, in total and
with the smallest application. Microseconds are no goals: machines differ fourfold.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from asgi_compare.model.environment import environment, versions
from tools import bench_rivals as by

SLICE = 0.01
"""Seconds that one slice takes, about."""
ROUNDS, QUICK_ROUNDS = 41, 9

PACKAGES = ("asgiref", "django", "httpx", "httpx2", "starlette", "werkzeug")


async def hello(scope: Any, receive: Any, send: Any) -> None:
    """As little as an application can be, so that what is seen is the driver."""
    if scope["type"] == "http":
        headers = [(b"content-type", b"text/plain"), (b"content-length", b"5")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"hello"})
    else:  # a lifespan, which Starlette's client asks for
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})


def wsgi_hello(environ: Any, start_response: Any) -> list[bytes]:
    """The same for WSGI."""
    headers = [("Content-Type", "text/plain"), ("Content-Length", "5")]
    start_response("200 OK", headers)
    return [b"hello"]


@dataclass(frozen=True)
class Row:
    """One driver, and how many times cheaper than it ours is meant to be with the
    smallest application."""

    name: str
    rival: by.Rival
    goal: int = 0


ASGI = (
    Row("bare call", by.bare_asgi),
    Row("ours", by.ours_asgi),
    Row("asgiref ApplicationCommunicator", by.communicator, 2),
    Row("httpx AsyncClient, ASGITransport", by.httpx, 6),
    Row("httpx2 AsyncClient, ASGITransport", by.httpx2),
    Row("Starlette TestClient, inside with", by.test_client, 40),
    Row("Starlette TestClient", by.bare_test_client),
)
WSGI = (
    Row("bare call", by.bare_wsgi),
    Row("ours", by.ours_wsgi),
    Row("Werkzeug Client", by.werkzeug),
)
BY_HAND = tuple(replace(row, goal=0) for row in ASGI)
DJANGO_ASGI = (*BY_HAND[:3], Row("Django AsyncClient", by.django_async_client))
DJANGO_WSGI = (*WSGI, Row("Django Client", by.django_client))


@dataclass(frozen=True)
class Table:
    """One application, and who drives it."""

    title: str
    target: str
    rows: tuple[Row, ...]


TABLES = (
    Table("ASGI, hello in four lines", "tools.bench_drivers:hello", ASGI),
    Table("ASGI by hand", "asgi_raw.app:application", BY_HAND),
    Table("Django on ASGI", "django_app.asgi:application", DJANGO_ASGI),
    Table("WSGI, hello in three lines", "tools.bench_drivers:wsgi_hello", WSGI),
    Table("WSGI by hand", "wsgi_app.app:application", WSGI),
    Table("Django on WSGI", "django_app.wsgi:application", DJANGO_WSGI),
)


def timed(many: by.Many, times: int) -> float:
    """Return the microseconds that one exchange takes, on average over so many."""
    began = time.process_time()  # of all threads
    status = many(times)
    elapsed = time.process_time() - began
    if status != 200:
        raise RuntimeError(f"Expected the status 200, but got {status}.")
    return elapsed / times * 1e6


def calibrated(many: by.Many) -> int:
    """Find out how many exchanges make a slice."""
    times = 1
    while (took := timed(many, times) * times / 1e6) < SLICE / 2:
        times *= 2
    return max(1, round(times * SLICE / took))


def measure(table: Table, rounds: int) -> tuple[dict[str, list[float]], list[str]]:
    """Measure in turns; give the times of each driver, and who is not here."""
    module, _, attribute = table.target.partition(":")
    application = getattr(import_module(module), attribute)
    absent = []
    loop = asyncio.new_event_loop()
    with ExitStack() as stack:
        stack.callback(loop.close)
        ready: dict[str, tuple[by.Many, int]] = {}
        for row in table.rows:
            try:
                many = stack.enter_context(row.rival(application, loop))
            except ImportError as error:
                absent.append(f"{row.name}: {error}")
            else:
                ready[row.name] = many, calibrated(many)
        times: dict[str, list[float]] = {name: [] for name in ready}
        for _ in range(rounds):
            for name, (many, count) in ready.items():
                times[name].append(timed(many, count))
    return times, absent


def spread(values: list[float], form: str = ".2f") -> str:
    """Return the median with the first and third quartile."""
    first, median, third = statistics.quantiles(values, n=4)
    return f"{median:{form}} ({first:{form}}-{third:{form}})"


def lines(table: Table, times: dict[str, list[float]]) -> list[str]:
    """Put the figures of one table into words."""
    found = [
        f"{table.title} ({table.target})",
        f"  {'driver':34} {'us, median (quartiles)':26} "
        f"{'total, times ours':24} {'own, times ours':24} goal",
    ]
    bare, ours = times["bare call"], times["ours"]
    for row in table.rows:
        if row.name not in times:
            continue
        taken = times[row.name]
        total = [each / our for each, our in zip(taken, ours, strict=True)]
        own = [
            (each - floor) / (our - floor)
            for each, our, floor in zip(taken, ours, bare, strict=True)
        ]
        goal = ""
        if row.goal:
            met = statistics.median(total) >= row.goal
            goal = f"at least {row.goal}: {'met' if met else 'MISSED'}"
        compared = row.name not in ("bare call", "ours")
        found.append(
            f"  {row.name:34} {spread(taken):26} {spread(total, '.1f'):24} "
            f"{spread(own, '.1f') if compared else '':24} {goal}".rstrip()
        )
    return found


def main(arguments: list[str] | None = None, out: Callable[[str], Any] = print) -> int:
    """Measure all tables, or those whose title has the given text in it."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench_drivers")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--only", default="", help="part of a table's title")
    asked = parser.parse_args(arguments)
    rounds = QUICK_ROUNDS if asked.quick else ROUNDS
    about = environment()
    named = (f"{name} {number}" for name, number in versions(PACKAGES).items())
    out(f"{about['date']}, {about['python']}, {about['cpu']}, {about['cores']} cores")
    out(", ".join(named))
    out(f"{rounds} rounds in turns, slices of about {SLICE * 1000:.0f} ms")
    for table in TABLES:
        if asked.only.lower() in table.title.lower():
            times, absent = measure(table, rounds)
            out("")
            for line in lines(table, times):
                out(line)
            for line in absent:
                out(f"  not here: {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
