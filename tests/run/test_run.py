"""The loop with implementations that misbehave: a verdict each, and the run goes on."""

import os
import secrets
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from asgi_compare.contract import SCENARIOS
from asgi_compare.contract.scenario import Expected, Request, Scenario
from asgi_compare.drive.servers.process import wait_until
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS, Implementation
from asgi_compare.model.results import IN_PROCESS, Run, Verdict
from asgi_compare.run.matrix import Plan, run
from tests.drive.servers.conftest import marked

APPLICATION = """
import asyncio, os, time


async def application(scope, receive, send):
    if scope["type"] != "http":
        raise ValueError("http only")
    await BEHAVIOUR[scope["path"]](send)


async def hello(send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"Hello, world!"})


async def hangs(send):
    await asyncio.Event().wait()


async def blocks(send):
    while True:
        time.sleep(1)


async def floods(send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while True:
        await send({"type": "http.response.body", "body": b"x", "more_body": True})


async def exits(send):
    os._exit(7)


async def stays(send):
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            pass


BEHAVIOUR = {
    "/": hello,
    "/hangs": hangs,
    "/blocks": blocks,
    "/floods": floods,
    "/exits": exits,
    "/stays": stays,
}
"""

MARK = secrets.token_hex(16)
"""A variable by which a process of ours can be recognised; each worker has its own."""
MISBEHAVING = ("hangs", "blocks", "floods", "exits", "stays")


def scenario(name: str) -> Scenario:
    request = Request(target=f"/{name}".encode())
    return Scenario(name, "case", "It misbehaves.", request, Expected(), deadline=0.5)


ONE_RUN = pytest.mark.xdist_group("misbehaving")
"""The run is made once, so the tests of it belong to one worker."""


@pytest.fixture(scope="module")
def misbehaving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Drive an application that misbehaves, with hello before, between and after."""
    directory = tmp_path_factory.mktemp("misbehaving")
    (directory / "misbehaving.py").write_text(APPLICATION)
    target = "misbehaving:application"
    row = Implementation(
        "misbehaving", "asgi", target, "", "It misbehaves.", app_dir="."
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(MARK, MARK)
        patch.setitem(IMPLEMENTATIONS, "misbehaving", row)
        patch.setenv("PYTHONPATH", str(directory))
        for name in MISBEHAVING:
            patch.setitem(SCENARIOS, f"{name}/case", scenario(name))
        names = [f"{name}/case" for name in MISBEHAVING]
        asked = ("hello/get", *names, "hello/head")
        patch.setattr("asgi_compare.run.metadata.chapter_of", lambda scenario: "http")
        yield run(Plan(("misbehaving",), asked, (IN_PROCESS, "uvicorn-h11")))


def verdict(result: Run, name: str, host: str = IN_PROCESS) -> Verdict:
    return next(v for v in result.verdicts if (v.scenario, v.host) == (name, host))


@ONE_RUN
@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [
        ("hangs", "failed", "timed out"),
        ("blocks", "failed", "abandoned"),
        ("floods", "failed", "flooded"),
        ("exits", "error", "exited with code 7"),
        ("stays", "failed", "abandoned"),
    ],
)
def test_misbehaviour_in_process_costs_one_verdict(
    misbehaving: Run, name: str, kind: str, reason: str
) -> None:
    found = verdict(misbehaving, f"{name}/case")
    assert found.verdict == kind
    assert reason in found.reason


@ONE_RUN
@pytest.mark.parametrize(
    ("name", "kind"),
    [("hangs", "failed"), ("floods", "failed"), ("exits", "error")],
)
def test_misbehaviour_on_a_server_costs_one_verdict(
    misbehaving: Run, name: str, kind: str
) -> None:
    found = verdict(misbehaving, f"{name}/case", "uvicorn-h11")
    assert found.verdict == kind, found.reason


@ONE_RUN
def test_what_comes_before_and_after_is_not_touched(misbehaving: Run) -> None:
    before = misbehaving.transcripts[f"hello/get misbehaving@{IN_PROCESS}"]
    after = misbehaving.transcripts[f"hello/head misbehaving@{IN_PROCESS}"]
    assert before.response is not None
    assert before.response.body == b"Hello, world!"
    assert after.response is not None
    assert after.response.status == 200


@ONE_RUN
def test_no_process_is_left(misbehaving: Run) -> None:
    assert misbehaving.verdicts
    assert wait_until(lambda: not marked(MARK), 5)


def test_module_that_is_missing_is_an_error_and_not_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = "no_such_module:application"
    row = Implementation("absent", "asgi", target, "", "It is not there.", app_dir=".")
    monkeypatch.setitem(IMPLEMENTATIONS, "absent", row)
    plan = Plan(("absent", "raw-asgi"), ("hello/get",), (IN_PROCESS, "uvicorn-h11"))
    result = run(plan)
    found = {(v.implementation, v.host): v for v in result.verdicts}
    assert found["raw-asgi", IN_PROCESS].verdict == "passed"
    for host in plan.hosts:
        assert found["absent", host].verdict == "error"
        assert "no_such_module" in found["absent", host].reason


ONLY_ONCE = """
import os
from pathlib import Path

if Path("loaded").exists():
    raise RuntimeError("once is enough")
Path("loaded").touch()


async def application(scope, receive, send):
    os._exit(7)
"""


def test_module_that_loads_only_once_is_an_error_from_then_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be asked any more has a verdict, and not just no transcript."""
    (tmp_path / "once.py").write_text(ONLY_ONCE)
    monkeypatch.chdir(tmp_path)
    row = Implementation(
        "once", "asgi", "once:application", "", "It loads once.", app_dir="."
    )
    monkeypatch.setitem(IMPLEMENTATIONS, "once", row)
    result = run(Plan(("once",), ("hello/get", "hello/head"), (IN_PROCESS,)))
    first, second = result.verdicts
    assert (first.verdict, second.verdict) == ("error", "error")
    assert "exited with code 7" in first.reason
    assert "once is enough" in second.reason


ASKED_AGAIN = """
async def application(scope, receive, send):
    with open("asked", "a") as file:
        file.write("x")
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})
"""


def test_ctrl_c_ends_what_is_asked_again_and_starts_no_server_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "again.py").write_text(ASKED_AGAIN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(MARK, MARK)
    row = Implementation(
        "again", "asgi", "again:application", "", "It is asked again.", app_dir="."
    )
    asked = replace(scenario("again"), eventually=True, deadline=60)
    monkeypatch.setitem(IMPLEMENTATIONS, "again", row)
    monkeypatch.setitem(SCENARIOS, "again/case", asked)
    monkeypatch.setattr("asgi_compare.run.metadata.chapter_of", lambda scenario: "http")

    def interrupt() -> None:
        wait_until((tmp_path / "asked").exists, 20)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    began = time.monotonic()
    result = run(Plan(("again",), ("again/case", "hello/get"), ("uvicorn-h11",)))
    assert result.interrupted
    assert (result.verdicts, result.transcripts) == ([], {})
    assert time.monotonic() - began < 30
    assert wait_until(lambda: not marked(MARK), 5)


def test_plan_leaves_out_what_a_server_cannot_speak() -> None:
    plan = Plan(hosts=(IN_PROCESS, "daphne", "waitress"))
    cells = {(row.name, host) for row, host in plan.cells()}
    assert ("raw-asgi", "daphne") in cells
    assert ("raw-wsgi", "waitress") in cells
    assert ("raw-wsgi", "daphne") not in cells
    assert ("raw-asgi", "waitress") not in cells
