"""Prove the load client against what is known: wrk, and arithmetic.

    python compare/tools/prove_load.py            all of it, in about a minute
    python compare/tools/prove_load.py latency    only what needs no wrk

*Capacity*: against the bare server, our closed loop must reach at least 90 % of what
wrk reaches, in the median of pairs of bursts that alternate. If it does not, the proof
says that wrk is the instrument for servers that are as fast as that.

*Latency*: the open loop must find the 50th, 99th and 99.9th percentile of two servers
that are slow in a way that can be calculated, within 5 %.

* One answers after D seconds: every percentile is D.
* One answers after D seconds, and stalls for the first S of each second. A request that
  arrives in the stall, t after its beginning, waits S - t + D. One that arrives a < D
  before the stall would be answered in it, and waits until its end: a + S. So of all
  requests, those that wait longer than x (S < x < S + D) arrive within 2(S + D - x) of
  each second, from which the percentiles follow.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from statistics import median

from asgi_compare.contract.scenario import Request
from asgi_compare.measure.experiments.bench import listen
from asgi_compare.measure.load import bare_server
from asgi_compare.measure.load.process import LoadProcess
from asgi_compare.measure.load.records import HttpLoad, Latencies
from asgi_compare.measure.load.statistics import ratio
from asgi_compare.measure.timing.machine import Foreign, own_seconds, places
from asgi_compare.measure.timing.wrk import WrkClient, is_there

BARE = bare_server.__name__
SHARE = 0.9
WITHIN = 0.05
CONNECTIONS = 32
PAIRS = 7
BURST = 1.0
"""Seconds of each burst."""
DELAY, STALL = 0.2, 0.2
RATE, SECONDS = 500.0, 8.0
TRIES = 3
"""Other processes can only make answers later, so one quiet try is a proof."""


def prove_capacity() -> bool:
    """Compare the closed loop with wrk."""
    if not is_there():
        print("Capacity: wrk is not installed, so nothing was compared.")
        return True
    core = places()[1]
    wrk = WrkClient(core, CONNECTIONS)
    ours: list[float] = []
    theirs: list[float] = []
    our_cpu: list[float] = []
    their_cpu: list[float] = []
    with listen(BARE) as bare, LoadProcess(core) as client:
        for _ in range(PAIRS):
            load = HttpLoad(bare.port, seconds=BURST, connections=CONNECTIONS)
            found = client.put(load)
            ours.append(found.rate)
            our_cpu.append(found.client_cpu / found.requests)
            before = own_seconds()
            other = wrk.put(bare.port, Request("GET", b"/"), BURST)
            theirs.append(float(other["rps"]))
            their_cpu.append((own_seconds() - before) / other["requests"])
    share = ratio(ours, theirs)
    holds = share.median >= SHARE
    print(
        f"Capacity: {median(ours):,.0f} requests a second, wrk {median(theirs):,.0f}; "
        f"{share.median:.2f} of it ({share.low:.2f} to {share.high:.2f}). "
        f"A request takes the client {median(our_cpu) * 1e6:.1f} µs of CPU, "
        f"wrk {median(their_cpu) * 1e6:.1f} µs."
    )
    if not holds:
        print(
            f"Expected {SHARE} at least. On this machine, wrk is the instrument for "
            f"servers that do more than {median(ours) * SHARE:,.0f} requests a second."
        )
    return holds


@dataclass(frozen=True, slots=True)
class Expected:
    """What the percentiles of a server are."""

    about: str
    options: tuple[str, ...]
    quantiles: tuple[tuple[float, float], ...]


def after_stall(share: float) -> float:
    """Return the percentile of the server that stalls, for the slowest few."""
    return STALL + DELAY - (1.0 - share) / 2


CASES = (
    Expected(
        f"a delay of {DELAY:g} s",
        ("--delay", str(DELAY)),
        ((0.5, DELAY), (0.99, DELAY), (0.999, DELAY)),
    ),
    Expected(
        f"a delay of {DELAY:g} s, and a stall of {STALL:g} s in each second",
        ("--delay", str(DELAY), "--stall", str(STALL)),
        ((0.5, DELAY), (0.99, after_stall(0.99)), (0.999, after_stall(0.999))),
    ),
)


def prove_latency() -> bool:
    """Compare the open loop with the percentiles that follow from arithmetic."""
    return all([_tried(case) for case in CASES])


def _tried(case: Expected) -> bool:
    for _ in range(TRIES):
        with (
            listen(BARE, *case.options) as bare,
            LoadProcess(places()[1]) as client,
        ):
            load = HttpLoad(
                bare.port,
                seconds=SECONDS,
                connections=2 * int(RATE * (DELAY + STALL)),
                rate=RATE,
            )
            foreign = Foreign([client.pid, *bare.pids()])
            found = client.put(load)
            cores = foreign.cores()
        if found.errors:
            print(f"Latency, {case.about}: errors {dict(found.errors)}.")
        elif _compared(case, found.latencies):
            return True
        print(
            f"Other processes used {cores:.2f} cores meanwhile; the client itself was "
            f"late by {found.late * 1e3:.1f} ms at most in 99 % of all cases."
        )
    return False


def _compared(case: Expected, found: Latencies) -> bool:
    told, holds = [], True
    for share, expected in case.quantiles:
        seen = found.quantile(share)
        holds = holds and abs(seen / expected - 1.0) <= WITHIN
        told.append(
            f"p{share * 100:g} {seen * 1e3:.1f} ms, should be {expected * 1e3:.1f}"
        )
    verdict = "" if holds else f"; more than {WITHIN:.0%} off"
    print(f"Latency, {case.about}: {'; '.join(told)}{verdict}.")
    return holds


PROOFS = {"capacity": prove_capacity, "latency": prove_latency}


def main() -> None:
    """Do the proofs that the command line names, or all."""
    names = sys.argv[1:] or list(PROOFS)
    sys.exit(0 if all([PROOFS[name]() for name in names]) else 1)


if __name__ == "__main__":
    main()
