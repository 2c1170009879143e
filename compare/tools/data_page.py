"""The page about databases and caches: `python -m tools.data_page measure|write|check`.

`measure` serves every application with SQLite and with PostgreSQL, has fifty clients
move money at once, has clients leave, counts connections, and keeps the figures in
`docs/data.json`. It takes some minutes. `write` makes `docs/data.md` from them.
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from asgi_compare.domain.accounts import WAYS
from asgi_compare.drive.services import postgres, valkey
from asgi_compare.drive.targets.implementations import IMPLEMENTATIONS
from asgi_compare.report.common.files import write
from tools.data_figures import LEAVING, measure
from tools.docs import table

ROOT = Path(__file__).parents[2]
FIGURES = ROOT / "docs" / "data.json"
PAGE = ROOT / "docs" / "data.md"
DATABASES = ("SQLite", "PostgreSQL")

Figures = dict[str, Any]


def page(figures: Figures) -> str:
    """Make the page."""
    return "\n".join(part.strip("\n") + "\n" for part in parts(figures))


def parts(figures: Figures) -> Iterator[str]:
    """Yield the page, section by section."""
    yield INTRODUCTION
    versions = ", ".join(f"{n} {v}" for n, v in figures["versions"].items())
    yield filled(
        f"""
The figures are those of one run, on a machine with two cores that had other work to do.
The applications ran on uvicorn (ASGI) and on waitress with four threads (WSGI). How
many of fifty are lost changes with every run. That some are, or that none is, does not,
and the tests hold it (`tests/accounts/`). `python -m tools.data_page measure` makes the
figures anew. These are of CPython {figures["python"]}, {versions}.
"""
    )
    yield "## What to conclude\n"
    yield filled(conclusions(figures))
    yield "## Fifty transfers at once\n"
    yield """
Fifty clients each move one cent between the same two accounts. *lost* were answered
with 200, and are not in the balance. *told* were answered with 503 and `Retry-After`:
they had been tried ten times, or had waited too long for a lock or for a connection;
nothing of them was written. Everybody else's money was moved, and no entry is missing.
"""
    for database in DATABASES:
        yield f"### {database}\n"
        yield fifty_table(figures, database)
    yield REMARKS
    yield "## A client that leaves in the middle\n"
    yield left_table(figures)
    yield LEAVING_TEXT
    yield "## Connections to PostgreSQL\n"
    yield """
A hundred requests, twenty at a time, each with a query of 20 ms; and fifty at once with
a query of 100 ms each. Connections are counted in `pg_stat_activity`.
"""
    yield connection_table(figures)
    yield CONNECTIONS_TEXT
    yield PROBLEMS_TEXT
    yield "## A page that everybody wants\n"
    yield """
Fifty ask at once for a page that takes 0.1 s to make and is not in the cache. The code
is `article`, in the file `caching.py` of each.
"""
    yield made_table(figures)
    yield CACHES_TEXT


def filled(text: str) -> str:
    """Return points, or a paragraph, with their lines filled anew."""
    points = re.split(r"\n(?=\* )", text.strip())
    return "\n".join(
        textwrap.fill(
            " ".join(point.split()),
            88,
            subsequent_indent="  " * point.startswith("* "),
            break_on_hyphens=False,
            break_long_words=False,
        )
        for point in points
    )


def conclusions(figures: Figures) -> str:
    """Say what a team should conclude, with the numbers that it rests on."""
    lost = {way: lost_by(figures, way, "PostgreSQL") for way in WAYS}
    told = {way: told_by(figures, way, "PostgreSQL") for way in WAYS}
    rows = len(IMPLEMENTATIONS) * 50
    return f"""
* **A transaction alone does not help.** With PostgreSQL's default isolation, `atomic`
  lost {lost["atomic"]} of {rows} transfers that it had confirmed, and `naive`
  {lost["naive"]}. What a transaction gives is that a transfer is whole or not at all.
