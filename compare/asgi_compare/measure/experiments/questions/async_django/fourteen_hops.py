"""One request of Django through none of the default middleware, one, up to all."""

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

BY_NUMBER = "asgi_compare.laboratory.within.middleware:by_number"
HOPS = "hops to a thread"
ASYNC = "async view"
CLAIMED = {"0": 2, "7": 14}


def run(effort: Effort) -> Iterator[Observation]:
    """Count once: a count needs no second round."""
    for number, views in in_child(BY_NUMBER).items():
        for view, hops in views.items():
            yield Observation(HOPS, hops, "", {"middleware": number, "view": view})


def read(found: Observations) -> Answer:
    """Compare both ends with the claim."""
    counts = {
        number: found.values(HOPS, middleware=number, view=ASYNC)[0]
        for number in found.cases("middleware")
        if found.values(HOPS, middleware=number, view=ASYNC)
    }
    if not counts.keys() >= CLAIMED.keys():
        return not_answered("None and all of the middleware were not both counted.")
    rows = [
        (
            number,
            found.interval(HOPS, middleware=number, view=ASYNC),
            found.interval(HOPS, middleware=number, view="sync view"),
        )
        for number in counts
    ]
    exact = all(counts[number] == hops for number, hops in CLAIMED.items())
    close = all(abs(counts[number] - hops) <= 2 for number, hops in CLAIMED.items())
    return Answer(
        "yes" if exact else "it depends" if close else "no",
        f"One request to an async view makes {counts['0']:.0f} hops without "
        f"middleware and {counts['7']:.0f} with all seven; "
        f"{CLAIMED['0']} and {CLAIMED['7']} were claimed.",
        (Table.of(("middleware", "hops, async view", "hops, sync view"), rows),),
        turning_point=(
            "MiddlewareMixin makes a hop for each of process_request and "
            "process_response, and the handler one for each process_view "
            "(django/utils/deprecation.py, django/core/handlers/base.py). The two that "
            "are always there send request_started and close the response. A newer "
            "Django may need fewer: the table is of the one that is installed."
        ),
    )


EXPERIMENT = Experiment(
    name="fourteen-hops",
    topic="Async Django",
    question="Does a request to async Django go to a thread and back fourteen times?",
    sources=(
        Source(
            "https://forum.djangoproject.com/t/sync-to-async-called-14-times-with-"
            "default-django-middleware-and-2-times-with-no-middleware/31701",
            "14 times with default django middleware and 2 times with no middleware",
            "claim",
        ),
        Source("https://github.com/django/django/pull/21523"),
    ),
    conditions="The middleware of startproject, in its order, for a request without "
    "cookies; the Django that is installed.",
    measured="Calls of sync_to_async while one request is answered.",
    decided_by="Yes if both ends are as claimed; it depends if they are off by at most "
    "two.",
    refuted_by="Ends that are off by more.",
    run=run,
    read=read,
    needs=("django", "asgiref"),
)
