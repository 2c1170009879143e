"""What a database may say instead of an answer, and what the client is told then.

PostgreSQL names each error by five characters (its documentation, appendix A), and
SQLite by a word. The libraries hand both on, each wrapped in exceptions of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Why there is no answer now. The status is 503 for all of them."""

    name: str
    sentence: str
    retry_after: int
    """Seconds that the client should wait."""
    again: bool = False
    """Whether the same transfer, begun anew at once, may well succeed."""


CONFLICT = Problem("conflict", "Others changed the same accounts; try again.", 1, True)
LOCKED = Problem("locked", "The database is locked by others; try again.", 1)
AWAY = Problem("away", "The database does not answer; try again later.", 5)
BUSY = Problem("busy", "No connection to the database came free in time; try again.", 2)
FULL = Problem("full", "The disk of the database is full; nothing was written.", 60)
READ_ONLY = Problem(
    "read-only", "The database can only be read at the moment; nothing was written.", 60
)
SCHEMA = Problem(
    "schema", "The database has other tables than this program expects.", 60
)

CODES = {
    # PostgreSQL: whole codes, or the class that is their first two characters.
    "40001": CONFLICT,
    "40P01": CONFLICT,
    "23505": CONFLICT,
    "55P03": LOCKED,
    "57014": LOCKED,
    "53300": BUSY,
    "53100": FULL,
    "25006": READ_ONLY,
    "08": AWAY,
    "57": AWAY,
    "28": AWAY,
    "3D": AWAY,
    "42": SCHEMA,
    # SQLite: whole words, or how they begin.
    "SQLITE_BUSY_SNAPSHOT": CONFLICT,
    "SQLITE_BUSY": LOCKED,
    "SQLITE_LOCKED": LOCKED,
    "SQLITE_FULL": FULL,
    "SQLITE_READONLY": READ_ONLY,
    "SQLITE_CANTOPEN": AWAY,
    "SQLITE_IOERR": AWAY,
    "SQLITE_NOTADB": SCHEMA,
    "SQLITE_ERROR": SCHEMA,  # no such table, or no such column
}
"""By code, from the most to the least exact."""
NAMES = {
    "Overtaken": CONFLICT,
    # Of errors without a code: there was nobody to give one.
    "OperationalError": AWAY,
    "ConnectionTimeout": AWAY,
    "PoolTimeout": BUSY,
    "TooManyRequests": BUSY,
    "TimeoutError": BUSY,
    "UnknownDatabase": Problem(
        "unknown",
        "Expected DATABASE_URL to begin with 'postgresql://' or 'sqlite:///'.",
        60,
    ),
    "ModuleNotFoundError": Problem(
        "missing",
        "The client of this database is not installed; install asgi-compare[realtime].",
        60,
    ),
}
"""By the name of the exception."""


def problem_of(error: BaseException) -> Problem | None:
    """Return what a library's error means; None if it is not about the database."""
    causes = list(_causes(error))
    for cause in causes:
        for code in _codes(cause):
            for known, problem in CODES.items():
                if code.startswith(known):
                    return problem
    return next((NAMES[n] for n in _names(causes) if n in NAMES), None)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it wraps: Django and SQLAlchemy raise from the cause."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__


def _codes(error: BaseException) -> Iterator[str]:
    for name in ("sqlstate", "sqlite_errorname"):
        if isinstance(code := getattr(error, name, None), str):
            yield code


def _names(causes: list[BaseException]) -> Iterator[str]:
    """Yield the names, from the innermost cause on."""
    for cause in reversed(causes):
        yield from (kind.__name__ for kind in type(cause).__mro__)
