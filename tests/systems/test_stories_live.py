"""All stories on real servers: on one, and on two with a broker and a database."""

from collections.abc import Iterable
from itertools import product

import pytest

from asgi_compare.contract.stories import STORIES
from asgi_compare.drive.services import Service
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from tests.systems.live import failures
from tests.tables import slow_but

# None that must be over within two seconds: by long polls, a busy machine is too slow
# for that. The slow tests have all of them.
FEW = (
    "chat/two_talk",
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
ACROSS = [name for name in STORIES if name.endswith("/across_servers")]
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
        # Long polls of eight stories on four threads: the deadlines are near.
        pytest.param("django-wsgi", "gunicorn-gthread", marks=pytest.mark.slow),
    ],
)
def test_some_stories_are_kept_on_a_server(implementation: str, server: str) -> None:
    assert failures(IMPLEMENTATIONS[implementation], server, FEW) == []


@pytest.mark.slow
@pytest.mark.parametrize(("implementation", "server"), EVERYWHERE)
def test_all_stories_are_kept_on_a_server(implementation: str, server: str) -> None:
    assert failures(IMPLEMENTATIONS[implementation], server) == []


@pytest.fixture
def broker(
    valkey_service: Service, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Service:
    """A broker between two servers, which have one database."""
    if not valkey_service.is_ours:
        pytest.skip("The broker is not ours to be restarted.")
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    return valkey_service


def on_two(name: str, broker: Service, names: Iterable[str] = STORIES) -> list[str]:
    """Return the stories that fail on two servers of an implementation."""
    row = IMPLEMENTATIONS[name]
    server = "uvicorn" if row.interface == "asgi" else "granian-wsgi"
    return failures(row, server, names, count=2, broker=broker)


@pytest.mark.parametrize("implementation", slow_but(("raw-asgi",), IMPLEMENTATIONS))
def test_all_stories_are_kept_on_two_servers(
    implementation: str, broker: Service
) -> None:
    """Nothing is lost when a server is killed, or the broker restarts."""
    assert on_two(implementation, broker) == []


@pytest.mark.slow
@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_two_servers_are_one_to_those_who_meet_on_them(
    implementation: str, broker: Service
) -> None:
    assert on_two(implementation, broker, ACROSS) == []
