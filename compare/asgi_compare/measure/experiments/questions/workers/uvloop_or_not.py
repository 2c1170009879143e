"""The same server with uvloop and with asyncio's own loop, in turn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from asgi_compare.measure.experiments.answer import (
    Answer,
    Bars,
    Cell,
    Table,
    not_answered,
)
from asgi_compare.measure.experiments.bench import (
    CPU,
    client,
    serve,
    under_load,
)
from asgi_compare.measure.experiments.experiment import (
    Control,
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
    in_round,
)
from asgi_compare.measure.load.records import HttpLoad
from asgi_compare.measure.load.statistics import Interval, ratio

LOOPS = ("uvloop", "asyncio")
PAGES = {"raw-asgi": "by hand", "django-asgi": "Django"}
CLAIMED = 2.0


def run(effort: Effort) -> Iterator[Observation]:
    """Put load on both loops in each round; the first one twice."""
    pages = [*PAGES.items()]
    for implementation, page in pages[:1] if effort.is_quick else pages:
        with ExitStack() as stack:
            load = stack.enter_context(client())
            serving = {
                loop: stack.enter_context(
                    serve(implementation, "uvicorn", "--loop", loop)
                )
                for loop in LOOPS
            }
            halves: dict[int, Control] = {0: "first", 2: "again"}
            for number in range(effort.rounds):
                for turn, loop in enumerate((*LOOPS, LOOPS[0])):
                    wish = HttpLoad(serving[loop].port, "/", effort.seconds)
                    rows = under_load(
                        serving[loop], load, wish, {"page": page, "loop": loop}
                    )
                    yield from in_round(number, rows, halves.get(turn, ""), of=CPU)


def read(found: Observations) -> Answer:
    """Divide the processor time of a request on one loop by that on the other."""
    by: dict[str, Interval] = {}
    rows: list[tuple[Cell, ...]] = []
    for page in found.cases("page"):
        both = [found.values(CPU, page=page, loop=loop) for loop in LOOPS]
        if all(both):
            by[page] = ratio(both[1], both[0])
            micro = (found.interval(CPU, page=page, loop=loop) for loop in LOOPS)
            rows.append((page, *(each.scaled(1e6) for each in micro if each), by[page]))
    if not by:
        return not_answered("No page was asked on both loops.")
    told = ", ".join(f"{each.median:.2f} times ({page})" for page, each in by.items())
    reached = [page for page, each in by.items() if each.median >= CLAIMED]
    return Answer(
        "yes" if len(reached) == len(by) else "it depends" if reached else "no",
        "With asyncio's loop the server takes so much more processor time for a "
        f"request than with uvloop: {told}; {CLAIMED:g} to 4 times were claimed.",
        (
            Table.of(
                ("page", "µs with uvloop", "µs with asyncio", "asyncio by uvloop"), rows
            ),
        ),
        (Bars("asyncio by uvloop", "times", tuple(by.items())),),
        turning_point="The claim is of echo servers that do nothing else. The more of "
        "a request is the framework's, the less is the loop's.",
    )


EXPERIMENT = Experiment(
    name="uvloop-or-not",
    topic="Servers",
    question="Does uvloop make a server two to four times faster?",
    sources=(
        Source(
            "https://github.com/MagicStack/uvloop",
            "uvloop makes asyncio 2-4x faster.",
            "claim",
        ),
    ),
    conditions="uvicorn with httptools, one worker, a hello, connections kept alive, "
    "closed loop.",
    measured="Processor time of the server for one request.",
    decided_by="Yes if asyncio's loop costs at least twice as much on each page, it "
    "depends if on one.",
    refuted_by="Less than twice as much.",
    run=run,
    read=read,
    needs=("uvicorn", "uvloop", "django"),
)
