"""The behaviours on a real server: what crosses the wire is the same.

A server serves one configuration. Those that need no settings of their own share one
server for each implementation. For each of the others one is started, which takes a
second: by default only where it serves several, and with `-m slow` all of them, and
once more each of them without its layer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from asgi_compare.drive.live import exchange as live
from asgi_compare.drive.servers.supervisor import RunningServer, start
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.measure.behaviours import BEHAVIOURS
from asgi_compare.measure.behaviours.behaviour import (
    DJANGO_ASGI,
    DJANGO_WSGI,
    IMPLEMENTATIONS,
)
from asgi_compare.measure.behaviours.observer import TARGETS
from asgi_compare.measure.behaviours.plans import (
    DJANGOS,
    Plan,
    carry_out,
    in_order,
    plan,
)
from asgi_compare.model.transcript import Interface
from tests.measure.behaviours.cases import cases, check_each

ON_SERVERS = [each for each in BEHAVIOURS.values() if each.on_servers]
HOSTS: dict[Interface, str] = {"asgi": "uvicorn", "wsgi": "gunicorn-gthread"}
ServerOf = Callable[[Plan], RunningServer]
KEPT = 2
"""How many servers of one worker are up at a time, besides the one that is asked."""

PLANS = [
    planned
    for implementation in IMPLEMENTATIONS
    for behaviour in ON_SERVERS
    if isinstance(planned := plan(behaviour, implementation), Plan)
]
AS_IT_IS = [planned for planned in PLANS if not planned.settings]
ALIKE = Counter(
    planned.settings for planned in PLANS if planned.implementation == DJANGO_ASGI
)
"""How many behaviours need the same settings."""
CHANGED = in_order(planned for planned in PLANS if planned.settings)
TOGETHER = [
    planned
    for planned in CHANGED
    if planned.implementation == DJANGO_ASGI and ALIKE[planned.settings] > 2
]
ONE_BY_ONE = [planned for planned in CHANGED if planned not in TOGETHER]
WITHOUT = in_order(
    planned
    for behaviour in ON_SERVERS
    for implementation in behaviour.ablation.on
    if behaviour.ablation.application is None
    and implementation in DJANGOS
    and isinstance(planned := plan(behaviour, implementation, without_layer=True), Plan)
)


@pytest.fixture(scope="module")
def server_of() -> Iterator[ServerOf]:
    """Start the server for a configuration when it is first asked for."""
    running: dict[tuple[str, str], RunningServer] = {}

    def start_once(planned: Plan) -> RunningServer:
        key = (planned.implementation, planned.settings)
        if key not in running:
            while len(running) > KEPT:
                running.pop(next(iter(running))).stop()
            interface: Interface = "wsgi" if key[0] == DJANGO_WSGI else "asgi"
            running[key] = start(
                SERVERS[HOSTS[interface]],
                TARGETS[planned.implementation],
                interface=interface,
                environment=planned.environment,
            )
        return running[key]

    yield start_once
    for each in running.values():
        each.stop()


def test_most_can_be_asked_of_a_server() -> None:
    assert len(AS_IT_IS) > len(BEHAVIOURS) * len(IMPLEMENTATIONS) / 2
    assert len(ON_SERVERS) > len(BEHAVIOURS) * 4 / 5


def test_behaviours_that_share_their_settings_are_asked_by_default() -> None:
    assert len(TOGETHER) >= 10


@pytest.mark.parametrize(
    "plans", cases([*AS_IT_IS, *TOGETHER], usual=("fields", "errors"))
)
def test_behaviours_are_the_same_on_a_server(
    plans: list[Plan], server_of: ServerOf
) -> None:
    check_on_servers(plans, server_of)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("plans", cases(ONE_BY_ONE, shared=False))
def test_behaviours_with_settings_of_their_own_are_the_same_on_a_server(
    plans: list[Plan], server_of: ServerOf
) -> None:
    check_on_servers(plans, server_of)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("plans", cases(WITHOUT, shared=False))
def test_behaviours_vanish_without_their_layer_on_a_server_too(
    plans: list[Plan], server_of: ServerOf
) -> None:
    check_on_servers(plans, server_of)


def check_on_servers(plans: list[Plan], server_of: ServerOf) -> None:
    """Ask a server for each plan, and report all that is not as planned."""

    def check(planned: Plan) -> None:
        server = server_of(planned)
        drive = partial(live.drive, server.host, server.port)
        assert carry_out(planned, drive).problems == ()

    check_each(plans, check)
