"""An answer in the events of HTTP to a WebSocket is a mistake, whoever asked for it."""

from __future__ import annotations

from typing import Any

from tests.broken_apps.apps import BODY, START
from tests.judge.probes.playing import TALK, checked, rules


async def answers_all_as_http(scope: Any, receive: Any, send: Any) -> None:
    await send(START)
    await send(BODY)


def test_http_answer_to_a_websocket_that_nobody_asked_for_is_a_finding() -> None:
    assert "asgi/unknown-event-type" in rules(checked(answers_all_as_http))


def test_http_answer_to_a_websocket_that_was_asked_for_is_a_finding() -> None:
    found = checked(answers_all_as_http, asked=(TALK,))

    assert "asgi/unknown-event-type" in rules(found)
    problem = next(p for p in found.problems if p.rule == "asgi/unknown-event-type")
    assert problem.message == (
        "Expected an event that the protocol 'websocket' defines for `send`, but got "
        "'http.response.start' (event 0 of 'probe-websocket/plain WebSocket /')."
    )
