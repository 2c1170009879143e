"""The chapter `jobs`, done by workers of Celery on a real broker."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from asgi_compare.contract import CHAPTERS
from asgi_compare.drive.places import APPLICATIONS
from asgi_compare.drive.servers.process import Process, inherited, wait_until
from asgi_compare.drive.servers.supervisor import HOST, free_port
from asgi_compare.drive.services import Service
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.run.matrix import Plan, run
from tests.tables import slow_but

pytestmark = [pytest.mark.xdist_group("jobs by celery"), pytest.mark.timeout(180)]

SOME = (
    "start_job/same_key_other_body",
    "job/done_once",
    "job/retried",
    "job/cancelled",
    "job_result/done",
)
ALL = tuple(scenario.name for scenario in CHAPTERS["jobs"].SCENARIOS)
PATIENCE = 60.0
DATABASE = 9
"""Of the broker; the other tests have the first."""


@contextmanager
def worker(folder: str, url: str) -> Iterator[None]:
    words = f"celery -A {folder} worker -P threads -c 8 -l INFO"
    ours = inherited()
    path = f"{ours.get('PYTHONPATH', '')}:{APPLICATIONS}"
    environment = {**ours, "PYTHONPATH": path, "JOBS_BROKER_URL": url}
    command = [sys.executable, "-P", "-m", *words.split(), "--without-mingle"]
    process = Process(command, environment)
    try:
        ready = f"celery@{platform.node()} ready."
        assert wait_until(
            lambda: any(ready in line for line in process.log.tail()), PATIENCE
        ), process.log.tail()
        yield
    finally:
        process.stop(5.0)


def check(
    names: list[str],
    scenarios: tuple[str, ...],
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = urlsplit(service.url)._replace(path=f"/{DATABASE}").geturl()
    monkeypatch.setenv("JOBS_BROKER_URL", url)
    for name in names:
        row = IMPLEMENTATIONS[name]
        with worker(row.target.partition(".")[0], url):
            made = run(
                Plan(implementations=(name,), hosts=("uvicorn",), scenarios=scenarios)
            )
        assert [v for v in made.verdicts if v.verdict != "passed"] == [], name
        assert len(made.verdicts) == len(scenarios)


def test_worker_does_the_jobs_of_a_server(
    valkey_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(["raw-asgi"], SOME, valkey_service, monkeypatch)


@pytest.mark.slow
def test_workers_do_the_jobs_of_all(
    valkey_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(list(IMPLEMENTATIONS), ALL, valkey_service, monkeypatch)


@pytest.mark.parametrize("name", slow_but(("raw-asgi",), list(IMPLEMENTATIONS)))
def test_client_is_told_that_the_broker_is_away(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBS_BROKER_URL", f"redis://{HOST}:{free_port()}/0")
    plan = Plan((name,), ("start_job/accepted", "job/unknown"), ("uvicorn",))
    made = run(plan)
    assert [v.reason for v in made.verdicts] == [
        "Expected status 202, but got 503.",
        "Expected status 404, but got 503.",
    ]
