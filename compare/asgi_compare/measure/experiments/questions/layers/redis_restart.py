"""Redis is stopped and started again while numbered messages are sent."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from asgi_compare.drive.services import valkey
from asgi_compare.measure.experiments.answer import Answer, Table, not_answered
from asgi_compare.measure.experiments.child import in_child
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
    Source,
)
from asgi_compare.measure.experiments.wire import until

INTERRUPTED = "asgi_compare.laboratory.within.layers:interrupted"
MESSAGES, EVERY = 200, 0.02
LOST, LAST = "messages lost", "the last one arrived"
SENDING, RECEIVING = "errors at the sender", "errors at the receiver"


def run(effort: Effort) -> Iterator[Observation]:
    """Send, and restart Redis in the middle."""
    with (
        tempfile.TemporaryDirectory() as folder,
        valkey() as redis,
        ThreadPoolExecutor() as pool,
    ):
        ready = Path(folder, "ready")
        sending = pool.submit(
            in_child, INTERRUPTED, redis.url, str(ready), MESSAGES, EVERY
        )
        until(lambda: ready.exists() or sending.done(), 15.0)
        redis.restart()
        found = sending.result()
    for layer, counts in found.items():
        case = {"layer": layer}
        yield Observation(LOST, counts["lost"], "", case)
        yield Observation(LAST, counts["last"], "", case)
        yield Observation(SENDING, counts["sending"], "", case)
        yield Observation(RECEIVING, counts["receiving"], "", case)


def read(found: Observations) -> Answer:
    """Compare what was lost with what the sender was told."""
    layers = [each for each in found.cases("layer") if found.values(LOST, layer=each)]
    if not layers:
        return not_answered("No message was sent.")
    measures = (LOST, SENDING, RECEIVING)
    rows = [
        (
            layer,
            *(found.interval(measure, layer=layer) for measure in measures),
            "yes" if sum(found.values(LAST, layer=layer)) else "no",
        )
        for layer in layers
    ]
    lost = {layer: found.values(LOST, layer=layer)[0] for layer in layers}
    silent = {
        layer: count - sum(found.values(SENDING, layer=layer))
        for layer, count in lost.items()
        if count > sum(found.values(SENDING, layer=layer))
    }
    told = ", ".join(f"{count:.0f} by {layer}" for layer, count in lost.items())
    unsaid = ", ".join(f"{n:.0f} by {layer}" for layer, n in silent.items())
    return Answer(
        "yes" if not any(lost.values()) else "no" if silent else "it depends",
        f"Lost of {MESSAGES} messages: {told}; without an error at the sender: "
        f"{unsaid or 'none'}.",
        (Table.of(("layer", *measures, LAST), rows),),
        turning_point="Both layers come back by themselves. What the sender was told "
        "of can be sent again; pub/sub also loses what was sent before its receiver "
        "had subscribed anew, and nobody is told of that.",
    )


EXPERIMENT = Experiment(
    name="redis-restart",
    topic="Channel layers",
    question="Does a sender learn of all messages that are lost while Redis restarts?",
    sources=(Source("https://github.com/django/channels_redis/issues/256"),),
    conditions=f"A message every {EVERY * 1e3:.0f} ms, one group, one member; a server "
    "that keeps its data over a restart; a receiver that tries again after an error.",
    measured="Numbers that never arrived; exceptions on both sides.",
    decided_by="Yes if nothing is lost; no if more is lost than the sender was told.",
    refuted_by="Messages that are lost without an error at the sender.",
    run=run,
    read=read,
    needs=("channels", "channels_redis"),
)
