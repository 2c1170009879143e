"""Chapter 9: accounts, or who loses money when many write at once.

`transfer` does the same in six ways, which differ in what they keep others from doing
meanwhile. With objects the race is easy to overlook: `account.balance -= 5` computes
here, and `save()` writes the result. `F("balance") - 5` is computed by the database.

These are the sync views, for WSGI; `accounts_async.py` has those for ASGI. What is in a
transaction they share, since Django's transactions are sync.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any

from django.db import connection, transaction
from django.db.backends.signals import connection_created
from django.db.models import F, Sum, Value
from django.db.models.functions import Coalesce
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
from asgi_compare.domain.accounts import Opening, Page, Refusal, Transfer
from django_app.database import add_sleep, dialect_in_use, prepare
from django_app.models import Account, Entry

View = Callable[[HttpRequest], HttpResponseBase]
COLUMNS = ("number", "amount", "other")
NDJSON = "application/x-ndjson"

connection_created.connect(add_sleep)


def refused(error: Exception) -> HttpResponse:
    """Return the answer to what is refused, by us or by the database; else raise it."""
    if isinstance(error, Refusal):
        return JsonResponse({"error": error.sentence}, status=error.status)
    problem = rules.problem_of(error)
    if problem is None:
        raise error
    later = {"Retry-After": str(problem.retry_after)}
    return JsonResponse({"error": problem.sentence}, status=503, headers=later)


def refusals(view: View) -> View:
    """Answer what is refused, by us or by the database, with its sentence."""

    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponseBase:
        try:
            prepare()
            return view(request)
        except Exception as error:
            return refused(error)

    return answered


@csrf_exempt
@require_POST
@refusals
def open_account(request: HttpRequest) -> HttpResponse:
    """Open an account; one that had the name is gone, with its entries."""
    opening = rules.read_opening(request.GET)
    open_anew(opening)
    content = {"owner": opening.owner, "balance": opening.balance}
    return JsonResponse(content, status=201)


def open_anew(opening: Opening) -> None:
    """Write the account and its first entries, in one transaction."""
    with transaction.atomic():
        Entry.objects.filter(account=opening.owner).delete()
        Account.objects.filter(owner=opening.owner).delete()
        account = Account.objects.create(
            owner=opening.owner, balance=opening.balance, version=opening.deposits
        )
        Entry.objects.bulk_create(
            Entry(account=account, number=number, amount=opening.amount, other="")
            for number in range(1, opening.deposits + 1)
        )


@require_safe
@refusals
def balance(request: HttpRequest) -> HttpResponse:
    """Answer with a balance, and whether the entries prove it."""
    owner = rules.read_owner(request.GET)
    account = proved_accounts().filter(owner=owner).first()
    return JsonResponse(balance_of(owner, account))


def proved_accounts() -> Any:
    """Return the accounts with the sum of their entries, as one query."""
    return Account.objects.annotate(proof=Coalesce(Sum("entries__amount"), Value(0)))


def balance_of(owner: str, account: Any) -> dict[str, object]:
    """Return what `balance` answers."""
    if account is None:
        raise rules.unknown(owner)
    proved = account.balance == account.proof
    return {"owner": owner, "balance": account.balance, "proved": proved}


@csrf_exempt
@require_POST
@refusals
def transfer(request: HttpRequest) -> HttpResponse:
    """Move money in one of the ways; begin anew if others have come in between."""
    wanted = rules.read_transfer(request.GET)
    for attempt in range(rules.TRIES):
        try:
            WAYS[wanted.way](wanted)
            break
        except Exception as error:
            give_up_or_go_on(error, attempt)
        time.sleep(rules.pause(attempt, random.random()))
    return JsonResponse({"moved": wanted.amount, "tries": attempt + 1})


def give_up_or_go_on(error: Exception, attempt: int) -> None:
    """Raise the error, unless another try may succeed."""
    problem = rules.problem_of(error)
    if problem is None or not problem.again or attempt == rules.TRIES - 1:
        raise error


def naive(wanted: Transfer) -> None:
    """Read, wait, write, each by itself."""
    read_and_write(wanted)


def atomic(wanted: Transfer) -> None:
    """Do the same in one transaction: all or nothing, but others may have written."""
    with transaction.atomic():
        read_and_write(wanted)


def serializable(wanted: Transfer) -> None:
    """Do the same, and have the database refuse what others have made wrong."""
    with transaction.atomic():
        if connection.vendor == "postgresql":  # SQLite has no other way
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
        read_and_write(wanted)


def row_lock(wanted: Transfer) -> None:
    """Lock the rows while reading them; others who want them wait.

    SQLite has no such lock, and Django leaves `select_for_update` out for it without a
    word. It is the transaction that waits there (see `database.py`).
    """
    with transaction.atomic():
        read_and_write(wanted, lock=True)


def optimistic(wanted: Transfer) -> None:
    """Write only where the version is the one that was read."""
    before = {owner: read(owner) for owner in wanted.owners}
    rules.check_funds(wanted, before[wanted.source].balance)
    time.sleep(wanted.wait)
    write_if_unchanged(wanted, before)


def write_if_unchanged(wanted: Transfer, before: dict[str, Account]) -> None:
    """Write both accounts, unless one of them was changed since."""
    with transaction.atomic():
        for owner, account in before.items():
            version = account.version + 1
            changed = Account.objects.filter(
                owner=owner, version=account.version
            ).update(balance=account.balance + wanted.change(owner), version=version)
            if not changed:
                raise rules.Overtaken
            enter(wanted, owner, version)


def conditional(wanted: Transfer) -> None:
    """Have the database add and subtract, if there is enough."""
    time.sleep(wanted.wait)
    add_and_subtract(wanted)


def add_and_subtract(wanted: Transfer) -> None:
    """Change both accounts without having read them."""
    with transaction.atomic():
        for owner in wanted.owners:
            change = wanted.change(owner)
            changed = Account.objects.filter(owner=owner, balance__gte=-change).update(
                balance=F("balance") + change, version=F("version") + 1
            )
            account = read(owner)  # the row is ours until the transaction ends
            if not changed:
                rules.check_funds(wanted, account.balance)
            enter(wanted, owner, account.version)


WAYS = {
    "naive": naive,
    "atomic": atomic,
    "serializable": serializable,
    "row_lock": row_lock,
    "optimistic": optimistic,
    "conditional": conditional,
}


def read_and_write(wanted: Transfer, lock: bool = False) -> None:
    """Read both balances, compute, and write them."""
    before = {owner: read(owner, lock) for owner in wanted.owners}
    rules.check_funds(wanted, before[wanted.source].balance)
    time.sleep(wanted.wait)
    for owner, account in before.items():
        account.balance += wanted.change(owner)
        account.version += 1
        account.save(update_fields=["balance", "version"])
        enter(wanted, owner, account.version)


def read(owner: str, lock: bool = False) -> Account:
    """Return an account."""
    found = Account.objects.select_for_update() if lock else Account.objects.all()
    account = found.filter(owner=owner).first()
    if account is None:
        raise rules.unknown(owner)
    return account


def enter(wanted: Transfer, owner: str, number: int) -> None:
    """Write the entry of one of the two accounts."""
    entry_of(wanted, owner, number).save(force_insert=True)
    if wanted.fails and owner == wanted.owners[0]:
        raise wanted.failure()


def entry_of(wanted: Transfer, owner: str, number: int) -> Entry:
    """Return the entry, which is not written yet."""
    change, other = wanted.change(owner), wanted.other(owner)
    return Entry(account_id=owner, number=number, amount=change, other=other)


@require_safe
@refusals
def statement(request: HttpRequest) -> HttpResponseBase:
    """Answer with the entries of an account: a page, or all of them as a stream."""
    page = rules.read_page(request.GET)
    read(page.owner)
    entries = entries_of(page)
    if page.limit is not None:
        rows = entries.values_list(*COLUMNS)[: page.limit]
        return JsonResponse(rules.as_page(page, rows))
    # With PostgreSQL this is a cursor that stays on the server.
    lines = in_batches(entries.values(*COLUMNS).iterator(chunk_size=rules.BATCH))
    return StreamingHttpResponse(lines, content_type=NDJSON)


def entries_of(page: Page) -> Any:
    """Return the query for a page, or for all that comes after its beginning."""
    return Entry.objects.filter(account=page.owner, number__gt=page.after)


def in_batches(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Yield lines, a batch a piece."""
    batch = []
    for row in rows:
        batch.append(rules.as_line(**row))
        if len(batch) == rules.BATCH:
            yield b"".join(batch)
            batch.clear()
    if batch:
        yield b"".join(batch)


