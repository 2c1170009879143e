"""What is right on a server of today, and not on one of an older text."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from asgi_compare.contract.scenario import Conversation
from asgi_compare.judge.application.play import Session
from asgi_compare.judge.application.probe import Server, Trial
from asgi_compare.judge.rules import judge
from tests.broken_apps.apps import ACCEPT, CLOSE, websocket

WITH_HEADERS = websocket(ACCEPT | {"headers": [(b"x-name", b"1")]}, CLOSE)
WITH_A_REASON = websocket(ACCEPT, CLOSE | {"reason": "bye"})


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.mark.parametrize(
    ("version", "application", "broken"),
    [
        ("2.0", WITH_HEADERS, ["asgi-websocket/accept-headers-too-new"]),
        ("2.1", WITH_HEADERS, []),
        ("2.2", WITH_A_REASON, ["asgi-websocket/close-reason-too-new"]),
        ("2.3", WITH_A_REASON, []),
    ],
)
def test_application_is_too_new_for_the_server(
    version: str,
    application: object,
    broken: list[str],
    loop: asyncio.AbstractEventLoop,
) -> None:
    session = Session(application)
    session.loop.close()
    session.loop = loop
    says = {"asgi": {"version": "3.0", "spec_version": version}}
    trial = Trial("", "it", "", Conversation(), server=Server(sets=says))

    transcript = loop.run_until_complete(session.play(trial))

    assert [finding.rule for finding in judge(transcript)] == broken
