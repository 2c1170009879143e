"""Pages that are kept in a real Redis: for two servers, and when it goes away."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest

from asgi_compare.drive.places import APPLICATIONS
from asgi_compare.drive.servers.supervisor import HOST, RunningServer, start
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.drive.services import valkey
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from tests.tables import slow_but

pytestmark = [pytest.mark.xdist_group("caches in redis"), pytest.mark.timeout(120)]


@contextmanager
def served(name: str, url: str) -> Iterator[RunningServer]:
    row = IMPLEMENTATIONS[name]
    with start(
        SERVERS["uvicorn"],
        row.target,
        interface=row.interface,
        app_dir=str(APPLICATIONS),
        environment={"CACHE_URL": url},
        deadline=30.0,
        grace=1.0,
    ) as running:
        yield running


def made(server: RunningServer) -> tuple[int, int]:
    """The status, and how often the page had been made by that server."""
    client = http.client.HTTPConnection(HOST, server.port, timeout=20)
    with closing(client):
        # Django keeps pages by their whole address, in which the port would stand.
        client.request("GET", "/article?id=shared", headers={"Host": "localhost"})
        answer = client.getresponse()
        return answer.status, json.loads(answer.read())["made"]


@pytest.mark.parametrize("name", slow_but(("raw-asgi",), list(IMPLEMENTATIONS)))
def test_page_is_kept_for_all_and_is_no_error_without_a_cache(name: str) -> None:
    with ExitStack() as stack:
        broker = stack.enter_context(valkey())
        one, two = (stack.enter_context(served(name, broker.url)) for _ in range(2))
        assert made(one) == (200, 1)
        assert made(two) == (200, 1)  # made by the other one: its own would be 1, too
        assert made(two) == (200, 1)
        broker.stop()
        assert made(two) == (200, 1)  # and this is the first that it makes itself
        assert made(two) == (200, 2)
        assert made(one) == (200, 2)
        broker.restart()
        assert made(one)[0] == 200
