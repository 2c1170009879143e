"""Chapter 9: accounts, or who loses money when many write at once.

`transfer` does the same in six ways, which differ in what they keep others from doing
meanwhile. Requests run in threads, and maybe in several processes: a lock of Python's
would help against the first alone. So to read a balance, to compute, and to write it
back is a race, unless the database knows about it.
"""

import random
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack
from wsgiref.types import StartResponse

from asgi_compare.domain import accounts
from asgi_compare.domain.accounts import Page, Refusal, Transfer
from wsgi_app.database import DATABASE, Connection, transaction
from wsgi_app.environ import (
    Body,
    ClosingBody,
    Environ,
    json_object,
    query,
    status_line,
)

Endpoint = Callable[[Environ, StartResponse], Body]
Holding = tuple[int, int]
"""A balance and its version."""

READ = "SELECT balance, version FROM accounts WHERE owner = %s"
WRITE = "UPDATE accounts SET balance = %s, version = %s WHERE owner = %s"
ENTER = "INSERT INTO entries (owner, number, amount, other) VALUES (%s, %s, %s, %s)"
PAGE = """
SELECT number, amount, other FROM entries
WHERE owner = %s AND number > %s ORDER BY number, id"""
NDJSON = ("content-type", "application/x-ndjson")


def refusals(endpoint: Endpoint) -> Endpoint:
    """Answer what is refused, by us or by the database, with its sentence."""

    def answered(environ: Environ, start_response: StartResponse) -> Body:
        try:
            return endpoint(environ, start_response)
        except Refusal as refusal:
            content = {"error": refusal.sentence}
            return json_object(start_response, content, refusal.status)
        except Exception as error:
            problem = accounts.problem_of(error)
            if problem is None:
                raise
            # When to come back is the client's to know (RFC 9110, 10.2.3).
            later = ("retry-after", str(problem.retry_after))
            content = {"error": problem.sentence}
            return json_object(start_response, content, 503, [later])

    return answered


@refusals
def open_account(environ: Environ, start_response: StartResponse) -> Body:
    """Open an account; one that had the name is gone, with its entries."""
    opening = accounts.read_opening(dict(query(environ)))
    with (
        DATABASE.connection() as connection,
        transaction(connection, connection.dialect.begin_writing),
    ):
        for table in ("entries", "accounts"):
            connection.run(f"DELETE FROM {table} WHERE owner = %s", opening.owner)
        connection.run(
            "INSERT INTO accounts (owner, balance, version) VALUES (%s, %s, %s)",
            *(opening.owner, opening.balance, opening.deposits),
        )
        for number in range(1, opening.deposits + 1):
            connection.run(ENTER, opening.owner, number, opening.amount, "")
    content = {"owner": opening.owner, "balance": opening.balance}
    return json_object(start_response, content, 201)


