"""Chapter 9 for ASGI: the views of `accounts.py`, async.

`aget`, `acreate` and `async for` read as if the database were asked on the event loop.
It is not: each hands its query to the thread of the request, and awaits the answer
(`sync_to_async` in django/db/models/query.py). A transaction cannot be awaited at all:
`atomic` is a sync context manager, and so the whole block goes to the thread at once.

Each `await` is a place where the request may be cancelled, because its client has left.
What is in one `sync_to_async` is then finished by the thread; what is in several is
left where it was. `naive` shows it.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from asgi_compare.domain import accounts as rules
from asgi_compare.domain.accounts import Page, Transfer
from django_app.database import prepare
from django_app.models import Account
from django_app.views import accounts as sync_views

AsyncView = Callable[[HttpRequest], Coroutine[Any, Any, HttpResponseBase]]


def arefusals(view: AsyncView) -> AsyncView:
    """Answer what is refused, by us or by the database, with its sentence."""

    @wraps(view)
    async def answered(request: HttpRequest) -> HttpResponseBase:
        try:
            await sync_to_async(prepare)()
            return await view(request)
        except Exception as error:
            return sync_views.refused(error)

    return answered


@csrf_exempt
@require_POST
@arefusals
async def aopen_account(request: HttpRequest) -> HttpResponse:
    """Open an account; one that had the name is gone, with its entries."""
    opening = rules.read_opening(request.GET)
    await sync_to_async(sync_views.open_anew)(opening)
    content = {"owner": opening.owner, "balance": opening.balance}
    return JsonResponse(content, status=201)


@require_safe
@arefusals
async def abalance(request: HttpRequest) -> HttpResponse:
    """Answer with a balance, and whether the entries prove it."""
    owner = rules.read_owner(request.GET)
    account = await sync_views.proved_accounts().filter(owner=owner).afirst()
    return JsonResponse(sync_views.balance_of(owner, account))


@csrf_exempt
@require_POST
@arefusals
async def atransfer(request: HttpRequest) -> HttpResponse:
    """Move money in one of the ways; begin anew if others have come in between."""
    wanted = rules.read_transfer(request.GET)
    for attempt in range(rules.TRIES):
        try:
            await WAYS[wanted.way](wanted)
            break
        except Exception as error:
            sync_views.give_up_or_go_on(error, attempt)
        await asyncio.sleep(rules.pause(attempt, random.random()))
    return JsonResponse({"moved": wanted.amount, "tries": attempt + 1})


async def anaive(wanted: Transfer) -> None:
    """Read, wait, write, each by itself."""
    before = {owner: await aread(owner) for owner in wanted.owners}
    rules.check_funds(wanted, before[wanted.source].balance)
    await asyncio.sleep(wanted.wait)
    for owner, account in before.items():
        account.balance += wanted.change(owner)
        account.version += 1
        await account.asave(update_fields=["balance", "version"])
        entry = sync_views.entry_of(wanted, owner, account.version)
        await entry.asave(force_insert=True)
        if wanted.fails and owner == wanted.owners[0]:
            raise wanted.failure()


async def aoptimistic(wanted: Transfer) -> None:
    """Write only where the version is the one that was read.

    No connection is in a transaction while it waits, and the thread is free.
    """
    before = {owner: await aread(owner) for owner in wanted.owners}
    rules.check_funds(wanted, before[wanted.source].balance)
    await asyncio.sleep(wanted.wait)
    await sync_to_async(sync_views.write_if_unchanged)(wanted, before)


async def aconditional(wanted: Transfer) -> None:
    """Have the database add and subtract, if there is enough."""
    await asyncio.sleep(wanted.wait)
    await sync_to_async(sync_views.add_and_subtract)(wanted)


WAYS: dict[str, Callable[[Transfer], Awaitable[None]]] = {
    "naive": anaive,
    # All in one transaction, and so all in the thread, its waiting as well.
    "atomic": sync_to_async(sync_views.atomic),
    "serializable": sync_to_async(sync_views.serializable),
    "row_lock": sync_to_async(sync_views.row_lock),
    "optimistic": aoptimistic,
    "conditional": aconditional,
}


async def aread(owner: str) -> Account:
    """Return an account."""
    try:
        return await Account.objects.aget(owner=owner)
    except Account.DoesNotExist:
        raise rules.unknown(owner) from None


@require_safe
@arefusals
async def astatement(request: HttpRequest) -> HttpResponseBase:
    """Answer with the entries of an account: a page, or all of them as a stream."""
    page = rules.read_page(request.GET)
    await aread(page.owner)
    if page.limit is not None:
        entries = sync_views.entries_of(page).values_list(*sync_views.COLUMNS)
        rows = [row async for row in entries[: page.limit]]
        return JsonResponse(rules.as_page(page, rows))
    return StreamingHttpResponse(alines(page), content_type=sync_views.NDJSON)


async def alines(page: Page) -> AsyncIterator[bytes]:
    """Yield lines, a batch a piece, from a cursor that stays on the server."""
    batch = []
    # Not `values_list`: its iterator would ask the database at once, on the event loop,
    # and Django forbids that. `ValuesListIterable.__iter__` in
    # django/db/models/query.py is no generator, as the one of `values` is.
    entries = sync_views.entries_of(page).values(*sync_views.COLUMNS)
    rows = entries.aiterator(chunk_size=rules.BATCH)
    async for row in rows:
        batch.append(rules.as_line(**row))
        if len(batch) == rules.BATCH:
            yield b"".join(batch)
            batch.clear()
    if batch:
        yield b"".join(batch)


@require_safe
@arefusals
async def areport(request: HttpRequest) -> HttpResponse:
    """Answer with the sum of each account's entries, in few queries or in many."""
    way, prefix = rules.read_report(request.GET)
    counter = sync_views.Counter()
    # A connection belongs to a thread: the one that the queries of this request run in.
    await sync_to_async(lambda: connection.execute_wrappers.append(counter))()
    try:
        sums = await REPORTS[way](prefix)
    finally:
        await sync_to_async(lambda: connection.execute_wrappers.remove(counter))()
    return JsonResponse(rules.as_report(sums, counter.queries))


async def aeach(prefix: str) -> sync_views.Sums:
    """Ask for the entries of each account: n + 1 queries."""
    return [
        (account.owner, sum([entry.amount async for entry in account.entries.all()]))
        async for account in sync_views.accounts_of(prefix)
    ]


async def aprefetch(prefix: str) -> sync_views.Sums:
    """Have the entries of all accounts loaded with the first: 2 queries."""
    accounts = sync_views.accounts_of(prefix).prefetch_related("entries")
    return [
        (account.owner, sum(entry.amount for entry in account.entries.all()))
        async for account in accounts
    ]


async def atogether(prefix: str) -> sync_views.Sums:
    """Have the database add up: 1 query, and no entry crosses the wire."""
    rows = sync_views.sums_of(prefix)
    return [(owner, int(amount)) async for owner, amount in rows]


REPORTS = {"each": aeach, "prefetch": aprefetch, "together": atogether}


@require_safe
@arefusals
async def aslow_query(request: HttpRequest) -> HttpResponse:
    """Answer after a query that takes `seconds`; it holds the request's thread."""
    seconds = rules.read_seconds(request.GET, "seconds", "0.05")
    await sync_to_async(sync_views.sleep)(seconds)
    return JsonResponse({"slept": seconds})
