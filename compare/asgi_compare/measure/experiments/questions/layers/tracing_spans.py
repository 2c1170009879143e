"""OpenTelemetry's spans of `receive` and `send`: what do they cost a request?"""

from __future__ import annotations

from collections.abc import Iterator

from asgi_compare.measure.experiments.answer import Answer, Bars, Table, not_answered
from asgi_compare.measure.experiments.child import in_child
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)

TIMES = "asgi_compare.laboratory.within.spans:times"
# As the laboratory calls them.
SERVER_ONLY, ALL, NONE = "the server's span", "those of receive and send too", "none"
TIME = "time of a request"
REQUESTS, QUICK_REQUESTS = 2000, 500
CLAIMED = 0.25
"""The share of what the middleware adds that is due to these spans."""
NEAR = 0.1


def run(effort: Effort) -> Iterator[Observation]:
    """Time the three by turns, in a fresh process."""
    requests = QUICK_REQUESTS if effort.is_quick else REQUESTS
    seen = in_child(TIMES, requests, 3 * effort.rounds)
    for spans, rounds in seen.items():
        for number, seconds in enumerate(rounds):
            yield Observation(TIME, seconds, "s", {"spans": spans}, number)


def read(found: Observations) -> Answer:
    """Take the difference, and its share of what tracing adds."""
    times = {spans: found.interval(TIME, spans=spans) for spans in found.cases("spans")}
    none, server, everything = (times.get(s) for s in (NONE, SERVER_ONLY, ALL))
    if none is None or server is None or everything is None:
        return not_answered("Not all three were measured.")
    added = everything.median - none.median
    spent = everything.median - server.median
    share = spent / added if added > 0 else 0.0
    return Answer(
        "yes" if abs(share - CLAIMED) <= NEAR else "no",
        f"The spans of receive and send cost {spent * 1e6:.0f} µs a request, "
        f"{share:.0%} of the {added * 1e6:.0f} µs that the middleware adds.",
        (
            Table.of(
                ("spans", "µs a request"),
                [(spans, each and each.scaled(1e6)) for spans, each in times.items()],
            ),
        ),
        (Bars(TIME, "s", tuple((k, v) for k, v in times.items() if v)),),
        turning_point="Each further event is one more span, so a stream of a thousand "
        "pieces costs a thousand of them. `exclude_spans` leaves them out.",
    )


EXPERIMENT = Experiment(
    name="tracing-spans",
    topic="Layers",
    question="Are the spans of receive and send a quarter of what tracing costs?",
    sources=(
        Source(
            "https://github.com/modern-python/lite-bootstrap/issues/185",
            "33 µs/request, a quarter of the instrument's cost, for two thirds of the "
            "spans.",
            "claim",
        ),
        Source(
            "https://github.com/open-telemetry/opentelemetry-python-contrib/issues/2343"
        ),
    ),
    conditions="Within one process and without a server; one request at a time, of one "
    "event, answered in two; opentelemetry-instrumentation-asgi, whose spans are made "
    "and given to nobody.",
    measured=f"Microseconds of a request, over {REQUESTS} requests ({QUICK_REQUESTS} "
    "if quick), by turns without the middleware, with it, and with it but without "
    "these spans.",
    decided_by=f"Yes if they are {CLAIMED:.0%} of what the middleware adds, give or "
    f"take {NEAR:.0%}.",
    refuted_by="Another share.",
    run=run,
    read=read,
    needs=("opentelemetry.instrumentation.asgi", "opentelemetry.sdk"),
)