class Counter:
    """Counts the queries of a connection while it is one of its wrappers."""

    def __init__(self) -> None:
        self.queries = 0

    def __call__(self, execute: Any, sql: str, *arguments: Any) -> Any:
        """Count one, and execute it."""
        self.queries += 1
        return execute(sql, *arguments)


@require_safe
@refusals
def report(request: HttpRequest) -> HttpResponse:
    """Answer with the sum of each account's entries, in few queries or in many."""
    way, prefix = rules.read_report(request.GET)
    counter = Counter()
    with connection.execute_wrapper(counter):
        sums = REPORTS[way](prefix)
    return JsonResponse(rules.as_report(sums, counter.queries))


Sums = list[tuple[str, int]]


def accounts_of(prefix: str) -> Any:
    """Return the accounts whose names begin so, in order."""
    return Account.objects.filter(owner__startswith=prefix).order_by("owner")


def each(prefix: str) -> Sums:
    """Touch `entries` of each account: n + 1 queries, of which the code shows one."""
    return [
        (account.owner, sum(entry.amount for entry in account.entries.all()))
        for account in accounts_of(prefix)
    ]


def prefetch(prefix: str) -> Sums:
    """Have the entries of all accounts loaded with the first: 2 queries."""
    return [
        (account.owner, sum(entry.amount for entry in account.entries.all()))
        for account in accounts_of(prefix).prefetch_related("entries")
    ]


def together(prefix: str) -> Sums:
    """Have the database add up: 1 query, and no entry crosses the wire."""
    rows = sums_of(prefix)
    return [(owner, int(amount)) for owner, amount in rows]


def sums_of(prefix: str) -> Any:
    """Return the query that adds up."""
    amount = Coalesce(Sum("entries__amount"), Value(0))
    return accounts_of(prefix).values_list("owner").annotate(sum=amount)


REPORTS = {"each": each, "prefetch": prefetch, "together": together}


@require_safe
@refusals
def slow_query(request: HttpRequest) -> HttpResponse:
    """Answer after a query that takes `seconds`."""
    seconds = rules.read_seconds(request.GET, "seconds", "0.05")
    sleep(seconds)
    return JsonResponse({"slept": seconds})


def sleep(seconds: float) -> None:
    """Have the database sleep."""
    with connection.cursor() as cursor:
        cursor.execute(dialect_in_use().sleep, [seconds])
