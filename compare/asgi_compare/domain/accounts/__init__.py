"""Accounts: what is true of money, whatever the interface and the framework.

rules.py     what is asked for, and when it is refused
tables.py    the two tables, and how the two databases differ
problems.py  what a database may say instead of an answer
file.py      the embedded database of a process: the one module that touches a disk

The SQL of each transfer is not here: each application speaks to its database as its
community does.
"""

from asgi_compare.domain.accounts.file import embedded_file, make_folder
from asgi_compare.domain.accounts.problems import Problem, problem_of
from asgi_compare.domain.accounts.rules import (
    BATCH,
    REPORTS,
    TRIES,
    WAYS,
    Opening,
    Overtaken,
    Page,
    Refusal,
    Transfer,
    as_line,
    as_page,
    as_report,
    check_funds,
    pause,
    read_opening,
    read_owner,
    read_page,
    read_report,
    read_seconds,
    read_transfer,
    unknown,
)
from asgi_compare.domain.accounts.tables import (
    POSTGRESQL,
    SQLITE,
    Dialect,
    UnknownDatabase,
    dialect_of,
)

__all__ = [
    "BATCH",
    "POSTGRESQL",
    "REPORTS",
    "SQLITE",
    "TRIES",
    "WAYS",
    "Dialect",
    "Opening",
    "Overtaken",
    "Page",
    "Problem",
    "Refusal",
    "Transfer",
    "UnknownDatabase",
    "as_line",
    "as_page",
    "as_report",
    "check_funds",
    "dialect_of",
    "embedded_file",
    "make_folder",
    "pause",
    "problem_of",
    "read_opening",
    "read_owner",
    "read_page",
    "read_report",
    "read_seconds",
    "read_transfer",
    "unknown",
]
