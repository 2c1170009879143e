"""Chapter 9: accounts, or who loses money when many write at once.

`transfer` does the same in six ways, which differ in what they keep others from doing
meanwhile. On one thread nobody interrupts a line of Python; but every `await` of a
statement lets other requests run, and the database has other clients. So to read a
balance, to compute, and to write it back is a race here as it is with threads.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import aclosing

from asgi_compare.domain import accounts
from asgi_compare.domain.accounts import Refusal, Transfer
from asgi_raw.database import STAND_IN, Connection, Database, transaction
from asgi_raw.events import (
    Event,
    Receive,
    Scope,
    Send,
    end,
    json_object,
    piece,
    query,
    start,
    watch,
)
from asgi_raw.lifespan import shared

Endpoint = Callable[[Scope, Receive, Send], Awaitable[None]]
Holding = tuple[int, int]
"""A balance and its version."""

READ = "SELECT balance, version FROM accounts WHERE owner = %s"
WRITE = "UPDATE accounts SET balance = %s, version = %s WHERE owner = %s"
ENTER = "INSERT INTO entries (owner, number, amount, other) VALUES (%s, %s, %s, %s)"
PAGE = """
SELECT number, amount, other FROM entries
WHERE owner = %s AND number > %s ORDER BY number, id"""
NDJSON = (b"content-type", b"application/x-ndjson")


def refusals(endpoint: Endpoint) -> Endpoint:
    """Answer what is refused, by us or by the database, with its sentence."""

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(event: Event) -> None:
            nonlocal started
            started = True
            await send(event)

        try:
            await endpoint(scope, receive, watched)
        except Refusal as refusal:
            await json_object(send, {"error": refusal.sentence}, refusal.status)
        except Exception as error:
            problem = accounts.problem_of(error)
            if problem is None or started:
                raise
            # When to come back is the client's to know (RFC 9110, 10.2.3).
            later = (b"retry-after", b"%d" % problem.retry_after)
            await json_object(send, {"error": problem.sentence}, 503, [later])

    return answered


@refusals
async def open_account(scope: Scope, receive: Receive, send: Send) -> None:
    """Open an account; one that had the name is gone, with its entries."""
    opening = accounts.read_opening(dict(query(scope)))
    async with (
        database_of(scope).connection() as connection,
        transaction(connection, connection.dialect.begin_writing),
    ):
        for table in ("entries", "accounts"):
            await connection.run(f"DELETE FROM {table} WHERE owner = %s", opening.owner)
        await connection.run(
            "INSERT INTO accounts (owner, balance, version) VALUES (%s, %s, %s)",
            *(opening.owner, opening.balance, opening.deposits),
        )
        for number in range(1, opening.deposits + 1):
            await connection.run(ENTER, opening.owner, number, opening.amount, "")
    content = {"owner": opening.owner, "balance": opening.balance}
    await json_object(send, content, 201)


@refusals
async def balance(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with a balance, and whether the entries prove it."""
    owner = accounts.read_owner(dict(query(scope)))
    async with database_of(scope).connection() as connection:
        # In one statement, so that nothing happens between the two halves.
        rows = await connection.run(
            """
            SELECT balance, balance = (
                SELECT coalesce(sum(amount), 0) FROM entries WHERE owner = %s
            ) FROM accounts WHERE owner = %s""",
            *(owner, owner),
        )
    if not rows:
        raise accounts.unknown(owner)
    content = {"owner": owner, "balance": rows[0][0], "proved": bool(rows[0][1])}
    await json_object(send, content)


@refusals
async def transfer(scope: Scope, receive: Receive, send: Send) -> None:
    """Move money in one of the ways; begin anew if others have come in between."""
    wanted = accounts.read_transfer(dict(query(scope)))
    database = database_of(scope)
    for attempt in range(accounts.TRIES):
        try:
            # A connection for each try: none is held while we wait.
            async with database.connection() as connection:
                await WAYS[wanted.way](connection, wanted)
            break
        except Exception as error:
            problem = accounts.problem_of(error)
            last = attempt == accounts.TRIES - 1
            if problem is None or not problem.again or last:
                raise
        await asyncio.sleep(accounts.pause(attempt, random.random()))
    await json_object(send, {"moved": wanted.amount, "tries": attempt + 1})


async def naive(connection: Connection, wanted: Transfer) -> None:
    """Read, wait, write, each by itself."""
    await read_and_write(connection, wanted)


async def atomic(connection: Connection, wanted: Transfer) -> None:
    """Do the same in one transaction: all or nothing, but others may have written."""
    async with transaction(connection, connection.dialect.begin):
        await read_and_write(connection, wanted)


async def serializable(connection: Connection, wanted: Transfer) -> None:
    """Do the same, and have the database refuse what others have made wrong."""
    async with transaction(connection, connection.dialect.begin_serializable):
        await read_and_write(connection, wanted)


async def row_lock(connection: Connection, wanted: Transfer) -> None:
    """Lock the rows while reading them; others who want them wait."""
    async with transaction(connection, connection.dialect.begin_writing):
        await read_and_write(connection, wanted, connection.dialect.lock)


