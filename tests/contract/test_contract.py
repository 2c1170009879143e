"""Every implementation keeps every scenario, or says why not."""

from collections import Counter

import pytest

from asgi_compare.contract import SCENARIOS
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.model.results import IN_PROCESS, Run, Verdict
from tests.tables import each_row

# The run is made once, so all of these tests belong to one worker.
pytestmark = pytest.mark.xdist_group("usual run")


@pytest.fixture(scope="module")
def verdicts(usual_run: Run) -> dict[tuple[str, str], Verdict]:
    return {
        (v.scenario, v.implementation): v
        for v in usual_run.verdicts
        if v.host == IN_PROCESS
    }


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@each_row("scenario", SCENARIOS)
def test_scenario_is_kept(
    scenario: str, implementation: str, verdicts: dict[tuple[str, str], Verdict]
) -> None:
    verdict = verdicts[scenario, implementation]
    assert verdict.verdict in ("passed", "unsupported"), verdict.reason
    assert bool(verdict.reason) == (verdict.verdict == "unsupported")


def test_baseline_keeps_every_scenario(
    verdicts: dict[tuple[str, str], Verdict],
) -> None:
    """What is written by hand on ASGI can do all that the contract asks for."""
    kinds = Counter(verdicts[name, "raw-asgi"].verdict for name in SCENARIOS)
    assert kinds == {"passed": len(SCENARIOS)}


def test_waits_are_measured(usual_run: Run) -> None:
    """Three waits one after the other and three at once are told apart by order."""
    elapsed = {
        (m.scenario, m.implementation): m.value
        for m in usual_run.measurements
        if (m.what, m.host) == ("elapsed", IN_PROCESS)
    }
    for implementation in IMPLEMENTATIONS:
        for endpoint in ("sequential", "concurrent"):
            assert elapsed[f"{endpoint}/three_waits", implementation] >= 0.05


def test_crowd_is_counted(usual_run: Run) -> None:
    """Fifty at once run on one thread by hand on ASGI, and on fifty on WSGI."""
    threads = {
        (m.scenario, m.implementation): m.value
        for m in usual_run.measurements
        if (m.what, m.host) == ("threads", IN_PROCESS)
    }
    assert threads["sequential/fifty_at_once", "raw-asgi"] == 1
    assert threads["sequential/fifty_at_once", "raw-wsgi"] == 50
