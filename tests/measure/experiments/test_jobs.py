"""Which jobs are lost: seen with the ways that need no worker, and read of all."""

from __future__ import annotations

import json

import pytest

from asgi_compare.measure.experiments.discovery import experiments
from asgi_compare.measure.experiments.experiment import (
    CAREFUL,
    Effort,
    Observation,
    Observations,
)
from asgi_compare.measure.experiments.questions import which_jobs_are_lost
from asgi_compare.measure.experiments.questions.which_jobs_are_lost import (
    AWAY,
    EXPERIMENT,
    GHOSTS,
    KILLED,
    LOST,
    ON_COMMIT,
    PAUSE,
    ROLLED_BACK,
    STUCK,
    TOLD,
    TWICE,
    UNHELD,
    WAYS,
)
from asgi_compare.measure.experiments.store import from_json
from tools.job_parts import FILE

TINY = Effort("quick", rounds=1, seconds=0.1, limit=60.0)
TITLES = {way.name: way.title for way in WAYS}
IN_PROCESS = [way.title for way in WAYS if not way.is_queue]


def number(found: Observations, measure: str, way: str, event: str) -> float:
    (value,) = found.values(measure, way=TITLES[way], event=event)
    return value


def test_jobs_of_a_process_end_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    here = tuple(way for way in WAYS if not way.is_queue)
    monkeypatch.setattr(which_jobs_are_lost, "WAYS", here)
    monkeypatch.setattr(which_jobs_are_lost, "ON_COMMIT", here[0])
    monkeypatch.setattr(which_jobs_are_lost, "QUICK_JOBS", 4)
    monkeypatch.setattr(which_jobs_are_lost, "QUICK_QUIET", 0.2)
    monkeypatch.setattr(which_jobs_are_lost, "SECONDS", 0.1)
    found = Observations(tuple(EXPERIMENT.run(TINY)))
    lost = {way.name: number(found, LOST, way.name, KILLED) for way in here}
    assert lost == dict.fromkeys(lost, 4)
    assert number(found, LOST, "create-task", UNHELD) == 4
    assert number(found, LOST, "task-group", UNHELD) == 0
    ghosts = {
        way: max(found.values(GHOSTS, way=way, event=ROLLED_BACK)) for way in IN_PROCESS
    }
    assert ghosts == dict.fromkeys(IN_PROCESS, 4) | {TITLES["background-task"]: 0}
    assert EXPERIMENT.read(found).verdict == "no"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_queue_keeps_what_is_acknowledged_when_it_is_done() -> None:
    found = Observations(tuple(EXPERIMENT.run(CAREFUL)))
    for way in ("celery-late", "taskiq"):
        assert number(found, LOST, way, KILLED) == 0, way
        assert number(found, STUCK, way, KILLED) == 0, way
    assert number(found, LOST, "celery-early", KILLED) > 0
    assert number(found, TWICE, "celery-early", KILLED) == 0
    assert number(found, LOST, "django-tasks-db", KILLED) == 0
    assert number(found, STUCK, "django-tasks-db", KILLED) <= 1
    assert number(found, GHOSTS, "django-tasks-db", ROLLED_BACK) == 0
    for way in ("celery-early", "celery-late", "taskiq", "django-tasks-db"):
        assert number(found, LOST, way, TOLD) == 0, way
    pauses = {
        way: number(found, PAUSE, way, AWAY) for way in ("celery-early", "celery-late")
    }
    assert pauses["celery-early"] > 0.2 > pauses["celery-late"]
    assert EXPERIMENT.read(found).verdict == "it depends"


@pytest.mark.parametrize(
    ("early", "late", "verdict"),
    [(4.0, 0.0, "it depends"), (4.0, 1.0, "no"), (0.0, 0.0, "yes")],
)
def test_answer_is_read_off_the_jobs_lost(
    early: float, late: float, verdict: str
) -> None:
    rows = [
        Observation(measure, value, case={"way": way, "event": KILLED})
        for way, lost in (("early", early), ("late", late))
        for measure, value in ((LOST, lost), (TWICE, 0.0), (STUCK, 2.0))
    ]
    answer = EXPERIMENT.read(Observations(tuple(rows)))
    assert answer.verdict == verdict
    (table,) = answer.tables
    assert table.rows[0][:3] == ("early", f"{early:.0f} / 0 / 2", None)


def test_nothing_is_answered_if_nothing_was_killed() -> None:
    other = Observations((Observation("another measure", 1.0),))
    assert experiments()["which-jobs-are-lost"].read(other).verdict == "not answered"


def test_page_concludes_what_its_figures_show() -> None:
    """What `docs/jobs.md` says is in `docs/jobs.json`, from which its table is made."""
    (entry,) = from_json(json.loads(FILE.read_text("utf-8")), experiments()).entries
    found = entry.observations
    in_memory = ("background-task", "create-task", "task-group", "thread")
    assert all(number(found, LOST, way, KILLED) > 0 for way in in_memory)
    assert number(found, LOST, "celery-early", KILLED) > 0
    for way in ("celery-late", "taskiq"):
        assert number(found, LOST, way, KILLED) == 0, way
    told = {way: number(found, LOST, way, TOLD) for way in in_memory}
    assert told["background-task"] == told["task-group"] == 0
    assert told["create-task"] > 0 < told["thread"]
    assert number(found, GHOSTS, "celery-late", ROLLED_BACK) > 0
    assert number(found, GHOSTS, "django-tasks-db", ROLLED_BACK) == 0
    assert found.values(GHOSTS, way=ON_COMMIT.title, event=ROLLED_BACK) == [0]
    assert number(found, LOST, "create-task", UNHELD) > 0
    assert number(found, LOST, "task-group", UNHELD) == 0
    still = number(found, PAUSE, "celery-early", AWAY)
    assert still > 3 * number(found, PAUSE, "celery-late", AWAY)
