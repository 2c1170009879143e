"""What works behind Starlette's BaseHTTPMiddleware, and behind a plain one."""

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

CHANGES = "asgi_compare.laboratory.within.in_starlette:changes"
WORKS = "works"
BASED, PLAIN, TOLD = "BaseHTTPMiddleware", "an ASGI middleware", "told"
THINGS = {
    "down": "a ContextVar set by the middleware is seen in the endpoint",
    "up": "one set by the endpoint is seen in the middleware",
    "task": "a background task runs to its end",
    "stream": "a stream is ended when the client has left",
    TOLD: "request.is_disconnected() says that the client has left",
}


def run(effort: Effort) -> Iterator[Observation]:
    """Try each thing behind each middleware."""
    for middleware, things in in_child(CHANGES).items():
        for thing, works in things.items():
            yield Observation(WORKS, works, "", {"behind": middleware, "thing": thing})


def read(found: Observations) -> Answer:
    """Look for what works behind the plain one only."""
    rows = [
        (
            text,
            *(
                {1: "yes", 0: "no"}[
                    round(sum(found.values(WORKS, behind=each, thing=thing)))
                ]
                for each in (PLAIN, BASED)
            ),
        )
        for thing, text in THINGS.items()
        if found.of(WORKS, behind=BASED, thing=thing)
    ]
    told = found.values(WORKS, behind=BASED, thing=TOLD)
    if not told or not found.of(WORKS, behind=PLAIN, thing=TOLD):
        return not_answered("It was not tried behind both.")
    broken = [text for text, plain, based in rows if (plain, based) == ("yes", "no")]
    return Answer(
        "no" if told[0] else "yes",
        "Behind BaseHTTPMiddleware, request.is_disconnected() "
        + ("does say" if told[0] else "never says")
        + " that the client has left. What does not work there, and does behind an "
        f"ASGI middleware: {'; '.join(broken) or 'nothing'}.",
        (Table.of(("what", PLAIN, BASED), rows),),
        turning_point="The endpoint runs in a task of its own, which gets a copy of "
        "the context, and whose receive goes through a task group that an immediate "
        "cancel never lets finish (starlette/middleware/base.py). Write middleware "
        "that others stream through as ASGI middleware.",
    )


EXPERIMENT = Experiment(
    name="base-http-middleware",
    topic="Streams and stopping",
    question="Does BaseHTTPMiddleware hide it when the client has left?",
    sources=(
        Source(
            "https://github.com/quern-dev/quern/issues/208",
            "through it request.is_disconnected() never reports a disconnect",
            "claim",
        ),
        Source("https://github.com/vllm-project/vllm/issues/10087"),
        Source("https://github.com/encode/starlette/pull/1525"),
    ),
    conditions="One request each, by hand, to an ASGI server's part that raises "
    "OSError once the client has left (version 2.4 of the specification).",
    measured="Whether each of five things works, behind either kind of middleware.",
    decided_by="Yes if the endpoint is never told.",
    refuted_by="An endpoint that is told.",
    run=run,
    read=read,
    needs=("starlette", "django"),
)
