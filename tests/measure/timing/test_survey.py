"""Many configurations side by side: real processes, real servers, little time."""

from pathlib import Path

import pytest

from asgi_compare.contract.scenario import Request
from asgi_compare.measure.ladder.ladder import (
    BASELINE,
    BASELINES,
    RUNGS,
    configurations,
)
from asgi_compare.measure.ladder.rung import VARIANTS
from asgi_compare.measure.timing import served
from asgi_compare.measure.timing.configuration import Configuration, Entry
from asgi_compare.measure.timing.survey import survey
from asgi_compare.measure.timing.survey_results import Effort, Survey, Trial
from asgi_compare.measure.timing.worker import Unmeasured, Worker

LITTLE = Effort(
    rounds=2,
    batch=0.002,
    served_rounds=2,
    burst=0.05,
    settle=0.0,
    tries=1,
    patience=0.0,
)
RAW = BASELINES["raw-asgi"]

APPS = '''
import itertools
import os

async def asgi(scope, receive, send):
    path = scope.get("path", "")
    status = {"/": 200, "": 429}.get(path, 404)
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})

async def changes(scope, receive, send):
    await asgi({"path": scope["path"]}, receive, send)

async def leaves(scope, receive, send):
    os._exit(7)

async def differs(scope, receive, send):
    """Answer otherwise on a server, which is not where it was counted."""
    if scope.get("server", ("", 0))[1] != 8000:
        scope = {"path": "/missing"}
    await asgi(scope, receive, send)

REQUESTS = itertools.count(1)

async def tires(scope, receive, send):
    await asgi({"path": "/"} if next(REQUESTS) < 11 else {}, receive, send)

def told():
    return {"pid": os.getpid() > 0}
'''


@pytest.fixture
def apps(tmp_path: Path) -> Path:
    (tmp_path / "apps.py").write_text(APPS)
    return tmp_path


def configuration(
    name: str, attribute: str, directory: Path, path: bytes = b"/"
) -> Configuration:
    entry = Entry("asgi", f"apps:{attribute}", Request(target=path))
    return Configuration(name, {"async": entry}, app_dir=str(directory))


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_everything_is_measured_on_servers_and_in_process() -> None:
    stages: list[str] = []
    (ladder,) = configurations(
        RUNGS["user"], [VARIANTS["async"], VARIANTS["sync"], VARIANTS["wsgi"]]
    )
    found = survey(
        [RAW, BASELINES["raw-wsgi"], ladder],
        BASELINE,
        serving={("user", "async"), ("user", "wsgi"), ("raw-wsgi", "wsgi")},
        pictured={("user", "wsgi")},
        effort=LITTLE,
        progress=lambda stage, done, total: stages.append(stage),
    )
    for key, result in found.results.items():
        assert result.unsupported == ""
        assert result.counts is not None
        assert result.weight is not None
        assert result.weight.resident_kb > 10_000
        assert result.in_process is not None
        assert len(result.in_process.samples) == 2, key
        assert (result.tree is not None) == (key == ("user", "wsgi"))
    hosts = {
        key: result.server for key, result in found.results.items() if result.served
    }
    assert hosts == {
        ("raw-asgi", "async"): "uvicorn",
        ("raw-wsgi", "wsgi"): "gunicorn-gthread",
        ("user", "async"): "uvicorn",
        ("user", "wsgi"): "gunicorn-gthread",
    }
    cell = found.results["user", "async"].served
    assert cell is not None
    assert set(cell.samples[0]) == {
        *("rps", "us", "cpu_us", "p50_us", "p99_us", "threads", "memory_kb"),
    }
    assert list(dict.fromkeys(stages)) == [
        "counting",
        "timing",
        "starting servers",
        "putting load on servers",
    ]
    assert found.in_process.blocks == found.on_servers.blocks == 2


