"""Run experiments one after the other, and say when an answer must not be trusted.

An experiment ends when it has yielded everything, when its time is over, or on Ctrl-C;
what it had observed by then is kept and read. The answer is withheld where the machine
was not quiet enough: if the same thing measured twice came out differently (the control
failed), or if other processes took too much of the processor most of the time. It is
withheld as well if not everything was observed: what is missing might be what decides.
In all these cases the tables are shown, and what they seem to say.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from importlib.util import find_spec

from asgi_compare.drive.servers.supervisor import ServerError
from asgi_compare.measure.experiments.answer import Answer, not_answered
from asgi_compare.measure.experiments.child import ChildFailed
from asgi_compare.measure.experiments.experiment import (
    Effort,
    Experiment,
    Observation,
    Observations,
)
from asgi_compare.measure.load.process import LoadFailed
from asgi_compare.measure.load.statistics import ratio

Tell = Callable[[Experiment, int], None]
"""Told of the experiment under way, and of how much it has observed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the notebook: an experiment that was run, and its answer."""

    experiment: Experiment
    effort: str
    observations: Observations
    answer: Answer
    seconds: float
    ended: str = ""
    """Why it ended early, as a sentence; empty if it did not."""

    @property
    def command(self) -> str:
        """Return the command that runs it again."""
        quick = " --quick" if self.effort == "quick" else ""
        return f"asgi-compare experiments run {self.experiment.name}{quick}"


def run_all(
    experiments: Iterable[Experiment], effort: Effort, tell: Tell
) -> tuple[list[Entry], bool]:
    """Run experiments; return the entries, and whether Ctrl-C ended it."""
    entries: list[Entry] = []
    for experiment in experiments:
        entry, interrupted = run(experiment, effort, tell)
        if entry.observations or not interrupted:
            entries.append(entry)
        if interrupted:
            return entries, True
    return entries, False


def run(experiment: Experiment, effort: Effort, tell: Tell) -> tuple[Entry, bool]:
    """Run one experiment; return its entry, and whether Ctrl-C ended it."""
    began = time.monotonic()
    rows: list[Observation] = []
    ended = missing(experiment)
    interrupted = False
    if not ended:
        try:
            ended = _collect(experiment, effort, tell, rows)
        except KeyboardInterrupt:
            ended, interrupted = "It was interrupted.", True
    observations = Observations(tuple(rows))
    answer = answered(experiment, observations, ended)
    seconds = time.monotonic() - began
    return Entry(
        experiment, effort.name, observations, answer, seconds, ended
    ), interrupted


def _collect(
    experiment: Experiment, effort: Effort, tell: Tell, rows: list[Observation]
) -> str:
    """Fill `rows`; return why that ended early, if it did."""
    limit = time.monotonic() + effort.limit
    tell(experiment, 0)
    under_way = experiment.run(effort)
    try:
        for row in under_way:
            rows.append(row)
            tell(experiment, len(rows))
            if time.monotonic() > limit:
                return f"It was ended after {effort.limit:g} s."
    except ServerError as error:
        return error.sentence
    except (ChildFailed, LoadFailed, OSError) as error:
        return f"It could not go on: {error}"
    finally:
        close = getattr(under_way, "close", None)
        if close is not None:
            close()  # a generator stops its servers here
    return ""


BESIDE_OURS = {"django_async_backend": "django-async-backend[binary]"}
"""Distributions that no extra of ours brings: they want a newer Python or Django."""


def missing(experiment: Experiment) -> str:
    """Return what has to be installed first; empty if nothing has."""
    absent = [name for name in experiment.needs if not _is_installed(name)]
    if not absent:
        return ""
    return (
        f"It needs the module {absent[0]!r}, which is not installed; add it with: "
        f'pip install "{BESIDE_OURS.get(absent[0], "asgi-compare[all]")}"'
    )


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # the package that it is in
        return False


def answered(experiment: Experiment, observations: Observations, ended: str) -> Answer:
    """Read the observations, as far as they can be trusted."""
    if not observations:
        return not_answered(ended or "Nothing was observed.")
    answer = experiment.read(observations)
    if why := ended or doubt(observations, experiment.tolerance):
        seen = f"What was seen, all the same: {answer.verdict}. {answer.sentence}"
        seen = f"{seen} {answer.turning_point}".strip()
        answer = replace(
            answer,
            verdict="not answered",
            sentence=why,
            conditions=(*answer.conditions, seen),
            turning_point="",
        )
    return answer


def doubt(observations: Observations, tolerance: float) -> str:
    """Return why nothing should be concluded; empty if there is no reason."""
    for measure, case in dict.fromkeys(
        (row.measure, tuple(row.case.items()))
        for row in observations.rows
        if row.control == "again"
    ):
        first, again = (
            [
                row.value
                for row in observations.rows
                if (row.measure, tuple(row.case.items())) == (measure, case)
                and row.control == half
            ]
            for half in ("first", "again")
        )
        apart = ratio(first, again).median - 1.0 if first and any(again) else 0.0
        if abs(apart) > tolerance:
            return (
                f"The same thing measured twice differed by {abs(apart):.0%} "
                f"({measure}); more than {tolerance:.0%} is too much to conclude "
                "anything. Run it again on a quieter machine."
            )
    looked = [row.foreign for row in observations.rows if row.foreign]
    disturbed = [cores for cores in looked if cores > tolerance]
    if len(disturbed) * 2 > len(observations.rows):
        return (
            f"Other processes used up to {max(disturbed):.2f} cores most of the time; "
            f"more than {tolerance:.2f} is too much. Run it again on a quieter machine."
        )
    return ""
