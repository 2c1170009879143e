"""One laboratory for all tests: its children are what takes time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from asgi_compare.measure.behaviours.observer import Laboratory


@pytest.fixture(scope="session")
def laboratory() -> Iterator[Laboratory]:
    with Laboratory() as shared:
        yield shared
