"""The gateway on real servers, with either HTTP client."""

import pytest

from asgi_compare.contract.stories import STORIES, SYSTEMS
from asgi_compare.drive.servers.table import SERVERS
from asgi_compare.drive.stories.arrange import on_servers
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS

QUICK = ("gateway/fields", "gateway/left_in_body", "gateway/cut_answer")
ALL = tuple(name for name, each in STORIES.items() if each.system.name == "gateway")


def failures(implementation: str, server: str, names: tuple[str, ...]) -> list[str]:
    """Play stories, and say which have failed; here and there one is unsupported."""
    row = IMPLEMENTATIONS[implementation]
    (transport,) = SYSTEMS["gateway"].transports[row.interface]
    with on_servers(row, SERVERS[server]) as servers:
        played = [servers.play(STORIES[name], transport) for name in names]
    assert sum(each.verdict == "passed" for each in played) >= len(names) - 3
    return [
        f"{p.story}: {p.reason}" for p in played if p.verdict in ("failed", "error")
    ]


@pytest.mark.parametrize(
    ("implementation", "server"),
    [("starlette", "uvicorn"), ("raw-wsgi", "waitress")],
)
def test_gateway_is_kept_on_a_server(implementation: str, server: str) -> None:
    assert failures(implementation, server, QUICK) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("implementation", "server"),
    [
        *((name, server) for name in IMPLEMENTATIONS for server in ("uvicorn",)),
        ("raw-wsgi", "waitress"),
        ("django-wsgi", "gunicorn-gthread"),
        ("starlette", "hypercorn"),
    ],
)
def test_all_of_the_gateway_is_kept(implementation: str, server: str) -> None:
    assert failures(implementation, server, ALL) == []


@pytest.mark.slow
@pytest.mark.parametrize("implementation", ["raw-asgi", "starlette", "django-asgi"])
def test_all_of_the_gateway_is_kept_with_aiohttp(
    implementation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_CLIENT", "aiohttp")
    assert failures(implementation, "uvicorn", ALL) == []
