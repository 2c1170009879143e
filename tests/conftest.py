"""What all tests need to be there."""

import signal

import pytest
from hypothesis import settings

from asgi_compare.model.results import IN_PROCESS, Run
from asgi_compare.run.matrix import Plan, run

USUAL = (IN_PROCESS,)
"""Where the scenarios are run by default; the slow tests run them everywhere."""

pytest_plugins = ["tests.services", "tests.slow", "tests.xdist_groups"]

# No deadline: on a busy machine a slow example says nothing about what is tested.
# More examples are tried by `make test-thorough`.
settings.register_profile("quick", max_examples=100, deadline=None)
settings.register_profile("thorough", max_examples=1000, deadline=None)
settings.load_profile("quick")

# Some runners start in the background with Ctrl-C ignored, and whatever they start
# inherits that. Tests that interrupt a command need it to be as in a terminal.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def usual_run() -> Run:
    """Run all scenarios in process. Its tests are one group."""
    return run(Plan(hosts=USUAL))
