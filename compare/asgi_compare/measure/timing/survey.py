"""Measure many configurations side by side, all that there is to measure.

    count   every variant of every configuration, while the processes start
    time    all of them in turn, in process, with the baseline in between
    serve   those that are entry for, on real servers, in turn as well

All processes are there at once, and idle but for one. What cannot be measured says why
and costs nobody else anything. An interruption ends the survey, and what was measured
until then is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType

from asgi_compare.measure.timing import in_process, on_servers
from asgi_compare.measure.timing.configuration import Configuration
from asgi_compare.measure.timing.rounds import Key
from asgi_compare.measure.timing.survey_results import (
    Effort,
    Job,
    Progress,
    Result,
    Survey,
    Trial,
    keys,
)
from asgi_compare.measure.timing.worker import Worker

THOROUGH = Effort()


def survey(
    configurations: Sequence[Configuration],
    baseline: Key,
    *,
    serving: Collection[Key] = (),
    trials: Sequence[Trial] = (),
    started: Mapping[str, Worker] = MappingProxyType({}),
    pictured: Collection[Key] = (),
    effort: Effort = THOROUGH,
    progress: Progress = lambda stage, done, total: None,
    accepts: Callable[[int], bool] = lambda status: status == 200,
) -> Survey:
    """Measure all variants of all configurations; the baseline must be among them.

    Raises `Unmeasured` if the baseline itself cannot be measured.
    """
    every = [key for configuration in configurations for key in keys(configuration)]
    found = Survey({key: Result(key) for key in every})
    job = Job(
        configurations,
        baseline,
        serving,
        trials,
        pictured,
        effort,
        accepts,
        progress,
        time.monotonic(),
        found,
        started,
    )
    try:
        in_process.measure(job)
        if serving or trials:
            on_servers.measure(job)
    except KeyboardInterrupt:
        found.interrupted = True
    return found
