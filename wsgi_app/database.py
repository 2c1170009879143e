"""The database of `accounts`: PostgreSQL where `DATABASE_URL` names one, else SQLite.

A request has a thread for itself, and that thread may wait: both libraries block, and
nothing has to be done about it. What all threads share is the pool, from which each
borrows a connection for as long as it needs one.

Both are behind `Connection`, which has what is needed and no more. The SQL is the
caller's; `%s` stands for an argument.
"""

import atexit
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any, Protocol

from asgi_compare.domain.accounts import (
    BATCH,
    POSTGRESQL,
    SQLITE,
    Dialect,
    dialect_of,
    embedded_file,
    make_folder,
)

Row = tuple[Any, ...]
POOL = 4
"""Connections to PostgreSQL that are kept open at most."""
PATIENCE = 2.0
"""Seconds to wait for a connection."""


class Connection(Protocol):
    """A connection, in which each statement is a transaction if none has begun."""

    @property
    def dialect(self) -> Dialect:
        """Return what is special about its database."""
        ...

    def run(self, sql: str, *arguments: object) -> list[Row]:
        """Execute a statement and return its rows."""
        ...

    def change(self, sql: str, *arguments: object) -> int:
        """Execute a statement and return how many rows it changed."""
        ...

    def batches(self, sql: str, *arguments: object) -> Iterator[list[Row]]:
        """Yield the rows of a query, never more than `BATCH` of them at a time."""
        ...


class Database:
    """Where connections come from; there is one of it in a process.

    There is no start-up before the first request, so the pool is opened by whoever
    needs it first, in the process that will use it: a server may have forked since
    this module was imported.
    """

    def __init__(self) -> None:
        self.url = os.environ.get("DATABASE_URL", "")
        self._lock = threading.Lock()
        self._pool: Any = None
        self._is_prepared = False

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Lend a connection, to a database that has its tables."""
        is_sqlite = dialect_of(self.url).name == "sqlite"
        opened = _sqlite if is_sqlite else self._postgresql
        with opened(self.url) as connection:
            if not self._is_prepared:
                prepare(connection)
                self._is_prepared = True
            yield connection

    @contextmanager
    def _postgresql(self, url: str) -> Iterator[Connection]:
        with lent(self._opened_pool(url)) as connection:
            yield PostgresConnection(connection)

    def _opened_pool(self, url: str) -> Any:
        from psycopg_pool import ConnectionPool  # only here: most run without one

        with self._lock:  # else two threads would open a pool each
            if self._pool is None:
                self._pool = ConnectionPool(
                    url,
                    min_size=1,
                    max_size=POOL,
                    open=True,
                    timeout=PATIENCE,
                    kwargs={"autocommit": True, "connect_timeout": int(PATIENCE)},
                )
                atexit.register(self._pool.close)
        return self._pool


DATABASE = Database()


@contextmanager
def lent(pool: Any) -> Iterator[Any]:
    """Lend a connection that lives: it may have died while nobody used it.

    The pool can check that itself (`check`), but it pauses after each dead one: for a
    second, then two, then four (`_getconn_with_check_loop` in
    psycopg_pool/pool.py). After a restart of the server all of them are dead.
    """
    import psycopg

    while True:
        connection = pool.getconn()
        try:
            pool.check_connection(connection)
            break
        except psycopg.OperationalError:
            pool.putconn(connection)  # which makes a new one in its place
        except BaseException:
            pool.putconn(connection)
            raise
    try:
        yield connection
    finally:
        pool.putconn(connection)


def prepare(connection: Connection) -> None:
    """Make the tables, if there are none."""
    if connection.run(connection.dialect.find):
        return
    with transaction(connection, connection.dialect.begin_writing):
        for statement in connection.dialect.make:
            connection.run(statement)


@contextmanager
def transaction(connection: Connection, begin: str) -> Iterator[None]:
    """Run the block in a transaction: all of it counts, or nothing.

    Whatever leaves the block undoes it. That may be GeneratorExit, which comes to a
    `yield` when the server closes the response.
    """
    try:
        connection.run(begin)
        yield
        connection.run("COMMIT")
    except BaseException:
        with suppress(Exception):  # the connection is gone, or nothing had begun
            connection.run("ROLLBACK")
        raise


class PostgresConnection:
    """A connection of psycopg."""

    dialect = POSTGRESQL

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def run(self, sql: str, *arguments: object) -> list[Row]:
        """Execute a statement and return its rows."""
        cursor = self._connection.execute(sql, arguments or None)
        rows: list[Row] = cursor.fetchall() if cursor.description else []
        return rows

    def change(self, sql: str, *arguments: object) -> int:
        """Execute a statement and return how many rows it changed."""
        count: int = self._connection.execute(sql, arguments).rowcount
        return count

    def batches(self, sql: str, *arguments: object) -> Iterator[list[Row]]:
        """Yield the rows of a cursor that stays on the server."""
        # Such a cursor lives in a transaction. A plain SELECT would have all rows sent
        # at once, and held in memory here, however slowly they are taken.
        with (
            transaction(self, "BEGIN READ ONLY"),
            self._connection.cursor(name="rows") as cursor,
        ):
            cursor.execute(sql, arguments)
            while rows := cursor.fetchmany(BATCH):
                yield rows


class SqliteConnection:
    """A connection of sqlite3."""

    dialect = SQLITE

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, sql: str, *arguments: object) -> list[Row]:
        """Execute a statement and return its rows."""
        return self._connection.execute(question_marks(sql), arguments).fetchall()

    def change(self, sql: str, *arguments: object) -> int:
        """Execute a statement and return how many rows it changed."""
        return self._connection.execute(question_marks(sql), arguments).rowcount

    def batches(self, sql: str, *arguments: object) -> Iterator[list[Row]]:
        """Yield the rows of a cursor: SQLite looks for them as they are asked for."""
        cursor = self._connection.execute(question_marks(sql), arguments)
        while rows := cursor.fetchmany(BATCH):
            yield rows


@contextmanager
def _sqlite(url: str) -> Iterator[Connection]:
    """Open the file, and close it in the end, which undoes what is open."""
    file = url.removeprefix("sqlite:///") or embedded_file()
    make_folder(file)
    # Without an isolation level, nothing begins that we have not begun. A server may
    # ask for the blocks of a response in another thread than the one that called us.
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    with closing(connection):
        connection.create_function("sleep", 1, time.sleep)
        for statement in SQLITE.settings:
            connection.execute(statement)
        yield SqliteConnection(connection)


def question_marks(sql: str) -> str:
    """Return the statement with the placeholders of SQLite."""
    return sql.replace("%s", "?")
