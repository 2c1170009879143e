"""The probes find in a broken application what it breaks, and nothing in others."""

from __future__ import annotations

import pytest

from tests.broken_apps import BROKEN, BY_PROBES
from tests.broken_apps.apps import Case
from tests.correct_apps import CORRECT
from tests.judge.probes.playing import GET, POST, checked


def _name(case: Case) -> str:
    return case.name


@pytest.mark.parametrize("case", [*BROKEN, *BY_PROBES], ids=_name)
def test_check_finds_exactly_what_is_broken(case: Case) -> None:
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


@pytest.mark.parametrize("case", CORRECT, ids=_name)
def test_check_finds_nothing_in_a_correct_application(case: Case) -> None:
    found = checked(case.application, "wsgi" if case.wsgi else "asgi")

    assert found.problems == []
    assert not found.of("error")
