"""Chapter 9: accounts, or who loses money when many write at once.

`transfer` does the same in six ways, which differ in what they keep others from doing
meanwhile. With objects the race is easy to overlook: `account.balance -= 5` computes
here, and the session writes the result later. `conditional` hands the expression itself
to the database.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import wraps
from typing import Any

from sqlalchemy import delete, event, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import selectinload
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from asgi_compare.domain import accounts
from asgi_compare.domain.accounts import Page, Refusal, Transfer
from starlette_app.database import (
    Account,
    Entry,
    dialect_in_use,
    engine_of,
    session_of,
)

Endpoint = Callable[[Request], Awaitable[Response]]


def refusals(endpoint: Endpoint) -> Endpoint:
    """Answer what is refused, by us or by the database, with its sentence."""

    @wraps(endpoint)
    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Refusal as refusal:
            return JSONResponse({"error": refusal.sentence}, refusal.status)
        except Exception as error:
            problem = accounts.problem_of(error)
            if problem is None:
                raise
            later = {"retry-after": str(problem.retry_after)}
            return JSONResponse({"error": problem.sentence}, 503, later)

    return answered


@refusals
async def open_account(request: Request) -> Response:
    """Open an account; one that had the name is gone, with its entries."""
    opening = accounts.read_opening(request.query_params)
    engine = await engine_of(request)
    async with session_of(engine, writing=True) as session, session.begin():
        for kind in (Entry, Account):
            await session.execute(delete(kind).where(kind.owner == opening.owner))
        await session.execute(
            insert(Account).values(
                owner=opening.owner, balance=opening.balance, version=opening.deposits
            )
        )
        entry = {"owner": opening.owner, "amount": opening.amount, "other": ""}
        numbers = range(1, opening.deposits + 1)
        if numbers:
            await session.execute(
                insert(Entry), [{**entry, "number": number} for number in numbers]
            )
    content = {"owner": opening.owner, "balance": opening.balance}
    return JSONResponse(content, 201)


@refusals
async def balance(request: Request) -> Response:
    """Answer with a balance, and whether the entries prove it."""
    owner = accounts.read_owner(request.query_params)
    # In one statement, so that nothing happens between the two halves.
    entered = (
        select(func.coalesce(func.sum(Entry.amount), 0))
        .where(Entry.owner == owner)
        .scalar_subquery()
    )
    query = select(Account.balance, entered).where(Account.owner == owner)
    async with session_of(await engine_of(request)) as session:
        found = (await session.execute(query)).first()
    if found is None:
        raise accounts.unknown(owner)
    held, proof = found
    return JSONResponse({"owner": owner, "balance": held, "proved": held == proof})


@refusals
async def transfer(request: Request) -> Response:
    """Move money in one of the ways; begin anew if others have come in between."""
    wanted = accounts.read_transfer(request.query_params)
    engine = await engine_of(request)
    for attempt in range(accounts.TRIES):
        try:
            await WAYS[wanted.way](engine, wanted)
            break
        except Exception as error:
            problem = accounts.problem_of(error)
            last = attempt == accounts.TRIES - 1
            if problem is None or not problem.again or last:
                raise
        await asyncio.sleep(accounts.pause(attempt, random.random()))
    return JSONResponse({"moved": wanted.amount, "tries": attempt + 1})


async def naive(engine: AsyncEngine, wanted: Transfer) -> None:
    """Read, wait, write, each by itself."""
    async with session_of(engine) as session:
        await read_and_write(session, wanted, then=session.commit)


async def atomic(engine: AsyncEngine, wanted: Transfer) -> None:
    """Do the same in one transaction: all or nothing, but others may have written."""
    async with session_of(engine) as session, session.begin():
        await read_and_write(session, wanted, then=session.flush)


async def serializable(engine: AsyncEngine, wanted: Transfer) -> None:
    """Do the same, and have the database refuse what others have made wrong."""
    async with session_of(engine, serializable=True) as session, session.begin():
        await read_and_write(session, wanted, then=session.flush)


async def row_lock(engine: AsyncEngine, wanted: Transfer) -> None:
    """Lock the rows while reading them; others who want them wait."""
    async with session_of(engine, writing=True) as session, session.begin():
        await read_and_write(session, wanted, then=session.flush, lock=True)


async def optimistic(engine: AsyncEngine, wanted: Transfer) -> None:
    """Write only where the version is the one that was read.

    SQLAlchemy has a `version_id_col`, which does so for every object of a class. Then
    no way could be naive, so it is written out here.
    """
    async with session_of(engine) as session:
        before = {owner: await read(session, owner) for owner in wanted.owners}
    accounts.check_funds(wanted, before[wanted.source].balance)
    await asyncio.sleep(wanted.wait)
    async with session_of(engine, writing=True) as session, session.begin():
        for owner, account in before.items():
            version = await session.scalar(
                update(Account)
                .where(Account.owner == owner, Account.version == account.version)
                .values(
                    balance=account.balance + wanted.change(owner),
                    version=account.version + 1,
                )
                .returning(Account.version)
            )
            if version is None:
                raise accounts.Overtaken
            await enter(session, wanted, owner, version)


async def conditional(engine: AsyncEngine, wanted: Transfer) -> None:
    """Have the database add and subtract, if there is enough."""
    await asyncio.sleep(wanted.wait)
    async with session_of(engine, writing=True) as session, session.begin():
        for owner in wanted.owners:
            new = Account.balance + wanted.change(owner)
            version = await session.scalar(
                update(Account)
                .where(Account.owner == owner, new >= 0)
                .values(balance=new, version=Account.version + 1)
                .returning(Account.version)
            )
            if version is None:
                accounts.check_funds(wanted, (await read(session, owner)).balance)
            await enter(session, wanted, owner, version or 0)


WAYS = {
    "naive": naive,
    "atomic": atomic,
    "serializable": serializable,
    "row_lock": row_lock,
    "optimistic": optimistic,
    "conditional": conditional,
}


async def read_and_write(
    session: AsyncSession,
    wanted: Transfer,
    then: Callable[[], Awaitable[None]],
    lock: bool = False,
) -> None:
    """Read both balances, compute, and write them; `then` sends what was done."""
    before = {owner: await read(session, owner, lock) for owner in wanted.owners}
    accounts.check_funds(wanted, before[wanted.source].balance)
    await then()
    await asyncio.sleep(wanted.wait)
    for owner, account in before.items():
        account.balance += wanted.change(owner)
        account.version += 1
        await enter(session, wanted, owner, account.version, then)


async def read(session: AsyncSession, owner: str, lock: bool = False) -> Account:
    """Return an account."""
    account = await session.get(Account, owner, with_for_update=lock or None)
    if account is None:
        raise accounts.unknown(owner)
    return account


async def enter(
    session: AsyncSession,
    wanted: Transfer,
    owner: str,
    number: int,
    then: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Write the entry of one of the two accounts."""
    change, other = wanted.change(owner), wanted.other(owner)
    session.add(Entry(owner=owner, number=number, amount=change, other=other))
    await (then or session.flush)()
    if wanted.fails and owner == wanted.owners[0]:
        raise wanted.failure()


