"""A receiver on the Redis layer that gets nothing for a while: is it thrown out?"""

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

IDLE = "asgi_compare.laboratory.within.layers:idle"
SECONDS = 12.0
THROWN, FIRST = "times thrown out", "seconds until the first time"
DEFAULT, UNLIMITED = "as it comes", "socket_timeout=None"


def run(effort: Effort) -> Iterator[Observation]:
    """Wait with both settings, at the same time."""
    with valkey() as redis:
        found = in_child(IDLE, redis.url, SECONDS)
    for setting, counts in found.items():
        case = {"setting": setting}
        yield Observation(THROWN, counts["thrown out"], "", case)
        yield Observation(FIRST, counts["first"], "s", case)


def read(found: Observations) -> Answer:
    """See whether the one that comes without a setting was thrown out."""
    thrown = found.values(THROWN, setting=DEFAULT)
    if not thrown:
        return not_answered("No receiver waited.")
    rows = [
        (
            each,
            found.interval(THROWN, setting=each),
            found.interval(FIRST, setting=each),
        )
        for each in found.cases("setting")
    ]
    first = sum(found.values(FIRST, setting=DEFAULT))
    spared = not sum(found.values(THROWN, setting=UNLIMITED))
    return Answer(
        "yes" if thrown[0] else "no",
        f"In {SECONDS:g} s without a message, an idle receiver was thrown out "
        f"{thrown[0]:.0f} times"
        + (f", for the first time after {first:.1f} s." if thrown[0] else "."),
        (Table.of(("setting", THROWN, FIRST), rows),),
        turning_point=(
            "redis-py 8 ends a read after 5 s, and the layer waits for a message just "
            "as long (brpop_timeout in channels_redis/core.py). With socket_timeout "
            "set to None in its hosts it is not thrown out."
            if thrown[0] and spared
            else ""
        ),
    )


EXPERIMENT = Experiment(
    name="idle-redis-socket",
    topic="Channel layers",
    question="Is an idle WebSocket on the Redis layer thrown out every five seconds?",
    sources=(
        Source("https://github.com/django/channels_redis/issues/422"),
        Source("https://github.com/redis/redis-py/issues/4091"),
    ),
    conditions=f"layer.receive() for {SECONDS:g} s, as a consumer calls it; the "
    "versions of redis and channels-redis that are installed.",
    measured="How often it raised, and when for the first time.",
    decided_by="Yes if it raised with the layer as it comes.",
    refuted_by="A receiver that waits on.",
    run=run,
    read=read,
    needs=("channels", "channels_redis"),
)