* **Have the database compute, where it can.** `conditional` lost {lost["conditional"]}
  and told {told["conditional"]} to try again. It is the shortest, too. In Django it is
  `update(balance=F("balance") - 1)` with a filter on what must hold.
* **Where the computing is yours, lock the rows**, always in the same order. `row_lock`
  lost {lost["row_lock"]} and told {told["row_lock"]}. The price is that others wait,
  each with a connection in its hand.
* **`serializable` and `optimistic` lost {lost["serializable"]} and
  {lost["optimistic"]}, and need a retry.** With fifty after the same rows, they told
  {told["serializable"]} and {told["optimistic"]} of {rows} clients to come back, after
  ten tries each. They are for conflicts that are rare.
* **The interface does not matter to the books.** The same ways lose under WSGI and
  ASGI, in threads and on a loop. An `await` between reading and writing is as good a
  place for others to come in as another thread is.
* **Under ASGI, let Django keep no connections, or give it a pool.** `CONN_MAX_AGE` 60
  left {kept_by(figures, "django-asgi")} connections open after 100 requests; the
  threads of waitress left {kept_by(figures, "django-wsgi")}.
* **On SQLite there is one writer.** Begin a transaction that will write with `BEGIN
  IMMEDIATE` (Django: `"transaction_mode": "IMMEDIATE"`). One that begins with reading
  is refused at once when another has written meanwhile, and so told
  {told_by(figures, "atomic", "SQLite")} clients.
* **A cache alone does not stop a stampede.** Of fifty who asked at once for a page that
  nobody had made, Django's `cache_page` let {made_by(figures, "django-asgi")} make it
  under ASGI and {made_by(figures, "django-wsgi")} under WSGI, on four threads. Where
  it costs much, let one make it and the others wait.
"""


def kept_by(figures: Figures, implementation: str) -> int:
    """Return how many connections an application left with `CONN_MAX_AGE` 60."""
    found: int = next(
        row["after"]
        for row in figures["connections"]
        if (row["implementation"], row["setting"])
        == (implementation, "`CONN_MAX_AGE` 60")
    )
    return found


def made_by(figures: Figures, implementation: str) -> int:
    """Return how often an application made a page, with its cache in memory."""
    found: int = next(
        row["made"]
        for row in figures["made"]
        if (row["implementation"], row["cache"]) == (implementation, "in memory")
    )
    return found


def lost_by(figures: Figures, way: str, database: str) -> int:
    """Return how many transfers of a way were lost, in all applications."""
    return sum(row["lost"] for row in fifties(figures, way, database))


def told_by(figures: Figures, way: str, database: str) -> int:
    """Return how many clients were told to try again."""
    return sum(row["told"] for row in fifties(figures, way, database))


def fifties(figures: Figures, way: str, database: str) -> Iterable[Figures]:
    """Return what came of a way with a database, for each application."""
    return [
        row
        for row in figures["fifties"]
        if (row["way"], row["database"]) == (way, database)
    ]


def fifty_table(figures: Figures, database: str) -> str:
    """Make the table of fifty at once with one database."""

    def cell(row: Figures) -> str:
        said = [f"**{row['lost']} lost**"] if row["lost"] else []
        said += [f"{row['told']} told"] if row["told"] else []
        return ", ".join(said) or "all moved"

    return table(
        ("way", *IMPLEMENTATIONS),
        (
            (f"`{way}`", *(cell(row) for row in fifties(figures, way, database)))
            for way in WAYS
        ),
    )


def left_table(figures: Figures) -> str:
    """Make the table of clients that left."""

    def cell(name: str, way: str) -> str:
        row = next(
            r for r in figures["left"] if (r["implementation"], r["way"]) == (name, way)
        )
        counts = ((row["whole"], "whole"), (row["not_at_all"], "not at all"))
        said = [f"{count} {word}" for count, word in counts if count]
        said += [f"**{row['half']} half**"] if row["half"] else []
        return ", ".join(said)

    return table(
        ("way", *IMPLEMENTATIONS),
        ((f"`{w}`", *(cell(name, w) for name in IMPLEMENTATIONS)) for w in LEAVING),
    )


def connection_table(figures: Figures) -> str:
    """Make the table of connections."""
    return table(
        (
            "application",
            "connections are kept by",
            "during",
            "afterwards",
            "not answered, of 100",
            "50 × 100 ms took",
        ),
        (
            (
                f"`{row['implementation']}`",
                row["setting"],
                str(row["during"]),
                str(row["after"]),
                str(row["failed"]),
                f"{asked['seconds']:.2f} s, {asked['answered']} answered",
            )
            for row, asked in zip(
                figures["connections"], figures["queries"], strict=True
            )
        ),
    )


def made_table(figures: Figures) -> str:
    """Make the table of what was made for fifty at once."""
    found = {(r["implementation"], r["cache"]): r for r in figures["made"]}

    def cell(name: str, cache: str) -> str:
        row = found[name, cache]
        often = "once" if row["made"] == 1 else f"{row['made']} times"
        return f"{often}, {row['seconds']:.2f} s"

    caches = list(dict.fromkeys(row["cache"] for row in figures["made"]))
    return table(
        ("cache", *IMPLEMENTATIONS),
        ((c, *(cell(name, c) for name in IMPLEMENTATIONS)) for c in caches),
    )


INTRODUCTION = """
<!-- Generated by `python -m tools.data_page write`. -->
# Accounts, transactions, connections and caches

