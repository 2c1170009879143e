"""The behaviours on a real server: what crosses the wire is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from compare.behaviours import BEHAVIOURS
from compare.behaviours.behaviour import DJANGO_WSGI, IMPLEMENTATIONS
from compare.behaviours.laboratory import TARGETS
from compare.behaviours.plans import Plan, carry_out, plan
from compare.drivers import live
from compare.servers.supervisor import RunningServer, start
from compare.servers.table import SERVERS, Interface

ON_SERVERS = [b for b in BEHAVIOURS.values() if b.on_servers and not b.settings]
"""Those that need no settings of their own, so that a server serves them all."""


HOSTS: dict[Interface, str] = {"asgi": "uvicorn", "wsgi": "gunicorn-gthread"}
CELLS = [
    pytest.param(
        planned,
        id=f"{planned.behaviour.name} {planned.implementation}",
        marks=pytest.mark.xdist_group(f"behaviours on {planned.implementation}"),
    )
    for implementation in IMPLEMENTATIONS
    for behaviour in ON_SERVERS
    if isinstance(planned := plan(behaviour, implementation), Plan)
]


@pytest.fixture(scope="module")
def server_of() -> Iterator[Callable[[str], RunningServer]]:
    """Start the server of an implementation when it is first asked for."""
    running: dict[str, RunningServer] = {}

    def start_once(implementation: str) -> RunningServer:
        if implementation not in running:
            interface: Interface = "wsgi" if implementation == DJANGO_WSGI else "asgi"
            server, target = SERVERS[HOSTS[interface]], TARGETS[implementation]
            running[implementation] = start(server, target, interface=interface)
        return running[implementation]

    yield start_once
    for each in running.values():
        each.stop()


def test_most_can_be_asked_of_a_server() -> None:
    assert len(ON_SERVERS) > len(BEHAVIOURS) / 2


@pytest.mark.parametrize("planned", CELLS)
def test_behaviour_is_the_same_on_a_server(
    planned: Plan, server_of: Callable[[str], RunningServer]
) -> None:
    server = server_of(planned.implementation)
    drive = partial(live.drive, server.host, server.port)
    assert carry_out(planned, drive).problems == ()
