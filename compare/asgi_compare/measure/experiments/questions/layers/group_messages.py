"""A burst of messages to a group, whose member reads only afterwards."""

from __future__ import annotations

from collections.abc import Iterator

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

BURSTS = "asgi_compare.laboratory.within.layers:bursts"
QUICK, CAREFUL = 150, 500
SENT, DELIVERED = "sent", "delivered"
ERRORS, LOGGED = "exceptions at the sender", "lines logged"


def run(effort: Effort) -> Iterator[Observation]:
    """Send a burst through each layer."""
    messages = QUICK if effort.is_quick else CAREFUL
    with valkey() as redis:
        found = in_child(BURSTS, redis.url, messages)
    for layer, counts in found.items():
        case = {"layer": layer}
        yield Observation(SENT, messages, "", case)
        yield Observation(DELIVERED, counts["delivered"], "", case)
        yield Observation(ERRORS, counts["errors"], "", case)
        yield Observation(LOGGED, counts["logged"], "", case)


def read(found: Observations) -> Answer:
    """Look for messages that are gone, and whether anyone said so."""
    dropped = {
        layer: found.values(SENT, layer=layer)[0] - values[0]
        for layer in found.cases("layer")
        if (values := found.values(DELIVERED, layer=layer))
    }
    if not dropped:
        return not_answered("No message was sent.")
    losers = {layer: count for layer, count in dropped.items() if count}
    quiet = [
        layer
        for layer in losers
        if not sum(
            found.values(ERRORS, layer=layer) + found.values(LOGGED, layer=layer)
        )
    ]
    measures = (SENT, DELIVERED, ERRORS, LOGGED)
    rows = [
        (layer, *(found.interval(measure, layer=layer) for measure in measures))
        for layer in dropped
    ]
    told = ", ".join(f"{count:.0f} by {layer}" for layer, count in losers.items())
    raised = sum(found.values(ERRORS))
    return Answer(
        "it depends" if 0 < len(losers) < len(dropped) else "yes" if losers else "no",
        f"Dropped of {found.values(SENT)[0]:.0f} messages: {told or 'none'}. The "
        f"sender gets {raised:.0f} exceptions; nothing at all is said by: "
        f"{', '.join(quiet) or '(none of these)'}.",
        (Table.of(("layer", *measures), rows),),
        turning_point="From the 101st message on that a channel has not read: that is "
        "the default capacity, and group_send drops what is above it (at-most-once is "
        "what the specification of channel layers asks for). What must not be missed "
        "has a number and a history that the client can ask for.",
    )


EXPERIMENT = Experiment(
    name="group-messages",
    topic="Channel layers",
    question="Are messages lost when the member of a group is busy?",
    sources=(
        Source("https://github.com/django/channels_redis/issues/181"),
        Source("https://github.com/django/channels_redis/issues/109"),
        Source("https://github.com/django/channels/issues/1683"),
    ),
    conditions=f"One member that reads after all was sent; {QUICK} messages with "
    f"--quick, {CAREFUL} without; the layers as they come, but for the socket_timeout "
    "(see idle-redis-socket).",
    measured="Messages that arrive; exceptions that group_send raises; lines that are "
    "logged from the level INFO on.",
    decided_by="Yes if each layer drops some, it depends if some layers do.",
    refuted_by="All messages delivered by each layer.",
    run=run,
    read=read,
    needs=("channels", "channels_redis"),
)
