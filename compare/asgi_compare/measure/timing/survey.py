"""Measure many configurations side by side, all that there is to measure.

    count   every way of every configuration, while the processes start
    time    all of them in turn, in process, with the yardstick in between
    serve   those that are asked for, on real servers, in turn as well

All processes are there at once, and idle but for one. What cannot be measured says why
and costs nobody else anything. An interruption ends the survey, and what was measured
until then is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence

from asgi_compare.measure.timing import in_process, on_servers
from asgi_compare.measure.timing.configuration import Configuration
from asgi_compare.measure.timing.rounds import Key
from asgi_compare.measure.timing.survey_results import (
    Crowd,
    Effort,
    Job,
    Progress,
    Result,
    Survey,
    keys,
)

THOROUGH = Effort()


def survey(
    configurations: Sequence[Configuration],
    yardstick: Key,
    *,
    serving: Collection[Key] = (),
    crowds: Sequence[Crowd] = (),
    pictured: Collection[Key] = (),
    effort: Effort = THOROUGH,
    progress: Progress = lambda stage, done, total: None,
    accepts: Callable[[int], bool] = lambda status: status == 200,
) -> Survey:
    """Measure all ways of all configurations; the yardstick must be among them.

    Raises `Unmeasured` if the yardstick itself cannot be measured.
    """
    every = [key for configuration in configurations for key in keys(configuration)]
    found = Survey({key: Result(key) for key in every})
    job = Job(
        configurations,
        yardstick,
        serving,
        crowds,
        pictured,
        effort,
        accepts,
        progress,
        time.monotonic(),
        found,
    )
    try:
        in_process.measure(job)
        if serving:
            on_servers.measure(job)
    except KeyboardInterrupt:
        found.interrupted = True
    return found
