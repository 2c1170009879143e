"""The runs that the reports are tried on."""

from __future__ import annotations

import pytest

from asgi_compare.model.results import Run
from tests.report.hostile import hostile_run
from tests.report.sample import sample_run


@pytest.fixture(scope="session")
def run() -> Run:
    """Scenarios of every kind, with every verdict."""
    return sample_run()


@pytest.fixture(scope="session")
def hostile() -> Run:
    """A run in which every text that an application had a say in is an attack."""
    return hostile_run()
