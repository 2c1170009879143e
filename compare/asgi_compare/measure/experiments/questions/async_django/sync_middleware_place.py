"""One sync middleware among async ones: does its place in the list matter?"""

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

BY_POSITION = "asgi_compare.laboratory.within.middleware:by_position"
AROUND = 3
TO, BACK = "to a thread", "back to the loop"
NONE, APART = "no sync middleware", "two sync ones, apart"
TOGETHER = "two sync ones, side by side"


def run(effort: Effort) -> Iterator[Observation]:
    """Count the hops with it in each place, once."""
    for place, hops in in_child(BY_POSITION, AROUND).items():
        for way, count in hops.items():
            yield Observation(way, count, "", {"place": place})


def read(found: Observations) -> Answer:
    """See whether the counts of the places differ."""
    rows = [
        (place, found.interval(TO, place=place), found.interval(BACK, place=place))
        for place in found.cases("place")
    ]
    one = {
        place: found.values(TO, place=place)[0] + found.values(BACK, place=place)[0]
        for place in found.cases("place")
        if place not in (NONE, APART, TOGETHER)
        and found.values(TO, place=place)
        and found.values(BACK, place=place)
    }
    if not one:
        return not_answered("No place was tried.")
    same = len(set(one.values())) == 1
    apart, together = found.values(TO, place=APART), found.values(TO, place=TOGETHER)
    return Answer(
        "no" if same else "yes",
        f"In each of {len(one)} places, one sync middleware among {AROUND} async ones "
        f"makes {min(one.values()):.0f} hops of a request."
        if same
        else f"One sync middleware makes {min(one.values()):.0f} to "
        f"{max(one.values()):.0f} hops of a request, by its place.",
        (Table.of(("place", f"hops {TO}", f"hops {BACK}"), rows),),
        turning_point=(
            "With a second one it does matter: side by side the two share a hop, apart "
            "each of them makes its own, and another back to the loop "
            "(BaseHandler.load_middleware in django/core/handlers/base.py adapts at "
            "each change from one kind to the other)."
            if apart and together and apart[0] > together[0]
            else ""
        ),
    )


EXPERIMENT = Experiment(
    name="place-of-sync-middleware",
    topic="Async Django",
    question="Does it matter where among async middleware the one sync one stands?",
    sources=(
        Source(
            "https://docs.djangoproject.com/en/5.2/topics/async/#async-views",
            kind="question",
        ),
        Source("https://github.com/django/django/pull/21523"),
    ),
    conditions="Middleware functions that do nothing; an async view.",
    measured="Calls of sync_to_async and async_to_sync while one request is answered.",
    decided_by="No if they are the same in each place.",
    refuted_by="Places with different counts.",
    run=run,
    read=read,
    needs=("django", "asgiref"),
)
