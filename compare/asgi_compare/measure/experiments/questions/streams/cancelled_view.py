"""The client leaves in the middle of a Django view: how does the view end?"""

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

LEAVING = "asgi_compare.laboratory.within.in_django:leaving"
CANCELLED, FINALLY = "cancelled", "finally ran"
FINISHED = "request_finished was sent"
MEASURES = (CANCELLED, FINALLY, FINISHED)


def run(effort: Effort) -> Iterator[Observation]:
    """Leave each kind of view, once."""
    for view, seen in in_child(LEAVING).items():
        case, how = {"view": view}, seen["how"]
        yield Observation(CANCELLED, how == "CancelledError", "", case, note=how)
        yield Observation(FINALLY, seen["finally"], "", case)
        yield Observation(FINISHED, seen["finished"], "", case)


def read(found: Observations) -> Answer:
    """Count the views that were cancelled."""
    views = found.cases("view")
    cancelled = [view for view in views if sum(found.values(CANCELLED, view=view))]
    if not found.of(CANCELLED):
        return not_answered("No client left.")
    rows = [
        (view, *("yes" if sum(found.values(m, view=view)) else "no" for m in MEASURES))
        for view in views
    ]
    others = [view for view in views if view not in cancelled]
    cleaned = all(sum(found.values(m)) == len(views) for m in (FINALLY, FINISHED))
    return Answer(
        "it depends" if cancelled and others else "yes" if cancelled else "no",
        f"A CancelledError ends {len(cancelled)} of {len(views)} kinds of views; "
        f"to its end goes: {', '.join(others) or 'none'}. "
        + (
            "finally ran, and request_finished was sent, for all of them."
            if cleaned
            else "finally or request_finished is missing for some."
        ),
        (Table.of(("view", *MEASURES), rows),),
        turning_point="Django waits for http.disconnect beside the view and cancels "
        "its task (django/core/handlers/asgi.py). A thread cannot be cancelled: a sync "
        "view, and a query that was begun, go on; nobody gets their result. This needs "
        "a server that tells of the disconnect: see client-has-gone.",
    )


EXPERIMENT = Experiment(
    name="cancelled-view",
    topic="Streams and stopping",
    question="Is a Django view cancelled when its client leaves, and does finally run?",
    sources=(
        Source("https://github.com/jrobichaud/django-structlog/issues/351"),
        Source("https://github.com/benoitc/gunicorn/issues/3484"),
    ),
    conditions="One request each to Django's ASGIHandler, which gets http.disconnect "
    "in the middle of the view.",
    measured="By what the view ended; whether finally ran; whether request_finished "
    "was sent, which is what closes database connections.",
    decided_by="Yes if each kind of view is cancelled, it depends if some are.",
    refuted_by="No view that is cancelled.",
    run=run,
    read=read,
    needs=("django", "asgiref"),
)