@pytest.mark.timeout(120)
def test_trial_is_on_the_server_and_under_the_load_of_its_choice(apps: Path) -> None:
    """One that answers otherwise there is not measured, and says why."""
    crowd = Trial("crowd", BASELINE, "uvicorn", 32)
    fails = Trial("crowd", ("differs", "async"), "uvicorn-h11", 4)
    found = survey(
        [RAW, configuration("differs", "differs", apps)],
        BASELINE,
        serving={BASELINE},
        trials=[crowd, fails],
        effort=LITTLE,
    )
    cell = found.trials[crowd]
    assert len(cell.samples) == 2
    assert cell.samples[0]["rps"] > 0
    assert cell.samples[0]["threads"] >= 1
    assert cell.samples[0]["memory_kb"] > 10_000
    assert list(found.trials) == [crowd]
    assert "to answer every request with 200" in found.not_tried[fails]


def test_status_that_changes_is_no_price(apps: Path) -> None:
    """A view that fails from its eleventh request on is not measured, and says so."""
    found = survey(
        [RAW, configuration("tires", "tires", apps)], BASELINE, effort=LITTLE
    )
    result = found.results["tires", "async"]
    assert result.in_process is None
    assert result.unsupported == (
        "It answered 200 at first, and 429 to request 11: a mean of the two would be "
        "the price of neither."
    )


def test_what_cannot_be_measured_says_why(apps: Path) -> None:
    found = survey(
        [
            RAW,
            configuration("missing", "asgi", apps, b"/missing"),
            configuration("absent", "absent", apps),
            configuration("leaves", "leaves", apps),
        ],
        BASELINE,
        effort=LITTLE,
    )
    said = {key[0]: result.unsupported for key, result in found.results.items()}
    assert said["raw-asgi"] == ""
    assert said["missing"] == "It answers 404."
    assert said["absent"].startswith("'absent' failed: Expected an attribute 'absent'")
    assert said["leaves"].startswith("The process of 'leaves' exited with code 7")
    assert found.results["missing", "async"].in_process is None


def test_status_can_be_accepted(apps: Path) -> None:
    found = survey(
        [RAW, configuration("missing", "asgi", apps, b"/missing")],
        BASELINE,
        effort=LITTLE,
        accepts=lambda status: status < 500,
    )
    assert found.results["missing", "async"].in_process is not None


def test_server_that_answers_otherwise_is_not_measured(apps: Path) -> None:
    found = survey(
        [RAW, configuration("differs", "differs", apps)],
        BASELINE,
        serving={("differs", "async")},
        effort=LITTLE,
    )
    assert found.results["differs", "async"].in_process is not None
    assert found.results["differs", "async"].served is None
    assert "but got" in found.results["differs", "async"].not_served


def test_server_that_is_not_installed_is_not_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        served, "missing", lambda row: "" if row.name == "uvicorn" else "Not there."
    )
    found = survey(
        [RAW, BASELINES["raw-wsgi"]],
        BASELINE,
        serving={("raw-wsgi", "wsgi")},
        effort=LITTLE,
    )
    result = found.results["raw-wsgi", "wsgi"]
    assert (result.served, result.not_served) == (None, "Not there.")


def test_server_that_does_not_start_says_why(apps: Path) -> None:
    with pytest.raises(Unmeasured, match="Expected an attribute 'absent'"):
        served.serve(configuration("absent", "absent", apps), "asgi", None)


def test_survey_without_its_baseline_is_none(apps: Path) -> None:
    with pytest.raises(Unmeasured, match="Expected to measure 'absent', beside which"):
        survey(
            [configuration("absent", "absent", apps)],
            ("absent", "async"),
            effort=LITTLE,
        )


@pytest.mark.parametrize("stage", ["timing", "putting load on servers"])
def test_interruption_keeps_what_was_measured(stage: str) -> None:
    def interrupt(now: str, done: int, total: int) -> None:
        if now == stage and done:
            raise KeyboardInterrupt

    found: Survey = survey(
        [RAW],
        BASELINE,
        serving={BASELINE},
        effort=LITTLE,
        progress=interrupt,
    )
    assert found.interrupted
    result = found.results[BASELINE]
    assert result.counts is not None
    assert result.in_process is not None
    assert len(result.in_process.samples) == (1 if stage == "timing" else 2)


def test_function_is_called_in_the_process(apps: Path) -> None:
    with Worker(configuration("apps", "asgi", apps)) as worker:
        assert worker.tell("apps:told") == {"pid": True}
        assert worker.settle("async", 0, 0.0) > 0
        with pytest.raises(Unmeasured, match="'apps' failed: AttributeError"):
            worker.tell("apps:untold")
