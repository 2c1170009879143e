"""The two tables, and how the two databases differ.

All four applications use the same tables, so they can share a database. Each looks for
them when it first needs them, and makes them where there are none.
"""

from dataclasses import dataclass

ACCOUNTS = """
CREATE TABLE IF NOT EXISTS accounts (
    owner text PRIMARY KEY, balance bigint NOT NULL, version bigint NOT NULL
)"""
ENTRIES = """
CREATE TABLE IF NOT EXISTS entries (
    id {identity},
    owner text NOT NULL, number bigint NOT NULL,
    amount bigint NOT NULL, other text NOT NULL
)"""
INDEX = "CREATE INDEX IF NOT EXISTS entries_of_owner ON entries (owner, number)"


@dataclass(frozen=True, slots=True)
class Dialect:
    """A database, as far as it is not like the other one."""

    name: str
    settings: tuple[str, ...]
    """What each new connection is told."""
    find: str
    """A query with a row if the tables are there. It writes nothing, so that it works
    where nothing may be written."""
    make: tuple[str, ...]
    """What makes the tables, in a transaction; others may be doing the same."""
    begin: str
    """Begins a transaction that is isolated as it is by default."""
    begin_writing: str
    """Begins one that will write."""
    begin_serializable: str
    lock: str
    """What locks the rows of a SELECT."""
    sleep: str
    """A query that takes as many seconds as it is told."""
    modules: tuple[str, ...]
    """What raw ASGI and raw WSGI need for it."""


SQLITE = Dialect(
    "sqlite",
    (
        "PRAGMA busy_timeout = 5000",  # milliseconds that a writer waits for another
        "PRAGMA journal_mode = WAL",  # readers and the writer do not wait
        "PRAGMA synchronous = NORMAL",  # may lose the last ones with the power
    ),
    "SELECT name FROM sqlite_master WHERE name = 'entries_of_owner'",
    (ACCOUNTS, ENTRIES.format(identity="integer PRIMARY KEY"), INDEX),
    "BEGIN",
    # There is one lock, and it is for the whole file.
    "BEGIN IMMEDIATE",
    "BEGIN IMMEDIATE",
    "",
    "SELECT sleep(%s)",  # not its own: each connection is given it
    (),
)
POSTGRESQL = Dialect(
    "postgresql",
    (),
    "SELECT 1 FROM pg_class WHERE oid = to_regclass('entries_of_owner')",
    (
        # Two that make the same table at the same time would get in each other's way,
        # IF NOT EXISTS or not.
        "SELECT pg_advisory_xact_lock(7262)",
        ACCOUNTS,
        ENTRIES.format(identity="bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
        INDEX,
    ),
    "BEGIN",
    "BEGIN",
    "BEGIN ISOLATION LEVEL SERIALIZABLE",
    " FOR UPDATE",
    "SELECT pg_sleep(%s)",
    ("psycopg", "psycopg_pool"),
)
DIALECTS = {
    "": SQLITE,
    "sqlite": SQLITE,
    "postgresql": POSTGRESQL,
    "postgres": POSTGRESQL,
}
"""By the scheme of `DATABASE_URL`; without one, it is a file of this process."""


class UnknownDatabase(ValueError):
    """`DATABASE_URL` names a database that nobody here knows."""


def dialect_of(url: str) -> Dialect:
    """Return the dialect of a URL, such as `postgresql://...` or `sqlite:///file`."""
    scheme = url.partition(":")[0]
    if scheme not in DIALECTS:
        raise UnknownDatabase(
            "Expected DATABASE_URL to begin with 'postgresql://' or 'sqlite:///', "
            f"but got {scheme!r}; correct it, or unset it for a file of the process."
        )
    return DIALECTS[scheme]
