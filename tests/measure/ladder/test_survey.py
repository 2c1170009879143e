"""Many configurations side by side: real processes, real servers, little time."""

from pathlib import Path

import pytest

from asgi_compare.contract.scenario import Request
from asgi_compare.measure.ladder.ladder import (
    BASELINES,
    RUNGS,
    YARDSTICK,
    configurations,
)
from asgi_compare.measure.ladder.rung import WAYS
from asgi_compare.measure.timing import served
from asgi_compare.measure.timing.configuration import Asked, Configuration
from asgi_compare.measure.timing.survey import survey
from asgi_compare.measure.timing.survey_results import Crowd, Effort, Survey
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
import os

async def asgi(scope, receive, send):
    status = 200 if scope["path"] == "/" else 404
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
    asked = Asked("asgi", f"apps:{attribute}", Request(target=path))
    return Configuration(name, {"async": asked}, app_dir=str(directory))


@pytest.mark.timeout(120)
def test_everything_is_measured_on_servers_and_in_process() -> None:
    stages: list[str] = []
    (ladder,) = configurations(
        RUNGS["user"], [WAYS["async"], WAYS["sync"], WAYS["wsgi"]]
    )
    found = survey(
        [*BASELINES.values(), ladder],
        YARDSTICK,
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
    assert set(cell.samples[0]) == {"rps", "us", "cpu_us", "p50_us", "p99_us"}
    assert list(dict.fromkeys(stages)) == [
        "counting",
        "timing",
        "starting servers",
        "putting load on servers",
    ]
    assert found.in_process.blocks == found.on_servers.blocks == 2


@pytest.mark.timeout(120)
def test_server_is_put_before_a_crowd_too() -> None:
    crowd = Crowd(YARDSTICK, 32)
    found = survey(
        [RAW, BASELINES["raw-wsgi"]],
        YARDSTICK,
        serving={YARDSTICK},
        crowds=[crowd],
        effort=LITTLE,
    )
    cell = found.crowds[crowd]
    assert len(cell.samples) == 2
    assert cell.samples[0]["rps"] > 0
    plain = found.results[YARDSTICK].served
    assert plain is not None
    # Who waits for 31 others waits longer than who waits for 7.
    assert cell.samples[0]["p50_us"] > plain.samples[0]["p50_us"]


def test_crowd_before_a_server_that_fails_is_not_measured(apps: Path) -> None:
    key = ("differs", "async")
    found = survey(
        [RAW, configuration("differs", "differs", apps)],
        YARDSTICK,
        serving={key},
        crowds=[Crowd(key, 16)],
        effort=LITTLE,
    )
    assert found.crowds == {}


def test_what_cannot_be_measured_says_why(apps: Path) -> None:
    found = survey(
        [
            RAW,
            configuration("missing", "asgi", apps, b"/missing"),
            configuration("absent", "absent", apps),
            configuration("leaves", "leaves", apps),
        ],
        YARDSTICK,
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
        YARDSTICK,
        effort=LITTLE,
        accepts=lambda status: status < 500,
    )
    assert found.results["missing", "async"].in_process is not None


def test_server_that_answers_otherwise_is_not_measured(apps: Path) -> None:
    found = survey(
        [RAW, configuration("differs", "differs", apps)],
        YARDSTICK,
        serving={("differs", "async")},
        effort=LITTLE,
    )
    assert found.results["differs", "async"].in_process is not None
    assert found.results["differs", "async"].served is None


def test_server_that_is_not_installed_is_not_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        served, "missing", lambda row: "" if row.name == "uvicorn" else "Not there."
    )
    found = survey(
        [RAW, BASELINES["raw-wsgi"]],
        YARDSTICK,
        serving={("raw-wsgi", "wsgi")},
        effort=LITTLE,
    )
    result = found.results["raw-wsgi", "wsgi"]
    assert (result.served, result.server) == (None, "none: Not there.")


def test_server_that_does_not_start_says_why(apps: Path) -> None:
    with pytest.raises(Unmeasured, match="Expected an attribute 'absent'"):
        served.serve(configuration("absent", "absent", apps), "asgi", None)


def test_survey_without_its_yardstick_is_none(apps: Path) -> None:
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
        YARDSTICK,
        serving={YARDSTICK},
        effort=LITTLE,
        progress=interrupt,
    )
    assert found.interrupted
    result = found.results[YARDSTICK]
    assert result.counts is not None
    assert result.in_process is not None
    assert len(result.in_process.samples) == (1 if stage == "timing" else 2)


def test_function_is_called_in_the_process(apps: Path) -> None:
    with Worker(configuration("apps", "asgi", apps)) as worker:
        assert worker.tell("apps:told") == {"pid": True}
        assert worker.settle("async", 0, 0.0) > 0
        with pytest.raises(Unmeasured, match="'apps' failed: AttributeError"):
            worker.tell("apps:untold")