@refusals
async def statement(request: Request) -> Response:
    """Answer with the entries of an account: a page, or all of them as a stream."""
    page = accounts.read_page(request.query_params)
    engine = await engine_of(request)
    async with session_of(engine) as session:
        await read(session, page.owner)
        if page.limit is not None:
            rows = await session.execute(entries_of(page).limit(page.limit))
            return JSONResponse(accounts.as_page(page, [tuple(row) for row in rows]))
    return StreamingResponse(lines(engine, page), media_type="application/x-ndjson")


def entries_of(page: Page) -> Any:
    """Return the query for a page, or for all that comes after its beginning."""
    return (
        select(Entry.number, Entry.amount, Entry.other)
        .where(Entry.owner == page.owner, Entry.number > page.after)
        .order_by(Entry.number, Entry.id)
    )


async def lines(engine: AsyncEngine, page: Page) -> AsyncIterator[bytes]:
    """Yield the entries, a batch a piece, from a cursor that stays on the server.

    The session is its own, and not the endpoint's: this is run when that has returned,
    and not at all if the client has left by then.
    """
    async with session_of(engine) as session:
        query = entries_of(page).execution_options(yield_per=accounts.BATCH)
        async for batch in (await session.stream(query)).partitions():
            yield b"".join(accounts.as_line(*row) for row in batch)


@refusals
async def report(request: Request) -> Response:
    """Answer with the sum of each account's entries, in few queries or in many."""
    way, prefix = accounts.read_report(request.query_params)
    queries = 0

    def count(*_: object) -> None:
        nonlocal queries
        queries += 1

    async with session_of(await engine_of(request)) as session:
        connection = (await session.connection()).sync_connection
        event.listen(connection, "before_cursor_execute", count)
        rows = await REPORTS[way](session, prefix)
    return JSONResponse(accounts.as_report(rows, queries))


Sums = list[tuple[str, int]]


async def each(session: AsyncSession, prefix: str) -> Sums:
    """Load the entries of each account when they are asked for: n + 1 queries.

    An attribute cannot be awaited, so `account.entries` alone raises here, where a sync
    session would run a query unseen.
    """
    query = select(Account).where(Account.owner.startswith(prefix))
    sums = []
    for account in (await session.scalars(query.order_by(Account.owner))).all():
        entries = await account.awaitable_attrs.entries
        sums.append((account.owner, sum(entry.amount for entry in entries)))
    return sums


async def prefetch(session: AsyncSession, prefix: str) -> Sums:
    """Load the accounts, and then all of their entries: 2 queries."""
    query = (
        select(Account)
        .where(Account.owner.startswith(prefix))
        .order_by(Account.owner)
        .options(selectinload(Account.entries))
    )
    return [
        (account.owner, sum(entry.amount for entry in account.entries))
        for account in await session.scalars(query)
    ]


async def together(session: AsyncSession, prefix: str) -> Sums:
    """Have the database add up: 1 query, and no entry crosses the wire."""
    query = (
        select(Account.owner, func.coalesce(func.sum(Entry.amount), 0))
        .outerjoin(Entry, Entry.owner == Account.owner)
        .where(Account.owner.startswith(prefix))
        .group_by(Account.owner)
        .order_by(Account.owner)
    )
    return [(owner, int(amount)) for owner, amount in await session.execute(query)]


REPORTS = {"each": each, "prefetch": prefetch, "together": together}


@refusals
async def slow_query(request: Request) -> Response:
    """Answer after a query that takes `seconds`."""
    seconds = accounts.read_seconds(request.query_params, "seconds", "0.05")
    query = text(dialect_in_use().sleep.replace("%s", ":seconds"))
    async with session_of(await engine_of(request)) as session:
        await session.execute(query, {"seconds": seconds})
    return JSONResponse({"slept": seconds})
