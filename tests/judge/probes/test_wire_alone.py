"""Cases that ask for a process of their own get one, and disturb no other case."""

from __future__ import annotations

import asyncio

import pytest

from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.judge.server import runner
from asgi_compare.judge.server.case import Case
from asgi_compare.judge.server.chapters import CASES
from asgi_compare.judge.server.host import Host
from asgi_compare.judge.server.observed import Observed
from asgi_compare.judge.server.player import Endpoint, play
from asgi_compare.judge.server.runner import Table, Wish, run_host
from asgi_compare.judge.server.verdict import Result
from tests.judge.probes.tiny import Tiny, serving

ALONE = ("error-after-start", "error-in-the-middle")
OTHERS = ("error-before-start", "error-leaves-the-server-up", "error-before-accept")


def run(name: str, *names: str, **wish: float) -> Table:
    cases = tuple(CASES[f"wire/{each}"] for each in names)
    row = SERVERS[name]
    host = Host(name, "asgi" if row.asgi else "wsgi", row)
    return asyncio.run(run_host(host, Wish(cases, **wish)))  # type: ignore[arg-type]


def verdicts(table: Table) -> dict[str, str]:
    return {r.case.removeprefix("wire/"): r.verdict for r in table.results}


def test_case_that_asks_for_it_is_played_on_a_process_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    processes: dict[str, set[int]] = {}

    async def watched(case: Case, at: Endpoint, patience: float = 1.0) -> Observed:
        seen = await play(case, at, patience)
        found = processes.setdefault(case.name, set())
        found.update(call.pid for call in seen.calls)
        return seen

    monkeypatch.setattr(runner, "play", watched)
    table = run("uvicorn-h11", *ALONE, *OTHERS)

    assert set(verdicts(table).values()) == {"pass"}
    after, middle, *others = (processes[name] for name in (*ALONE, *OTHERS))
    assert len(after) == len(middle) == 1
    assert len(set.union(*others)) == 1
    assert len(set.union(after, middle, *others)) == 3


def test_results_stay_in_the_order_that_was_asked_for() -> None:
    names = ("error-before-start", *ALONE, "error-after-the-end")
    assert list(verdicts(run("uvicorn-h11", *names))) == list(names)


@pytest.mark.slow
def test_server_that_trips_over_an_error_answers_the_other_errors() -> None:
    """Daphne looks for errors no more once there was one within a response."""
    found = verdicts(run("daphne", *ALONE, *OTHERS))
    assert found == {
        "error-after-start": "timeout",
        "error-in-the-middle": "fail",
        **dict.fromkeys(OTHERS, "pass"),
    }


def test_case_without_meaning_starts_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    async def restart(host: Host) -> bool:
        raise AssertionError("it was started anew")

    monkeypatch.setattr(Host, "restart", restart)
    found = verdicts(run("gunicorn-sync", "status-204-has-no-content", *ALONE))
    assert found == {
        "status-204-has-no-content": "pass",
        **dict.fromkeys(ALONE, "unsupported"),
    }


def test_case_is_not_played_if_its_server_does_not_come_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def restart(host: Host) -> bool:
        return False

    monkeypatch.setattr(Host, "restart", restart)
    table = run("uvicorn-h11", "error-before-start", ALONE[0])
    assert verdicts(table) == {"error-before-start": "pass"}
    assert table.not_played == [("uvicorn-h11", f"wire/{ALONE[0]}")]


def test_server_of_somebody_else_is_left_as_it_is() -> None:
    """It cannot be started anew; the case is played on what there is."""
    with serving(Tiny) as port:
        host = Host("tiny", "asgi", None, ("127.0.0.1", port))
        cases = (CASES["wire/date-field"], CASES[f"wire/{ALONE[0]}"])
        results: list[Result] = asyncio.run(run_host(host, Wish(cases))).results
    assert [result.verdict for result in results] == ["pass", "pass"]


def test_no_server_is_started_when_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def restart(host: Host) -> bool:
        raise AssertionError("it was started anew")

    monkeypatch.setattr(Host, "restart", restart)
    table = run("uvicorn-h11", *ALONE, max_time=0.001)
    assert table.not_played == [("uvicorn-h11", f"wire/{name}") for name in ALONE]
