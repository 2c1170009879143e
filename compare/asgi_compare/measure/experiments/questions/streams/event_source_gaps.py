"""EventSource comes back after a cut: which events are lost, which come twice?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from asgi_compare.measure.experiments.answer import Answer, Table, not_answered
from asgi_compare.measure.experiments.bench import Serving, serve
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)
from asgi_compare.measure.experiments.wire import connected, head

PAGES = "asgi_compare.laboratory.waits.events:asgi"
WAYS = {
    "/live": "Last-Event-ID is ignored",
    "/history": "read the history, then subscribe",
    "/subscribe": "subscribe, then read the history",
}
CUTS = 10
READ = 15
"""Events between two cuts."""
AWAY = 0.05
LOST, DOUBLED = "events lost", "events twice"


def run(effort: Effort) -> Iterator[Observation]:
    """Be cut off again and again in each way, at the same time."""
    with serve(PAGES, "uvicorn") as serving, ThreadPoolExecutor() as pool:
        seen = pool.map(lambda page: visited(serving, page), WAYS)
        for way, numbers in zip(WAYS.values(), seen, strict=True):
            whole = set(range(numbers[0], max(numbers) + 1))
            case = {"way": way}
            yield Observation(LOST, len(whole - set(numbers)), "", case)
            yield Observation(DOUBLED, len(numbers) - len(set(numbers)), "", case)


def visited(serving: Serving, page: str) -> list[int]:
    """Return the events that one client gets over all its connections."""
    numbers: list[int] = []
    for _ in range(CUTS + 1):
        last = (f"Last-Event-ID: {numbers[-1]}",) if numbers else ()
        with connected(serving, 10.0) as connection:
            connection.sendall(head(page, "GET", *last))
            numbers += events(connection.makefile("rb"), READ)
        time.sleep(AWAY)
    return numbers


def events(lines: Iterator[bytes], count: int) -> list[int]:
    """Return the numbers of the next events."""
    numbers: list[int] = []
    for line in lines:
        if line.startswith(b"id: "):
            numbers.append(int(line[4:]))
            if len(numbers) == count:
                break
    return numbers


def read(found: Observations) -> Answer:
    """See in which ways nothing is lost."""
    lost = {
        way: values[0]
        for way in found.cases("way")
        if (values := found.values(LOST, way=way))
    }
    if not lost:
        return not_answered("No event was read.")
    rows = [
        (way, found.interval(LOST, way=way), found.interval(DOUBLED, way=way))
        for way in lost
    ]
    losers = [way for way, count in lost.items() if count]
    told = "; ".join(f"{way}: {count:.0f}" for way, count in lost.items())
    return Answer(
        "it depends" if 0 < len(losers) < len(lost) else "yes" if losers else "no",
        f"Events lost over {CUTS} cuts: {told}.",
        (Table.of(("when a client comes back", LOST, DOUBLED), rows),),
        turning_point="What is published between reading the history and subscribing "
        "is in neither. Who subscribes first has it in both, and leaves out by its "
        "number what was sent already.",
    )


EXPERIMENT = Experiment(
    name="event-source-gaps",
    topic="Streams and stopping",
    question="Are events lost when EventSource reconnects?",
    sources=(
        Source("https://github.com/fanout/django-eventstream/issues/151"),
        Source("https://github.com/bytedance/deer-flow/issues/3191"),
        Source("https://github.com/langgenius/dify/issues/40948"),
    ),
    conditions=f"An event every 5 ms; a client that reads {READ}, is cut off, and is "
    f"back after {AWAY * 1e3:.0f} ms with the number of the last; to read the history "
    "takes 30 ms; one worker.",
    measured="Numbers that are missing or repeated, over all connections of a client.",
    decided_by="Yes if each way loses events, it depends if some do.",
    refuted_by="No event that is lost.",
    run=run,
    read=read,
    needs=("uvicorn",),
)
