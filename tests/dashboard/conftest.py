"""Two implementations on real servers, and the dashboard over them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from asgi_compare.dashboard.app import Dashboard
from asgi_compare.dashboard.guard import Guard
from asgi_compare.dashboard.subjects import Subject
from asgi_compare.drive.servers.supervisor import start
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.model.results import IN_PROCESS, Run
from asgi_compare.run.matrix import Plan, run

GUARD = Guard.for_port(80, token="secret")
HERE = (b"host", b"127.0.0.1:80")
OURS = (HERE, (b"origin", b"http://127.0.0.1:80"))


@pytest.fixture(scope="package")
def subjects() -> Iterator[dict[str, Subject]]:
    with ExitStack() as stack:
        found = {}
        for name in ("raw-asgi", "raw-wsgi"):
            row = IMPLEMENTATIONS[name]
            running = stack.enter_context(
                start(
                    SERVERS["uvicorn"],
                    row.target,
                    interface=row.interface,
                    app_dir=row.app_dir,
                    deadline=30.0,
                )
            )
            found[name] = Subject(
                name, row.target, row.interface, running, row.app_dir, row.attributes
            )
            stack.callback(found[name].close)
        yield found


@pytest.fixture
def dashboard(subjects: dict[str, Subject]) -> Dashboard:
    return Dashboard(GUARD, subjects)


@pytest.fixture(scope="package")
def sample_run() -> Run:
    return run(Plan(("raw-asgi", "raw-wsgi"), ("hello/get",), (IN_PROCESS,)))
