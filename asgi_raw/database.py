"""The database of `accounts`: PostgreSQL where `DATABASE_URL` names one, else SQLite.

An event loop must not wait for a database, and there are two ways not to. psycopg 3
speaks the protocol of PostgreSQL with `await`, on the loop. SQLite is a library that
blocks, so each connection gets a thread, which does one statement after the other.

Both are behind `Connection`, which has what is needed and no more. The SQL is the
caller's; `%s` stands for an argument.
"""

import asyncio
import os
import sqlite3
import time
from collections.abc import AsyncGenerator, AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
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

    async def run(self, sql: str, *arguments: object) -> list[Row]:
        """Execute a statement and return its rows."""
        ...

    async def change(self, sql: str, *arguments: object) -> int:
        """Execute a statement and return how many rows it changed."""
        ...

    def batches(self, sql: str, *arguments: object) -> AsyncGenerator[list[Row]]:
        """Yield the rows of a query, never more than `BATCH` of them at a time."""
        ...


class Database:
    """Where connections come from. One belongs to one event loop.

    With `keeps_open` there is a pool of them, which `close` closes. Without it each
    connection is opened when it is wanted, and closed after that.
    """

    def __init__(self, *, keeps_open: bool) -> None:
        self.url = os.environ.get("DATABASE_URL", "")
        self._keeps_open = keeps_open
        self._pool: Any = None
        self._is_prepared = False

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Lend a connection, to a database that has its tables."""
        is_sqlite = dialect_of(self.url).name == "sqlite"
        opened = _sqlite if is_sqlite else self._postgresql
        async with opened(self.url) as connection:
            if not self._is_prepared:
                await prepare(connection)
                self._is_prepared = True
            yield connection

    @asynccontextmanager
    async def _postgresql(self, url: str) -> AsyncIterator[Connection]:
        import psycopg  # only here: most run without one

        if self._keeps_open:
            async with lent(await self._opened_pool()) as connection:
                yield PostgresConnection(connection)
            return
        one = await psycopg.AsyncConnection.connect(
            url, autocommit=True, connect_timeout=int(PATIENCE)
        )
        async with one:
            yield PostgresConnection(one)

    async def _opened_pool(self) -> Any:
        from psycopg_pool import AsyncConnectionPool

        if self._pool is None:
            self._pool = AsyncConnectionPool(
                self.url,
                min_size=1,
                max_size=POOL,
                open=False,
                timeout=PATIENCE,
                kwargs={"autocommit": True, "connect_timeout": int(PATIENCE)},
            )
        await self._pool.open()
        return self._pool

    async def close(self) -> None:
        """Close the connections that are kept open."""
        if self._pool is not None:
            await self._pool.close()


STAND_IN = Database(keeps_open=False)
"""For a server without lifespan: nobody would close what is kept open."""


@asynccontextmanager
async def lent(pool: Any) -> AsyncIterator[Any]:
    """Lend a connection that lives: it may have died while nobody used it.

    The pool can check that itself (`check`), but it pauses after each dead one: for a
    second, then two, then four (`_getconn_with_check_loop` in
    psycopg_pool/pool_async.py). After a restart of the server all of them are dead.
    """
    import psycopg

    while True:
        connection = await pool.getconn()
        try:
            await pool.check_connection(connection)
            break
        except psycopg.OperationalError:
            await pool.putconn(connection)  # which makes a new one in its place
        except BaseException:
            await pool.putconn(connection)
            raise
    try:
        yield connection
    finally:
        await pool.putconn(connection)


async def prepare(connection: Connection) -> None:
    """Make the tables, if there are none."""
    if await connection.run(connection.dialect.find):
        return
    async with transaction(connection, connection.dialect.begin_writing):
        for statement in connection.dialect.make:
            await connection.run(statement)


@asynccontextmanager
async def transaction(connection: Connection, begin: str) -> AsyncIterator[None]:
    """Run the block in a transaction: all of it counts, or nothing.

    Whatever leaves the block undoes it. That may be CancelledError, which comes to an
    `await` when the server gives up the request.
    """
    try:
        await connection.run(begin)
        yield
        await connection.run("COMMIT")
    except BaseException:
        with suppress(Exception):  # the connection is gone, or nothing had begun
            await asyncio.shield(connection.run("ROLLBACK"))
        raise


class PostgresConnection:
    """A connection of psycopg."""

    dialect = POSTGRESQL

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def run(self, sql: str, *arguments: object) -> list[Row]:
        """Execute a statement and return its rows."""
        cursor = await self._connection.execute(sql, arguments or None)
        rows: list[Row] = await cursor.fetchall() if cursor.description else []
        return rows

    async def change(self, sql: str, *arguments: object) -> int:
        """Execute a statement and return how many rows it changed."""
        cursor = await self._connection.execute(sql, arguments)
        count: int = cursor.rowcount
        return count

    async def batches(self, sql: str, *arguments: object) -> AsyncGenerator[list[Row]]:
        """Yield the rows of a cursor that stays on the server."""
        # Such a cursor lives in a transaction. A plain SELECT would have all rows sent
        # at once, and held in memory here, however slowly they are taken.
        async with (
            transaction(self, "BEGIN READ ONLY"),
            self._connection.cursor(name="rows") as cursor,
        ):
            await cursor.execute(sql, arguments)
            while rows := await cursor.fetchmany(BATCH):
                yield rows


class SqliteConnection:
    """A connection of sqlite3, with the thread that does its work."""

    dialect = SQLITE

    def __init__(self, connection: sqlite3.Connection, thread: ThreadPoolExecutor):
        self._connection = connection
        self._thread = thread

    async def run(self, sql: str, *arguments: object) -> list[Row]:
        """Execute a statement and return its rows."""

        def work() -> list[Row]:
            return self._connection.execute(question_marks(sql), arguments).fetchall()

        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def change(self, sql: str, *arguments: object) -> int:
        """Execute a statement and return how many rows it changed."""

        def work() -> int:
            return self._connection.execute(question_marks(sql), arguments).rowcount

        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def batches(self, sql: str, *arguments: object) -> AsyncGenerator[list[Row]]:
        """Yield the rows of a cursor: SQLite looks for them as they are asked for."""
        loop, cursor = asyncio.get_running_loop(), self._connection.cursor()
        await loop.run_in_executor(
            self._thread, cursor.execute, question_marks(sql), arguments
        )
        while rows := await loop.run_in_executor(self._thread, cursor.fetchmany, BATCH):
            yield rows


@asynccontextmanager
async def _sqlite(url: str) -> AsyncIterator[Connection]:
    """Open the file in a thread, and close it in the end, which undoes what is open."""
    file = url.removeprefix("sqlite:///") or embedded_file()
    make_folder(file)
    loop, thread = asyncio.get_running_loop(), ThreadPoolExecutor(1, "sqlite")
    opened: list[sqlite3.Connection] = []

    def close_it() -> None:
        for connection in opened:
            connection.close()

    def open_it() -> None:
        # Without an isolation level, nothing begins that we have not begun.
        connection = sqlite3.connect(
            file, isolation_level=None, check_same_thread=False
        )
        opened.append(connection)
        connection.create_function("sleep", 1, time.sleep)
        for statement in SQLITE.settings:
            connection.execute(statement)

    try:
        await loop.run_in_executor(thread, open_it)
        yield SqliteConnection(opened[0], thread)
    finally:
        # After whatever the thread still does. Nobody waits for it here: the task may
        # have been cancelled.
        thread.submit(close_it)
        thread.shutdown(wait=False)


def question_marks(sql: str) -> str:
    """Return the statement with the placeholders of SQLite."""
    return sql.replace("%s", "?")
