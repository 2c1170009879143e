"""What the live validator costs, ours beside others.

Run it with `python -m tools.bench_validator`, or `make bench-validator`. The same
application is called bare, then through each wrapper, in turns: a slice of the first, a
slice of the second, and so on, many times over. What a wrapper *adds* is its time less
that of the bare call in the same turn; what disturbs the machine disturbs both. It is
processor time that is taken, since a machine may be shared.

The bare call is what a server cannot spare: make the scope or the environ, and two
functions, and call. *Passed through* is a wrapper that looks at nothing; so much of the
price is Python's own. What is found out once may be remembered, and a response that is
always the same would hide how much that is; so there are tables in which the head is
another one each time.

The goal, in each row: ours adds at most a tenth of what the other checker adds. There
are no goals in microseconds, since machines differ fourfold.

asgion needs Python 3.12 or newer, so its row comes from a child process, run by the
interpreter that `--other` names. Everything else is measured there as well: figures of
two interpreters are not to be compared.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from wsgiref.validate import validator as wsgiref_validate

import asgi_compare
from asgi_compare.model.environment import environment, versions
from tools.bench_wrapped import (
    PIECES,
    Many,
    asgi_calls,
    asgion,
    bare,
    hello,
    other_id,
    other_length,
    pass_through,
    stream,
    wsgi_calls,
    wsgi_hello,
    wsgi_other_length,
    wsgi_pass_through,
)

SLICE = 0.01
"""Seconds that one slice takes, about."""
ROUNDS, QUICK_ROUNDS = 61, 9
Wrap = Callable[[Any], Any]


@dataclass(frozen=True)
class Table:
    """One application, and the wrappers that it can have."""

    title: str
    app: Any
    calls: Callable[[Any, asyncio.AbstractEventLoop], Many]
    wrappers: dict[str, Wrap]
    events: int = 0
    """How many pieces are streamed."""

    @property
    def unit(self) -> str:
        """Return of what the price is."""
        return "us a piece" if self.events else "us a request"


OURS = "asgi_compare.validate"
OTHERS = ("asgion.inspect", "wsgiref.validate")
GOAL = 10
"""How many times as much as ours another checker must add."""
_ASGI: dict[str, Wrap] = {
    "bare call": bare,
    "passed through": pass_through,
    OURS: asgi_compare.validate,
    "asgion.inspect": asgion,
}
_WSGI: dict[str, Wrap] = {
    "bare call": bare,
    "passed through": wsgi_pass_through,
    OURS: asgi_compare.validate,
    "wsgiref.validate": wsgiref_validate,
}
TABLES = (
    Table("ASGI hello: 1 received, 2 sent", hello, asgi_calls, _ASGI),
    Table("ASGI hello, another length each time", other_length, asgi_calls, _ASGI),
    Table("ASGI hello, another length and id each time", other_id, asgi_calls, _ASGI),
    Table(f"ASGI stream: {PIECES} pieces", stream, asgi_calls, _ASGI, PIECES),
    Table("WSGI hello", wsgi_hello, wsgi_calls, _WSGI),
    Table("WSGI hello, another length each time", wsgi_other_length, wsgi_calls, _WSGI),
)


def timed(many: Many, times: int) -> float:
    """Return the microseconds of processor time that one request takes."""
    began = time.process_time()
    many(times)
    return (time.process_time() - began) / times * 1e6


def calibrated(many: Many) -> int:
    """Find out how many requests make a slice."""
    many(3)  # what is made once is made now
    times = 1
    while (took := timed(many, times) * times / 1e6) < SLICE / 2:
        times *= 2
    return max(1, round(times * SLICE / took))


def measure(table: Table, rounds: int) -> tuple[dict[str, list[float]], list[str]]:
    """Measure in turns; give the times of each row, and who is not here."""
    absent = []
    loop = asyncio.new_event_loop()
    try:
        ready: dict[str, tuple[Many, int]] = {}
        for name, wrap in table.wrappers.items():
            try:
                many = table.calls(wrap(table.app), loop)
            except ImportError as error:
                absent.append(f"{name}: {error}")
            else:
                ready[name] = many, calibrated(many)
        times: dict[str, list[float]] = {name: [] for name in ready}
        for _ in range(rounds):
            for name, (many, count) in ready.items():
                times[name].append(timed(many, count))
        return times, absent
    finally:
        loop.close()


def spread(values: list[float], form: str = ".2f") -> str:
    """Return the median with the first and third quartile."""
    first, median, third = statistics.quantiles(values, n=4)
    return f"{median:{form}} ({first:{form}}-{third:{form}})"


def added(table: Table, times: dict[str, list[float]]) -> dict[str, list[float]]:
    """Return what each wrapper adds, turn by turn."""
    floor = times["bare call"]
    return {
        name: [
            (each - least) / (table.events or 1)
            for each, least in zip(taken, floor, strict=True)
        ]
        for name, taken in times.items()
    }


def lines(table: Table, times: dict[str, list[float]]) -> list[str]:
    """Put the figures of one table into words."""
    found = [
        table.title,
        f"  {'':22} {'us a request':24} {'adds, ' + table.unit:24} "
        f"{'total, times bare':20} adds, times ours",
    ]
    floor = times["bare call"]
    adds = added(table, times)
    ours = statistics.median(adds[OURS])
    for name, taken in times.items():
        line = f"  {name:22} {spread(taken):24}"
        if name != "bare call":
            total = [each / least for each, least in zip(taken, floor, strict=True)]
            line += f" {spread(adds[name]):24} {spread(total, '.1f'):20}"
            if name != OURS:
                line += f" {statistics.median(adds[name]) / ours:.1f}"
        found.append(line.rstrip())
    return found


def verdict(table: Table, times: dict[str, list[float]]) -> str | None:
    """Return whether the goal is met, if the other checker is here."""
    adds = {name: statistics.median(each) for name, each in added(table, times).items()}
    for other in OTHERS:
        if other in adds:
            ratio = adds[other] / adds[OURS]
            word = "met" if ratio >= GOAL else "MISSED"
            return f"{table.title}: {other} adds {ratio:.1f} times as much: {word}"
    return None


def here(rounds: int, out: Callable[[str], Any]) -> None:
    """Measure with this interpreter."""
    about = environment()
    named = [f"{name} {number}" for name, number in versions(("asgion",)).items()]
    out(", ".join([str(about["python"]), f"{about['cpu']}", *named]))
    verdicts = []
    for table in TABLES:
        times, absent = measure(table, rounds)
        out("")
        for line in (*lines(table, times), *(f"  not here: {row}" for row in absent)):
            out(line)
        if (said := verdict(table, times)) is not None:
            verdicts.append(said)
    out("")
    for said in verdicts:
        out(said)


def elsewhere(other: str, quick: bool, out: Callable[[str], Any]) -> None:
    """Measure with another interpreter, or say why that cannot be."""
    command = [other, "-m", "tools.bench_validator"]
    root = Path(__file__).parents[2]
    try:
        done = subprocess.run(
            command + ["--quick"] * quick, cwd=root, capture_output=True, text=True
        )
    except OSError as error:
        out(f"not here: asgion: {error}")
        return
    for line in (done.stdout or f"not here: asgion: {done.stderr[-500:]}").splitlines():
        out(line)


def main(arguments: list[str] | None = None, out: Callable[[str], Any] = print) -> int:
    """Measure with this interpreter, and with the one that `--other` names."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench_validator")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--other", help="a Python of 3.12 or newer that has asgion")
    asked = parser.parse_args(arguments)
    here(QUICK_ROUNDS if asked.quick else ROUNDS, out)
    if asked.other:
        out("")
        elsewhere(asked.other, asked.quick, out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
