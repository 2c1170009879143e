"""The database of `accounts`: PostgreSQL where `DATABASE_URL` names one, else SQLite.

`settings` makes the entry of `DATABASES` from it.
"""

import os
import time
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from asgi_compare.domain.accounts import (
    SQLITE,
    Dialect,
    UnknownDatabase,
    dialect_of,
    embedded_file,
    make_folder,
)

URL = os.environ.get("DATABASE_URL", "")
PATIENCE = 2
"""Seconds to wait for a connection."""


def settings_of(url: str) -> dict[str, Any]:
    """Return what `DATABASES` says about the database of a URL.

    `DATABASE_MAX_AGE` is for how many seconds a connection may be kept for the next
    request, and `DATABASE_POOL` how many a process has at most. Django's defaults are 0
    and no pool: each request opens a connection, and closes it.
    """
    try:
        dialect = dialect_of(url)
    except UnknownDatabase:  # said when an account is asked for; the rest works
        return {"ENGINE": "django.db.backends.dummy"}
    if dialect is SQLITE:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": url.removeprefix("sqlite:///") or embedded_file(),
            "OPTIONS": {
                "init_command": "; ".join(SQLITE.settings),
                # A transaction that reads and then wants to write may find that others
                # have written: an error at once, without waiting. This one waits first.
                "transaction_mode": "IMMEDIATE",
            },
        }
    parts = urlsplit(url)
    options: dict[str, Any] = {
        "connect_timeout": PATIENCE,
        **dict(parse_qsl(parts.query)),
    }
    if size := int(os.environ.get("DATABASE_POOL", "0")):
        options["pool"] = {"min_size": 1, "max_size": size, "timeout": PATIENCE}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.removeprefix("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": int(os.environ.get("DATABASE_MAX_AGE", "0")),
        # Ask a connection that was kept whether it still lives.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def dialect_in_use() -> Dialect:
    """Return what is special about this database."""
    return dialect_of(URL)


_is_prepared = False


def prepare() -> None:
    """Make the tables, if there are none."""
    global _is_prepared
    if _is_prepared:
        return
    dialect = dialect_in_use()
    from django.db import connection, transaction  # settings import this module

    make_folder(str(connection.settings_dict["NAME"]))
    with connection.cursor() as cursor:
        cursor.execute(dialect.find)
        there = cursor.fetchone()
    if not there:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in dialect.make:
                cursor.execute(statement)
    _is_prepared = True


def add_sleep(connection: Any, **_: object) -> None:
    """Add the function that `slow_query` asks for to SQLite."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("sleep", 1, time.sleep)
