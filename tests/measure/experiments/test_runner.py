"""How experiments are run, when they end, and when an answer is withheld."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace

import pytest

from asgi_compare.drive.servers.supervisor import ServerError
from asgi_compare.measure.experiments.answer import Answer, Table
from asgi_compare.measure.experiments.child import ChildFailed, in_child
from asgi_compare.measure.experiments.experiment import (
    QUICK,
    Effort,
    Experiment,
    Observation,
    Observations,
    in_round,
)
from asgi_compare.measure.experiments.runner import Entry, run, run_all
from asgi_compare.measure.experiments.store import (
    Notebook,
    StoreError,
    from_json,
    to_json,
)


def three(effort: Effort) -> Iterator[Observation]:
    """Observe 0, 1 and 2."""
    for value in range(3):
        yield Observation("value", value, "s", {"who": "one"}, value)


def count(found: Observations) -> Answer:
    """Answer how many there are."""
    table = Table.of(["values"], [[found.interval("value")]])
    return Answer("yes", f"There are {len(found.rows)}.", (table,))


EXPERIMENT = Experiment(
    "counting", "Topic", "How many?", "None.", "All.", "Any.", "None.", three, count
)


def ignored(experiment: Experiment, observed: int) -> None:
    """Nobody is told."""


def answered(experiment: Experiment, effort: Effort = QUICK) -> Entry:
    """The entry of an experiment that was not interrupted."""
    entry, interrupted = run(experiment, effort, ignored)
    assert not interrupted
    return entry


def test_experiment_is_run_and_read() -> None:
    told: list[int] = []
    entry, interrupted = run(EXPERIMENT, QUICK, lambda _, count: told.append(count))
    assert (entry.answer.verdict, entry.answer.sentence) == ("yes", "There are 3.")
    assert (entry.ended, interrupted, told) == ("", False, [0, 1, 2, 3])
    assert entry.command == "asgi-compare experiments run counting --quick"
    assert replace(entry, effort="careful").command.endswith("run counting")


def test_interrupted_experiment_keeps_what_it_has() -> None:
    closed = []

    def interrupted(effort: Effort) -> Iterator[Observation]:
        try:
            yield from three(effort)
            raise KeyboardInterrupt
        finally:
            closed.append(True)

    experiment = replace(EXPERIMENT, run=interrupted)
    entries, was = run_all([experiment, EXPERIMENT], QUICK, ignored)
    assert (len(entries), was, closed) == (1, True, [True])
    answer = entries[0].answer
    assert (answer.verdict, answer.sentence) == ("not answered", "It was interrupted.")
    assert answer.conditions == ("What was seen, all the same: yes. There are 3.",)
    assert len(answer.tables) == 1


def test_experiment_that_was_interrupted_before_it_observed_is_left_out() -> None:
    def at_once(effort: Effort) -> Iterator[Observation]:
        raise KeyboardInterrupt
        yield

    experiments = [EXPERIMENT, replace(EXPERIMENT, run=at_once)]
    entries, was = run_all(experiments, QUICK, ignored)
    assert (len(entries), was) == (1, True)


def test_experiment_ends_when_its_time_is_over_and_cleans_up() -> None:
    closed = []

    def endless(effort: Effort) -> Iterator[Observation]:
        try:
            while True:
                yield Observation("value", 1.0)
        finally:
            closed.append(True)

    entry = answered(replace(EXPERIMENT, run=endless), replace(QUICK, limit=0.0))
    assert (entry.ended, closed) == ("It was ended after 0 s.", [True])
    assert entry.answer.sentence == "It was ended after 0 s."
    assert len(entry.observations.rows) == 1


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (ServerError("It did not start."), "It did not start."),
        (OSError("no room"), "It could not go on: no room"),
    ],
)
def test_experiment_that_cannot_go_on_says_why(error: Exception, why: str) -> None:
    def failing(effort: Effort) -> Iterator[Observation]:
        raise error
        yield

    answer = answered(replace(EXPERIMENT, run=failing)).answer
    assert (answer.verdict, answer.sentence) == ("not answered", why)


def test_experiment_that_observes_nothing_is_not_answered() -> None:
    answer = answered(replace(EXPERIMENT, run=lambda _: iter(()))).answer
    assert (answer.verdict, answer.sentence) == (
        "not answered",
        "Nothing was observed.",
    )


def test_experiment_says_what_it_needs() -> None:
    entry = answered(replace(EXPERIMENT, needs=("sys", "no_such_module")))
    assert entry.answer.sentence == (
        "It needs the module 'no_such_module', which is not installed; add it with: "
        'pip install "asgi-compare[all]"'
    )


def controlled(first: float, again: float) -> Experiment:
    """An experiment whose control gives these values, in each of three rounds."""

    def measured(effort: Effort) -> Iterator[Observation]:
        for number in range(3):
            rows = [Observation("rate", first), Observation("tail", 1.0)]
            yield from in_round(number, iter(rows), "first", of="rate")
            rows = [Observation("rate", again), Observation("tail", 9.0)]
            yield from in_round(number, iter(rows), "again", of="rate")

    return replace(EXPERIMENT, run=measured)


def test_failed_control_withholds_the_answer() -> None:
    answer = answered(controlled(100.0, 80.0)).answer
    assert (answer.verdict, answer.sentence) == (
        "not answered",
        "The same thing measured twice differed by 25% (rate); more than 10% is too "
        "much to conclude anything. Run it again on a quieter machine.",
    )
    assert answer.conditions == ("What was seen, all the same: yes. There are 9.",)
    assert len(answer.tables) == 1


def test_control_within_the_tolerance_is_not_counted_as_an_observation() -> None:
    entry = answered(controlled(100.0, 95.0))
    assert entry.answer.verdict == "yes"
    assert entry.observations.values("rate") == [100.0] * 3
    assert entry.observations.values("tail") == [1.0] * 3


def test_disturbed_experiment_withholds_its_answer() -> None:
    def disturbed(effort: Effort) -> Iterator[Observation]:
        for cores in (0.5, 0.6, 0.01):
            yield Observation("value", 1.0, foreign=cores)

    answer = answered(replace(EXPERIMENT, run=disturbed)).answer
    assert answer.sentence == (
        "Other processes used up to 0.60 cores most of the time; more than 0.10 is "
        "too much. Run it again on a quieter machine."
    )
    tolerant = answered(replace(EXPERIMENT, run=disturbed, tolerance=0.55)).answer
    assert tolerant.verdict == "yes"


def test_notebook_is_read_anew_out_of_its_observations() -> None:
    notebook = Notebook((answered(EXPERIMENT),), {"python": "3"}, interrupted=True)
    stored = json.loads(json.dumps(to_json(notebook)))
    assert from_json(stored, {"counting": EXPERIMENT}) == notebook
    assert stored["experiments"][0]["answer"]["sentence"] == "There are 3."

    def other(found: Observations) -> Answer:
        return Answer("no", "Read anew.")

    known = {"counting": replace(EXPERIMENT, read=other)}
    assert from_json(stored, known).entries[0].answer.sentence == "Read anew."
    assert from_json(stored, {}).entries == ()


@pytest.mark.parametrize(
    "data", [[], {}, {"version": 1}, {"version": 1, "experiments": [{}]}]
)
def test_anything_else_is_no_notebook(data: object) -> None:
    with pytest.raises(StoreError, match="Expected"):
        from_json(data, {"counting": EXPERIMENT})


def test_observations_are_selected_by_their_case() -> None:
    rows = tuple(
        Observation("m", float(value), case={"at once": who, "x": "y"})
        for value, who in enumerate("aba")
    )
    found = Observations(rows)
    assert found.values("m", at_once="a", x="y") == [0.0, 2.0]
    assert found.values("m", at_once="a", x="z") == []
    assert found.interval("m", at_once="c") is None
    assert found.cases("at once") == ("a", "b")
    assert not found.of("other")
    assert asdict(rows[0])["case"] == {"at once": "a", "x": "y"}


def test_function_is_called_in_a_process_of_its_own() -> None:
    assert in_child("math:gcd", 12, 18) == 6
    assert in_child("os:getpid") != in_child("os:getpid")
    with pytest.raises(ChildFailed, match=r"math:sqrt failed: .*ValueError"):
        in_child("math:sqrt", -1)
    with pytest.raises(ChildFailed, match=r"^time:sleep took more than 0.1 s\.$"):
        in_child("time:sleep", 30, limit=0.1)
