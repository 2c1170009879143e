"""All stories on real servers: on one, and on two with a broker and a database."""

from itertools import product

import pytest

from asgi_compare.drive.services import Service
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from tests.systems.live import failures
from tests.tables import slow_but

FEW = (
    "chat/two_talk",
    "chat/vanishes",
    "chat/resume",
    "chat/foreign_origin",
    "dashboard/snapshot_first",
    "dashboard/leaves",
    "dashboard/leaves_at_once",
    "editor/offline",
    "gateway/fields",
    "gateway/left_in_body",
    "gateway/cut_answer",
    "notices/every_channel",
)
WSGI = [name for name, row in IMPLEMENTATIONS.items() if row.interface == "wsgi"]
EVERYWHERE = [
    *product(IMPLEMENTATIONS, ("uvicorn", "hypercorn")),
    *product(WSGI, ("gunicorn-gthread", "waitress", "granian-wsgi")),
]


@pytest.mark.parametrize(
    ("implementation", "server"),
    [
        ("starlette", "hypercorn"),
        ("raw-wsgi", "uvicorn"),
        ("django-wsgi", "gunicorn-gthread"),
    ],
)
def test_some_stories_are_kept_on_a_server(implementation: str, server: str) -> None:
    assert failures(IMPLEMENTATIONS[implementation], server, FEW) == []


@pytest.mark.slow
@pytest.mark.parametrize(("implementation", "server"), EVERYWHERE)
def test_all_stories_are_kept_on_a_server(implementation: str, server: str) -> None:
    assert failures(IMPLEMENTATIONS[implementation], server) == []


@pytest.mark.parametrize("implementation", slow_but(("raw-asgi",), IMPLEMENTATIONS))
def test_all_stories_are_kept_on_two_servers(
    implementation: str,
    valkey_service: Service,
    empty_database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is lost when a server is killed, or the broker restarts."""
    if not valkey_service.is_ours:
        pytest.skip("The broker is not ours to be restarted.")
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    row = IMPLEMENTATIONS[implementation]
    server = "uvicorn" if row.interface == "asgi" else "granian-wsgi"
    assert failures(row, server, count=2, broker=valkey_service) == []