async def optimistic(connection: Connection, wanted: Transfer) -> None:
    """Write only where the version is the one that was read."""
    before = {owner: await read(connection, owner) for owner in wanted.owners}
    accounts.check_funds(wanted, before[wanted.source][0])
    await asyncio.sleep(wanted.wait)
    async with transaction(connection, connection.dialect.begin_writing):
        for owner in wanted.owners:
            held, version = before[owner]
            changed = await connection.change(
                f"{WRITE} AND version = %s",
                *(held + wanted.change(owner), version + 1, owner, version),
            )
            if not changed:
                raise accounts.Overtaken
            await enter(connection, wanted, owner, version + 1)


async def conditional(connection: Connection, wanted: Transfer) -> None:
    """Have the database add and subtract, if there is enough."""
    await asyncio.sleep(wanted.wait)
    async with transaction(connection, connection.dialect.begin_writing):
        for owner in wanted.owners:
            change = wanted.change(owner)
            changed = await connection.change(
                "UPDATE accounts SET balance = balance + %s, version = version + 1 "
                "WHERE owner = %s AND balance + %s >= 0",
                *(change, owner, change),
            )
            # The row is ours until the transaction ends.
            held, version = await read(connection, owner)
            if not changed:
                accounts.check_funds(wanted, held)
            await enter(connection, wanted, owner, version)


WAYS = {
    "naive": naive,
    "atomic": atomic,
    "serializable": serializable,
    "row_lock": row_lock,
    "optimistic": optimistic,
    "conditional": conditional,
}


async def read_and_write(
    connection: Connection, wanted: Transfer, lock: str = ""
) -> None:
    """Read both balances, compute, and write them."""
    before = {owner: await read(connection, owner, lock) for owner in wanted.owners}
    accounts.check_funds(wanted, before[wanted.source][0])
    await asyncio.sleep(wanted.wait)
    for owner in wanted.owners:
        held, version = before[owner]
        new = (held + wanted.change(owner), version + 1)
        await connection.run(WRITE, *new, owner)
        await enter(connection, wanted, owner, version + 1)


async def read(connection: Connection, owner: str, lock: str = "") -> Holding:
    """Return what an account holds."""
    rows = await connection.run(READ + lock, owner)
    if not rows:
        raise accounts.unknown(owner)
    return rows[0][0], rows[0][1]


async def enter(
    connection: Connection, wanted: Transfer, owner: str, number: int
) -> None:
    """Write the entry of one of the two accounts."""
    entry = (owner, number, wanted.change(owner), wanted.other(owner))
    await connection.run(ENTER, *entry)
    if wanted.fails and owner == wanted.owners[0]:
        raise wanted.failure()


@refusals
async def statement(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the entries of an account: a page, or all of them as a stream."""
    page = accounts.read_page(dict(query(scope)))
    async with database_of(scope).connection() as connection:
        await read(connection, page.owner)
        if page.limit is not None:
            rows = await connection.run(
                f"{PAGE} LIMIT %s", page.owner, page.after, page.limit
            )
            return await json_object(send, accounts.as_page(page, rows))
        await start(send, 200, [NDJSON])
        # The connection is lent until the client has taken all of it, or has left.
        leaving = watch(receive)
        batches = connection.batches(PAGE, page.owner, page.after)
        try:
            async with aclosing(batches):
                async for batch in batches:
                    await piece(send, b"".join(accounts.as_line(*row) for row in batch))
                    if leaving.done():
                        return
        finally:
            leaving.cancel()
        await end(send)


@refusals
async def report(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the sum of each account's entries, in few queries or in many."""
    way, prefix = accounts.read_report(dict(query(scope)))
    async with database_of(scope).connection() as connection:
        rows, queries = await REPORTS[way](connection, f"{prefix}%")
    await json_object(send, accounts.as_report(rows, queries))


Sums = tuple[list[tuple[str, int]], int]
"""The sum of each account, and how many queries it took."""
OWNERS = "SELECT owner FROM accounts WHERE owner LIKE %s ORDER BY owner"


async def each(connection: Connection, owners: str) -> Sums:
    """Ask for the accounts, and then for the entries of each: n + 1 queries."""
    sums = []
    for (owner,) in await connection.run(OWNERS, owners):
        rows = await connection.run(
            "SELECT amount FROM entries WHERE owner = %s", owner
        )
        sums.append((owner, sum(amount for (amount,) in rows)))
    return sums, 1 + len(sums)


async def prefetch(connection: Connection, owners: str) -> Sums:
    """Ask for the accounts, and then for all of their entries: 2 queries."""
    sums = {owner: 0 for (owner,) in await connection.run(OWNERS, owners)}
    for owner, amount in await connection.run(
        "SELECT owner, amount FROM entries WHERE owner LIKE %s", owners
    ):
        sums[owner] += amount
    return list(sums.items()), 2


async def together(connection: Connection, owners: str) -> Sums:
    """Have the database add up: 1 query, and no entry crosses the wire."""
    rows = await connection.run(
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
async def slow_query(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer after a query that takes `seconds`."""
    seconds = accounts.read_seconds(dict(query(scope)), "seconds", "0.05")
    async with database_of(scope).connection() as connection:
        await connection.run(connection.dialect.sleep, seconds)
    await json_object(send, {"slept": seconds})


def database_of(scope: Scope) -> Database:
    """Return the database that start-up has made for this loop, or what stands in."""
    found: Database = shared(scope).get("database", STAND_IN)
    return found
