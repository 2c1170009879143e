"""A probe that compares finds what the probe has done, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.broken_apps.apps import BODY, START, http, start
from tests.judge.probes.playing import POST, checked, rules, trials

LIMIT = 6
"""Requests after which the applications of these tests change."""

Answer = Callable[[int, dict[str, Any]], Any]


def counting(answer: Answer) -> Any:
    """Return an application that answers by how often it was asked."""
    asked = 0

    async def application(scope: Any, receive: Any, send: Any) -> None:
        nonlocal asked
        if scope["type"] == "http":
            asked += 1
            await answer(asked, scope)(scope, receive, send)
        else:
            await http()(scope, receive, send)

    return application


def text(body: bytes) -> Any:
    return http(START, BODY | {"body": body})


@pytest.mark.parametrize(
    "answer",
    [
        lambda n, scope: text(b"%d" % n),
        lambda n, scope: text(b"%d" % (n // LIMIT)),
        lambda n, scope: http(start(200 if n < LIMIT else 429), BODY),
    ],
    ids=["a counter", "a slow clock", "a limit"],
)
def test_answer_that_changes_by_itself_is_no_finding(answer: Answer) -> None:
    found = checked(counting(answer), asked=(POST,))

    assert found.problems == []
    assert found.notes == []


def test_application_that_fails_from_some_time_on_is_no_finding_but_a_note() -> None:
    found = checked(
        counting(lambda n, scope: http(start(200 if n < LIMIT else 503), BODY))
    )

    assert found.problems == []
    assert found.notes == [
        "GET /: the application began to fail on a plain server, too; from there on "
        "nothing was compared with the first answer."
    ]


def test_failure_is_found_where_the_answer_is_another_one_each_time() -> None:
    def answer(n: int, scope: dict[str, Any]) -> Any:
        assert scope["raw_path"]
        return text(b"%d" % n)

    assert rules(checked(counting(answer))) == {"probe-http/without-raw-path": 1}


def test_failure_that_does_not_come_again_is_no_finding() -> None:
    failed = False

    def answer(n: int, scope: dict[str, Any]) -> Any:
        nonlocal failed
        if "raw_path" not in scope and not failed:
            failed = True
            raise OSError("the database has just gone")
        return text(b"fine")

    found = checked(counting(answer))

    assert failed
    assert found.problems == []


def test_one_probe_by_itself_still_finds_what_it_compares() -> None:
    def answer(n: int, scope: dict[str, Any]) -> Any:
        assert scope["raw_path"]
        return text(b"fine")

    found = checked(counting(answer), probes=("probe-http/without-raw-path",))

    assert rules(found) == {"probe-http/without-raw-path": 1}
    assert trials(found) == ["probe-http/without-raw-path GET /"]
