"""A stream from a generator of the other kind: is it still one?"""

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

STREAMS = "asgi_compare.laboratory.within.in_django:streams"
BEFORE, PIECES = "pieces made before the first is sent", "pieces"
WARNINGS = "warnings"


def run(effort: Effort) -> Iterator[Observation]:
    """Stream both kinds on both interfaces, once."""
    for what, counts in in_child(STREAMS).items():
        case = {"what": what}
        yield Observation(BEFORE, counts["before"], "", case)
        yield Observation(PIECES, counts["pieces"], "", case)
        yield Observation(WARNINGS, counts["warnings"], "", case)


def read(found: Observations) -> Answer:
    """Look for streams of which all pieces were made before the first was sent."""
    whats = [each for each in found.cases("what") if found.values(BEFORE, what=each)]
    if not whats:
        return not_answered("Nothing was streamed.")
    rows = [
        (what, *(found.interval(m, what=what) for m in (BEFORE, PIECES, WARNINGS)))
        for what in whats
    ]
    held = [
        what
        for what in whats
        if found.values(BEFORE, what=what) == found.values(PIECES, what=what)
    ]
    warned = [what for what in held if sum(found.values(WARNINGS, what=what))]
    return Answer(
        "yes" if held else "no",
        f"All pieces are made before the first is sent with: {', '.join(held)}. "
        f"Django warns of {len(warned)} of these {len(held)}."
        if held
        else "Each stream sent its first piece before it made the second.",
        (Table.of(("stream", BEFORE, PIECES, WARNINGS), rows),),
        turning_point=(
            "StreamingHttpResponse collects a generator of the other kind into a list "
            "(django/http/response.py). An endless one never sends anything. The "
            "warning is a Python warning, which a server does not show unless told to."
            if held
            else ""
        ),
    )


EXPERIMENT = Experiment(
    name="sync-iterator-under-asgi",
    topic="Streams and stopping",
    question="Is a StreamingHttpResponse held back until its generator has ended?",
    sources=(
        Source("https://github.com/django/daphne/issues/413"),
        Source("https://github.com/django/channels/issues/1761"),
        Source("https://github.com/paperless-ngx/paperless-ngx/issues/12161"),
    ),
    conditions="Five pieces; both kinds of generators under both interfaces.",
    measured="Pieces that were made before the first was sent; warnings of Django.",
    decided_by="Yes if one of the four was made as a whole first.",
    refuted_by="Four streams that send each piece before the next is made.",
    run=run,
    read=read,
    needs=("django", "asgiref"),
)
