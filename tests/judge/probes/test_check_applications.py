"""The probes find in a broken application what it breaks, and nothing in others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter

import pytest

from tests.broken_apps import BROKEN, BY_PROBES
from tests.broken_apps.apps import Case
from tests.correct_apps import CORRECT
from tests.judge.probes.playing import GET, POST, checked
from tests.tables import each_row


def by_group(cases: Iterable[Case], group: Callable[[Case], str]) -> list[object]:
    """Make one test for each group, so that workers can share them."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(group(case), []).append(case)
    return [pytest.param(some, id=name) for name, some in groups.items()]


def of_rule(case: Case) -> str:
    return str(case.rule).partition("/")[0]


def of_exchange(case: Case) -> str:
    return "wsgi" if case.wsgi else type(case.exchange).__name__


@pytest.mark.parametrize("cases", by_group([*BROKEN, *BY_PROBES], of_rule))
def test_check_finds_exactly_what_is_broken(cases: list[Case]) -> None:
    each_row("case", cases, ids=attrgetter("name"))(check_broken)()


@pytest.mark.parametrize("cases", by_group(CORRECT, of_exchange))
def test_check_finds_nothing_in_a_correct_application(cases: list[Case]) -> None:
    each_row("case", cases, ids=attrgetter("name"))(check_correct)()


def check_broken(case: Case) -> None:
    # A body, because a WSGI application may go wrong in reading it.
    asked = (GET, POST) if case in BY_PROBES else ()
    found = checked(case.application, "wsgi" if case.wsgi else "asgi", asked=asked)

    assert [problem.rule for problem in found.problems] == [case.rule], found.problems
    problem = found.problems[0]
    assert problem.side == "application"
    assert problem.scenario in found.transcripts
    assert problem.scenario in problem.scenarios
    assert problem.sentence
    assert f"--select {case.rule}" in problem.again
    assert found.code == (0 if problem.level == "unclear" else 1)
    assert not found.of("error")


def check_correct(case: Case) -> None:
    # Some raise instead of an answer, as they may.
    found = checked(case.application, "wsgi" if case.wsgi else "asgi", allow_raise=True)

    assert found.problems == []
    assert not found.of("error")
