"""In which event loop and thread an async view of Django runs."""

from __future__ import annotations

from collections.abc import Iterator

from asgi_compare.measure.experiments.answer import Answer, Table, not_answered
from asgi_compare.measure.experiments.child import in_child
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)

LOOPS_OF = "asgi_compare.laboratory.within.in_django:loops"
REQUESTS = 5
LOOPS, ELSEWHERE = "loops besides the server's", "in another thread than the server's"


def run(effort: Effort) -> Iterator[Observation]:
    """Ask an async view a few times on each interface."""
    for interface, counts in in_child(LOOPS_OF, REQUESTS).items():
        case = {"interface": interface}
        yield Observation(LOOPS, counts["loops"], "", case)
        yield Observation(ELSEWHERE, counts["elsewhere"], "", case)


def read(found: Observations) -> Answer:
    """See on which interface the view had a loop of its own."""
    own = {
        interface: values[0]
        for interface in found.cases("interface")
        if (values := found.values(LOOPS, interface=interface))
    }
    if not own:
        return not_answered("No view was asked.")
    rows = [
        (
            each,
            found.interval(LOOPS, interface=each),
            "yes" if sum(found.values(ELSEWHERE, interface=each)) else "no",
        )
        for each in own
    ]
    told = "; ".join(f"{each}: {loops:.0f}" for each, loops in own.items())
    return Answer(
        "yes" if all(own.values()) else "it depends" if any(own.values()) else "no",
        f"Loops besides the server's that {REQUESTS} requests to an async view ran in: "
        f"{told}.",
        (Table.of(("interface", LOOPS, ELSEWHERE), rows),),
        turning_point=(
            "Under ASGI it runs in the loop and the thread of the server, also behind "
            "a sync middleware, from which async_to_sync goes back to that loop. Under "
            "WSGI each request gets a loop of its own in another thread: a client or a "
            "lock that is kept from one request to the next belongs to a loop that is "
            "gone."
        ),
    )


EXPERIMENT = Experiment(
    name="async-view-own-loop",
    topic="Async Django",
    question="Does an async view run in a thread with an event loop of its own?",
    sources=(
        Source(
            "https://docs.djangoproject.com/en/5.2/topics/async/#async-views",
            "Under a WSGI server, async views will run in their own, one-off event "
            "loop",
            "claim",
        ),
    ),
    conditions=f"{REQUESTS} requests one after the other, without middleware unless it "
    "is named.",
    measured="Event loops in which the view ran, that are not the server's, and "
    "whether it ran in another thread.",
    decided_by="Yes if so on each interface, it depends if on some.",
    refuted_by="A view that always runs in the loop of the server.",
    run=run,
    read=read,
    needs=("django", "asgiref"),
)
