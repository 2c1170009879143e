"""The chat on real servers: one of each, and two with a broker between them."""

from collections.abc import Sequence

import pytest

from asgi_compare.contract.stories import STORIES
from asgi_compare.contract.story import TRANSPORTS
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.drive.services import Service
from asgi_compare.drive.stories.arrange import on_servers
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS

ON_ONE = ("chat/two_talk", "chat/vanishes", "chat/resume", "chat/foreign_origin")
ON_TWO = ("chat/across_servers", "chat/server_killed", "chat/broker_restarts")


def failures(
    implementation: str,
    server: str,
    names: Sequence[str],
    count: int = 1,
    broker: Service | None = None,
) -> list[str]:
    row = IMPLEMENTATIONS[implementation]
    with on_servers(row, SERVERS[server], count, broker) as servers:
        played = [
            servers.play(STORIES[name], TRANSPORTS[row.interface][0]) for name in names
        ]
    return [f"{p.story} {p.verdict}: {p.reason}" for p in played if p.reason]


@pytest.mark.parametrize(
    ("implementation", "server"),
    [
        ("raw-asgi", "uvicorn"),
        ("starlette", "hypercorn"),
        ("django-wsgi", "uvicorn"),
    ],
)
def test_stories_are_kept_on_a_server(implementation: str, server: str) -> None:
    assert failures(implementation, server, ON_ONE) == []


@pytest.mark.parametrize("implementation", ["raw-asgi", "django-asgi"])
def test_stories_are_kept_on_two_servers(
    implementation: str, valkey_service: Service
) -> None:
    """Nothing is lost when a server is killed, or the broker restarts."""
    if not valkey_service.is_ours:
        pytest.skip("The broker is not ours to be restarted.")
    assert failures(implementation, "uvicorn", ON_TWO, 2, valkey_service) == []


@pytest.mark.slow
@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize("server", ["uvicorn", "hypercorn"])
def test_all_stories_are_kept(implementation: str, server: str) -> None:
    names = [name for name, story in STORIES.items() if "servers" not in story.needs]
    found = failures(implementation, server, names)
    assert [line for line in found if "unsupported" not in line] == []


@pytest.mark.slow
@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_all_stories_are_kept_on_two_servers(
    implementation: str, valkey_service: Service
) -> None:
    found = failures(implementation, "uvicorn", list(STORIES), 2, valkey_service)
    assert [line for line in found if "unsupported" not in line] == []
