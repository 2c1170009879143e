"""What an async view must know about Django's transactions."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.exceptions import SynchronousOnlyOperation
from django.db import connections, transaction

from asgi_compare.domain.accounts import Opening, Transfer
from django_app.database import prepare
from django_app.models import Account
from django_app.views import accounts
from django_app.views.accounts_async import anaive


@pytest.fixture
def opened() -> Iterator[None]:
    """Return when the tables are there, and a connection that is not kept."""
    prepare()
    for owner in ("ada", "bob"):
        accounts.open_anew(Opening(owner, 100, 3))
    yield
    connections.close_all()


class HomeMade:
    """An async `atomic`, as it is often made: enter and leave in the thread."""

    def __init__(self) -> None:
        self._inner = transaction.atomic()

    async def __aenter__(self) -> None:
        await sync_to_async(self._inner.__enter__)()

    async def __aexit__(self, *error: Any) -> None:
        await sync_to_async(self._inner.__exit__)(*error)


async def test_two_tasks_of_a_request_are_in_one_home_made_transaction(
    opened: None,
) -> None:
    """One rolls back, and what the other one has written is gone, too."""
    begun, written = asyncio.Event(), asyncio.Event()

    async def rolls_back() -> None:
        with suppress(ZeroDivisionError):
            async with HomeMade():
                begun.set()
                await written.wait()
                raise ZeroDivisionError

    async def writes() -> None:
        await begun.wait()
        await Account.objects.acreate(owner="two-tasks", balance=1, version=1)
        written.set()

    async with ThreadSensitiveContext():  # as the handler has one for each request
        await asyncio.gather(rolls_back(), writes())
        assert not await Account.objects.filter(owner="two-tasks").aexists()
        await sync_to_async(connections.close_all)()


async def test_whole_transaction_in_the_thread_keeps_others_out(opened: None) -> None:
    """Nothing of the request runs in the thread until it is over."""

    def rolls_back() -> None:
        with suppress(ZeroDivisionError), transaction.atomic():
            Account.objects.create(owner="in-thread", balance=1, version=1)
            raise ZeroDivisionError

    async def writes() -> None:
        await Account.objects.acreate(owner="beside", balance=1, version=1)

    async with ThreadSensitiveContext():
        await asyncio.gather(sync_to_async(rolls_back)(), writes())
        assert await Account.objects.filter(owner="beside").aexists()
        await Account.objects.filter(owner="beside").adelete()
        await sync_to_async(connections.close_all)()


async def test_stream_of_values_list_asks_the_database_on_the_loop(
    opened: None,
) -> None:
    """`values` and objects are fine."""
    owners = Account.objects.filter(owner="ada")
    async with ThreadSensitiveContext():
        with pytest.raises(SynchronousOnlyOperation):
            [row async for row in owners.values_list("owner").aiterator(10)]
        assert [row async for row in owners.values("owner").aiterator(10)] == [
            {"owner": "ada"}
        ]
        await sync_to_async(connections.close_all)()


async def test_cancellation_between_two_awaited_writes_leaves_half(
    opened: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Django cancels an async view whose client has left."""
    save = Account.asave
    move = Transfer("naive", "ada", "bob", 30, 0.0, fails=False, in_order=True)

    async def save_and_be_left(account: Account, **options: Any) -> None:
        await save(account, **options)
        moving.cancel()

    monkeypatch.setattr(Account, "asave", save_and_be_left)
    async with ThreadSensitiveContext():
        moving = asyncio.create_task(anaive(move))
        await asyncio.wait({moving})
        assert moving.cancelled()
        both = Account.objects.filter(owner__in=("ada", "bob")).order_by("owner")
        assert [account.balance async for account in both] == [270, 300]
        await sync_to_async(connections.close_all)()
