"""The database of the notices: PostgreSQL where `DATABASE_URL` names one, else SQLite.

It blocks, and is called in threads. Each transaction has a connection for itself: that
of SQLite is a file that is opened, those of PostgreSQL come from a pool.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from typing import Any

from asgi_compare.domain.accounts import embedded_file, make_folder
from asgi_compare.domain.systems.notices.desk import Run

PATIENCE = 5.0
"""Seconds to wait for a connection, or for who else writes into the file."""


class Store:
    """Where transactions come from; threads may share it."""

    def __init__(self) -> None:
        self._url = os.environ.get("DATABASE_URL", "")
        self.skips_locked = self._url.startswith("postgres")

    @contextmanager
    def transaction(self) -> Iterator[Run]:
        """Commit at the end of the block, or undo all of it if the block raises."""
        if self.skips_locked:
            with self._pool.connection() as connection:

                def run(sql: str, *arguments: object) -> Sequence[Sequence[Any]]:
                    cursor = connection.execute(sql, arguments or None)
                    return cursor.fetchall() if cursor.description else []

                yield run
        else:
            with self._sqlite() as run:
                yield run

    @cached_property
    def _pool(self) -> Any:
        from psycopg_pool import ConnectionPool  # only here: most run without one

        # Those that are idle for a minute are closed; none is kept for ever.
        return ConnectionPool(
            self._url,
            min_size=0,
            max_size=8,
            max_idle=60,
            timeout=PATIENCE,
            check=ConnectionPool.check_connection,
            open=True,
        )

    @contextmanager
    def _sqlite(self) -> Iterator[Run]:
        file = self._url.removeprefix("sqlite:///") or embedded_file()
        make_folder(file)
        # Without an isolation level, nothing begins that we have not begun.
        opened = sqlite3.connect(file, timeout=PATIENCE, isolation_level=None)
        with closing(opened) as connection:
            # Who reads does not wait for who writes. A process may be killed at any
            # moment; with NORMAL, a machine that loses power may forget the last ones.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            # As a writer from the start: who begins as a reader, and writes then, may
            # be refused in the middle.
            connection.execute("BEGIN IMMEDIATE")

            def run(sql: str, *arguments: object) -> Sequence[Sequence[Any]]:
                return connection.execute(sql.replace("%s", "?"), arguments).fetchall()

            try:
                yield run
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
