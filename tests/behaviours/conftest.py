"""One laboratory for all tests: its children are what takes time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from compare.behaviours.laboratory import Laboratory


@pytest.fixture(scope="session")
def laboratory() -> Iterator[Laboratory]:
    with Laboratory() as shared:
        yield shared