@refusals
def balance(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with a balance, and whether the entries prove it."""
    owner = accounts.read_owner(dict(query(environ)))
    with DATABASE.connection() as connection:
        # In one statement, so that nothing happens between the two halves.
        rows = connection.run(
            """
            SELECT balance, balance = (
                SELECT coalesce(sum(amount), 0) FROM entries WHERE owner = %s
            ) FROM accounts WHERE owner = %s""",
            *(owner, owner),
        )
    if not rows:
        raise accounts.unknown(owner)
    content = {"owner": owner, "balance": rows[0][0], "proved": bool(rows[0][1])}
    return json_object(start_response, content)


@refusals
def transfer(environ: Environ, start_response: StartResponse) -> Body:
    """Move money in one of the ways; begin anew if others have come in between."""
    wanted = accounts.read_transfer(dict(query(environ)))
    for attempt in range(accounts.TRIES):
        try:
            # A connection for each try: none is held while we wait.
            with DATABASE.connection() as connection:
                WAYS[wanted.way](connection, wanted)
            break
        except Exception as error:
            problem = accounts.problem_of(error)
            last = attempt == accounts.TRIES - 1
            if problem is None or not problem.again or last:
                raise
        time.sleep(accounts.pause(attempt, random.random()))
    return json_object(start_response, {"moved": wanted.amount, "tries": attempt + 1})


def naive(connection: Connection, wanted: Transfer) -> None:
    """Read, wait, write, each by itself."""
    read_and_write(connection, wanted)


def atomic(connection: Connection, wanted: Transfer) -> None:
    """Do the same in one transaction: all or nothing, but others may have written."""
    with transaction(connection, connection.dialect.begin):
        read_and_write(connection, wanted)


def serializable(connection: Connection, wanted: Transfer) -> None:
    """Do the same, and have the database refuse what others have made wrong."""
    with transaction(connection, connection.dialect.begin_serializable):
        read_and_write(connection, wanted)


def row_lock(connection: Connection, wanted: Transfer) -> None:
    """Lock the rows while reading them; others who want them wait."""
    with transaction(connection, connection.dialect.begin_writing):
        read_and_write(connection, wanted, connection.dialect.lock)


def optimistic(connection: Connection, wanted: Transfer) -> None:
    """Write only where the version is the one that was read."""
    before = {owner: read(connection, owner) for owner in wanted.owners}
    accounts.check_funds(wanted, before[wanted.source][0])
    time.sleep(wanted.wait)
    with transaction(connection, connection.dialect.begin_writing):
        for owner in wanted.owners:
            held, version = before[owner]
            changed = connection.change(
                f"{WRITE} AND version = %s",
                *(held + wanted.change(owner), version + 1, owner, version),
            )
            if not changed:
                raise accounts.Overtaken
            enter(connection, wanted, owner, version + 1)


def conditional(connection: Connection, wanted: Transfer) -> None:
    """Have the database add and subtract, if there is enough."""
    time.sleep(wanted.wait)
    with transaction(connection, connection.dialect.begin_writing):
        for owner in wanted.owners:
            change = wanted.change(owner)
            changed = connection.change(
                "UPDATE accounts SET balance = balance + %s, version = version + 1 "
                "WHERE owner = %s AND balance + %s >= 0",
                *(change, owner, change),
            )
            # The row is ours until the transaction ends.
            held, version = read(connection, owner)
            if not changed:
                accounts.check_funds(wanted, held)
            enter(connection, wanted, owner, version)


WAYS = {
    "naive": naive,
    "atomic": atomic,
    "serializable": serializable,
    "row_lock": row_lock,
    "optimistic": optimistic,
    "conditional": conditional,
}


def read_and_write(connection: Connection, wanted: Transfer, lock: str = "") -> None:
    """Read both balances, compute, and write them."""
    before = {owner: read(connection, owner, lock) for owner in wanted.owners}
    accounts.check_funds(wanted, before[wanted.source][0])
    time.sleep(wanted.wait)
    for owner in wanted.owners:
        held, version = before[owner]
        new = (held + wanted.change(owner), version + 1)
        connection.run(WRITE, *new, owner)
        enter(connection, wanted, owner, version + 1)


def read(connection: Connection, owner: str, lock: str = "") -> Holding:
    """Return what an account holds."""
    rows = connection.run(READ + lock, owner)
    if not rows:
        raise accounts.unknown(owner)
    return rows[0][0], rows[0][1]


def enter(connection: Connection, wanted: Transfer, owner: str, number: int) -> None:
    """Write the entry of one of the two accounts."""
    entry = (owner, number, wanted.change(owner), wanted.other(owner))
    connection.run(ENTER, *entry)
    if wanted.fails and owner == wanted.owners[0]:
        raise wanted.failure()


@refusals
def statement(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with the entries of an account: a page, or all of them as a stream."""
    page = accounts.read_page(dict(query(environ)))
    with ExitStack() as stack:
        connection = stack.enter_context(DATABASE.connection())
        read(connection, page.owner)
        if page.limit is not None:
            rows = connection.run(
                f"{PAGE} LIMIT %s", page.owner, page.after, page.limit
            )
            return json_object(start_response, accounts.as_page(page, rows))
        blocks = entries(connection, page)
        stack.callback(blocks.close)
        start_response(status_line(200), [NDJSON])
        # The connection is lent until the server closes the response, which it does
        # when the client has taken all of it, or has left.
        return ClosingBody(blocks, stack.pop_all().close)


def entries(connection: Connection, page: Page) -> Generator[bytes]:
    """Yield the entries, a batch a block."""
    for batch in connection.batches(PAGE, page.owner, page.after):
        yield b"".join(accounts.as_line(*row) for row in batch)


@refusals
def report(environ: Environ, start_response: StartResponse) -> Body:
    """Answer with the sum of each account's entries, in few queries or in many."""
    way, prefix = accounts.read_report(dict(query(environ)))
    with DATABASE.connection() as connection:
        rows, queries = REPORTS[way](connection, f"{prefix}%")
    return json_object(start_response, accounts.as_report(rows, queries))


Sums = tuple[list[tuple[str, int]], int]
"""The sum of each account, and how many queries it took."""
OWNERS = "SELECT owner FROM accounts WHERE owner LIKE %s ORDER BY owner"


def each(connection: Connection, owners: str) -> Sums:
    """Ask for the accounts, and then for the entries of each: n + 1 queries."""
    sums = []
    for (owner,) in connection.run(OWNERS, owners):
        rows = connection.run("SELECT amount FROM entries WHERE owner = %s", owner)
        sums.append((owner, sum(amount for (amount,) in rows)))
    return sums, 1 + len(sums)


def prefetch(connection: Connection, owners: str) -> Sums:
    """Ask for the accounts, and then for all of their entries: 2 queries."""
    sums = {owner: 0 for (owner,) in connection.run(OWNERS, owners)}
    for owner, amount in connection.run(
        "SELECT owner, amount FROM entries WHERE owner LIKE %s", owners
    ):
        sums[owner] += amount
    return list(sums.items()), 2


def together(connection: Connection, owners: str) -> Sums:
    """Have the database add up: 1 query, and no entry crosses the wire."""
    rows = connection.run(
        """
        SELECT accounts.owner, coalesce(sum(amount), 0)
        FROM accounts LEFT JOIN entries ON entries.owner = accounts.owner
        WHERE accounts.owner LIKE %s
        GROUP BY accounts.owner ORDER BY accounts.owner""",
        owners,
    )
    return [(owner, int(amount)) for owner, amount in rows], 1


REPORTS = {"each": each, "prefetch": prefetch, "together": together}


@refusals
def slow_query(environ: Environ, start_response: StartResponse) -> Body:
    """Answer after a query that takes `seconds`."""
    seconds = accounts.read_seconds(dict(query(environ)), "seconds", "0.05")
    with DATABASE.connection() as connection:
        connection.run(connection.dialect.sleep, seconds)
    return json_object(start_response, {"slept": seconds})
