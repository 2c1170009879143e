"""The notices on real servers: what is killed has lost nothing."""

import http.client
import json
import os
import signal

import pytest

from asgi_compare.drive.outside import World, outside
from asgi_compare.drive.servers.process import wait_until
from asgi_compare.drive.servers.supervisor import RunningServer, start
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS

LIMIT = 20.0


def ask(
    server: RunningServer, method: str, rest: str, content: object, token: str = ""
) -> tuple[int, bytes]:
    client = http.client.HTTPConnection(server.host, server.port, timeout=LIMIT)
    fields = {"authorization": f"Bearer {token}"}
    client.request(method, f"/systems/notices/{rest}", json.dumps(content), fields)
    answer = client.getresponse()
    found = answer.status, answer.read()
    client.close()
    return found


def token_of(server: RunningServer) -> str:
    _, body = ask(server, "POST", "token", {"user": "ann"})
    return str(json.loads(body)["token"])


def order(server: RunningServer, item: str) -> None:
    content = {"item": item, "count": 1}
    assert ask(server, "POST", "orders", content, token_of(server))[0] == 201


def started(implementation: str, server: str, world: World) -> RunningServer:
    row = IMPLEMENTATIONS[implementation]
    return start(
        SERVERS[server],
        row.target,
        interface=row.interface,
        app_dir=row.app_dir,
        # A claim is over after two seconds: nobody likes to wait for it.
        environment={**world.environment, "NOTICES_PATIENCE": "1.0"},
    )


@pytest.mark.parametrize(
    ("implementation", "server"),
    [
        ("raw-asgi", "uvicorn"),
        pytest.param("django-wsgi", "waitress", marks=pytest.mark.slow),
    ],
)
def test_kill_loses_nothing_that_was_committed(
    implementation: str, server: str
) -> None:
    """One hook was sent, and the answer is lost; another one was not sent yet."""
    with outside() as world:
        first = started(implementation, server, world)
        try:
            wishes = {"channels": ["webhook"]}
            token = token_of(first)
            assert ask(first, "PUT", "preferences", wishes, token)[0] == 204
            world.received.is_silent = True
            order(first, "tea")
            assert wait_until(lambda: world.find("hook ann") != [], LIMIT)
            world.faults["hook"] = "hangs"
            order(first, "cake")
        finally:
            os.killpg(first.group, signal.SIGKILL)
            first.stop(0.0)
        assert world.find("hook ann") == ["Ordered: tea"]
        world.faults.clear()
        world.received.is_silent = False
        second = started(implementation, server, world)
        try:
            token_of(second)
            ask(second, "GET", "preferences", None, token_of(second))
            both = ["Ordered: cake", "Ordered: tea"]
            assert wait_until(lambda: world.find("hook ann") == both, LIMIT)
            # "tea" has come again, and was known by its key.
            assert wait_until(lambda: int(str(world.find("hooks ann"))) > 2, LIMIT)
            assert world.find("hook ann") == both
        finally:
            second.stop(0.0)