Money moves from one account to another, in six ways and in every application:
`asgi_raw` and `wsgi_app` with psycopg 3 and sqlite3, `starlette_app` with SQLAlchemy,
`django_app` with the ORM, in async views under ASGI and in sync views under WSGI. The
code is in the file `accounts.py` of each.

| way | what it does |
| --- | --- |
| `naive` | reads both balances, waits 10 ms, writes them; each statement by itself |
| `atomic` | the same in one transaction, with the database's default isolation |
| `serializable` | the same, and the database refuses what no order would give |
| `row_lock` | locks the rows while it reads them (`SELECT ... FOR UPDATE`) |
| `optimistic` | writes where the version is still the one that it read |
| `conditional` | has the database add: `SET balance = balance - 1` |
"""
REMARKS = """
What is behind it:

* *READ COMMITTED* is PostgreSQL's default: each statement sees what was committed when
  it began. Two that have read 100 both write 99, one after the other. A row lock, or
  `SERIALIZABLE`, is what makes the second one notice.
* Django's `atomic()` sets no isolation. `serializable` says `SET TRANSACTION ISOLATION
  LEVEL SERIALIZABLE` as its first statement. `select_for_update()` is left out without
  a word on SQLite (`has_select_for_update` in django/db/backends/base/features.py), and
  it is `BEGIN IMMEDIATE` that keeps the others out there.
* SQLAlchemy and sqlite3 begin no transaction before the first write, unless told to;
  `starlette_app/database.py` has the two events by which they are told.
* A retry needs a new transaction, and a pause that is not the same for all. Between two
  tries nobody here holds a connection.
* Two that take two accounts in opposite order can each hold one and want the other.
  PostgreSQL notices after `deadlock_timeout` (1 s) and ends one of them, which begins
  anew. Here accounts are taken in the order of their names, and it does not happen.
"""
LEAVING_TEXT = """
Eight clients ask for a transfer that waits 0.3 s between reading and writing, and leave
after 0.15 s.

* uvicorn tells an application that its client has left, and goes on. `asgi_raw` and
  Starlette do not listen during a transfer, so it is done. waitress does not even tell.
* Django cancels an async view (`ASGIHandler.handle` in django/core/handlers/asgi.py).
  The CancelledError comes to the `await` that the view is at. What is in one
  `sync_to_async` has begun in a thread that nobody can cancel, and is done to its end,
  so a transaction there is whole. What has not begun will not. Between two awaited
  writes, `naive` stays half done.
* So a client that got no answer cannot know whether its money was moved. What helps is
  a number that the client chooses for each transfer, and that is written with it.
"""
CONNECTIONS_TEXT = """
* Without a pool, Django opens a connection in each request: as many as there are
  requests at a time. Under ASGI that is whatever the clients ask for, and PostgreSQL
  takes 100. Under WSGI the threads are the limit.
* `CONN_MAX_AGE` keeps a connection for the next request *of the same thread*
  (`BaseConnectionHandler` in django/utils/connection.py keeps them in thread-local
  storage). Under WSGI the threads are a few, and stay. Under ASGI each request has a
  thread of its own (`ThreadSensitiveContext` in `ASGIHandler.__call__`), which ends
  with it: nobody can use the connection again, and it stays open until the object is
  collected. So leave it 0 under ASGI.
* A pool (`OPTIONS["pool"]`, with psycopg) is shared by all threads, and is the setting
  for ASGI. Who finds none free waits, and gives up after `timeout`.
* The async ORM asks in threads. Fifty slow queries at once take fifty threads and fifty
  connections. psycopg's own async connections need no threads, but each query needs a
  connection all the same, and the pool decides how long fifty take.
"""
PROBLEMS_TEXT = """
## When there is no answer

Whatever the database says instead of an answer becomes a sentence, and 503 with
`Retry-After` (`compare/asgi_compare/domain/accounts/problems.py`): that it is away,
busy, locked, full or read-only, or that its tables are other ones. The tests bring each
of them about in a real PostgreSQL, ask every application, and see that nothing was
lost. A connection is asked whether it lives before it is lent, so the first request
after a restart is answered: `pool_pre_ping` in SQLAlchemy, `CONN_HEALTH_CHECKS` in
Django. The pool of psycopg has `check`, but pauses for a second, two and four seconds
after each dead connection that it finds (`_getconn_with_check_loop` in
psycopg_pool/pool.py), so the raw applications ask by themselves.

Two things to know about Django:

* `aiterator()` after `values_list()` raises SynchronousOnlyOperation: its iterator asks
  the database at once, on the loop (`ValuesListIterable.__iter__` in
  django/db/models/query.py returns the rows instead of yielding them). `values()` and
  objects are fine.
* `ATOMIC_REQUESTS` is refused for async views ([behaviours](behaviours/database.md)),
  and a home-made async `atomic` puts all tasks of a request into one transaction: they
  share the request's thread, and so its connection. A test shows it.
"""
CACHES_TEXT = """
* By hand and in Starlette, whoever comes while a page is being made waits for the one
  who makes it: for a task on the loop, for a Future under WSGI (`cache.py`).
* `cache_page` of Django does nothing of the kind. Each request looks into the cache,
  finds nothing, and makes the page: as many as the server lets in at a time. Under
  ASGI these are all of them, and a sync view makes the pages in threads; under WSGI
  they are as many as there are threads, and those who come later find it.
* Who needs it in Django takes a lock (`cache.add(key, 1)` returns whether it was free)
  around what is costly, in the view.
* When the cache cannot be reached, all of them answer all the same: a page is made
  anew. Django's own backends raise, so `django_app/caches.py` has one that does not.
* What is for one client is never kept: `Cache-Control: private, no-store` by hand and
  in Django, and the scenarios of the chapter let a second client ask after the first
  one, with another session, token or language.
"""


def main(arguments: list[str]) -> int:
    """Do what the command line says."""
    if arguments == ["measure"]:
        with postgres() as database, valkey() as broker:
            figures = measure(
                database.url, broker.url, lambda line: print(line, file=sys.stderr)
            )
        write(FIGURES, json.dumps(asdict(figures), indent=1) + "\n")
        return main(["write"])
    if arguments not in (["write"], ["check"]):
        print(f"Expected 'measure', 'write' or 'check', but got {arguments}.")
        return 2
    made = page(json.loads(FIGURES.read_text("utf-8")))
    if arguments == ["write"]:
        write(PAGE, made)
        return 0
    stale = not PAGE.exists() or PAGE.read_text("utf-8") != made
    print("Stale: docs/data.md" if stale else "docs/data.md is so.")
    return int(stale)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
