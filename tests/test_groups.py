"""Tests of one group are given to one worker, so that they can share what is slow."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

PLUGIN = Path(__file__).with_name("xdist_groups.py")
GROUPED = """
import os
import pytest

@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("n", range(6))
def test_it(n):
    with open("workers", "a") as file:
        file.write(os.environ["PYTEST_XDIST_WORKER"] + "\\n")
"""


def test_group_is_given_to_one_worker(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest(PLUGIN.read_text())
    pytester.makepyfile(test_a=GROUPED, test_b=GROUPED)
    words = ("-p", "xdist.plugin", "-n", "2", "--dist", "loadgroup")
    result = pytester.runpytest_subprocess(*words)

    result.assert_outcomes(passed=12)
    workers = (pytester.path / "workers").read_text().split()
    assert len(workers) == 12
    assert len(set(workers)) == 1
