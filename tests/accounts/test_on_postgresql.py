"""Every application on a real server with PostgreSQL, asked by many at once."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asgi_compare.drive.servers.process import wait_until
from tests.accounts.conftest import Town
from tests.accounts.crowds import SAFE, books_are_right, few_examples, in_all, moves
from tools.data_figures import Bank, Move, all_at_once, at_once, fifty, leave

# One PostgreSQL and five servers, for all of these tests.
pytestmark = pytest.mark.xdist_group("accounts on PostgreSQL")


@few_examples
@given(wanted=st.lists(moves, min_size=3, max_size=6))
def test_books_are_right_whatever_comes_in_between(
    town: Town, wanted: list[Move]
) -> None:
    in_all(town.banks, SAFE, books_are_right(wanted))


def test_naive_and_atomic_lose_what_they_have_confirmed(town: Town) -> None:
    async def check(bank: Bank, way: str) -> None:
        for _ in range(5):  # two must come at the same time
            if (await fifty(bank, "PostgreSQL", way, crowd=8)).lost:
                return
        raise AssertionError("Nothing was lost, five times in a row.")

    in_all(town.banks, ("naive", "atomic"), check)


def test_dead_lock_is_found_and_begun_anew(town: Town) -> None:
    """Each holds one account and wants the other; the database lets one of them go."""
    crossing = [Move("ada", "bob", 10, 0, False), Move("bob", "ada", 7, 0, False)]

    async def check(bank: Bank, way: str) -> None:
        opened = {"ada": 1000, "bob": 1000}
        answers, wrong = await all_at_once(bank, way, crossing * 4, opened)
        assert {answer.status for answer in answers} == {200}
        assert wrong == []

    in_all(town.banks, ("row_lock",), check)
    found = (
        "SELECT deadlocks > 0 FROM pg_stat_database WHERE datname = current_database()"
    )
    # Each connection tells the statistics of it now and then.
    assert wait_until(lambda: town.query(found) == [(True,)], 20)


def test_transfer_whose_client_left_is_whole_or_not_at_all(town: Town) -> None:
    async def check(bank: Bank, way: str) -> None:
        left = await leave(bank, way, clients=2)
        assert left.half == 0
        assert left.whole + left.not_at_all == 2

    in_all(town.banks, ("row_lock", "conditional"), check)


def test_connections_come_back_from_clients_that_left(town: Town) -> None:
    """More leave than there are connections, in the middle of a query or a stream."""
    town.query(
        "DELETE FROM entries WHERE owner = 'many'",
        "INSERT INTO accounts VALUES ('many', 1, 1) ON CONFLICT DO NOTHING",
        "INSERT INTO entries (owner, number, amount, other) "
        "SELECT 'many', n, 1, '' FROM generate_series(1, 50000) AS n",
    )

    async def check(bank: Bank, way: str) -> None:
        for slow in ("slow-query?seconds=1", "statement?owner=many"):
            await at_once(bank.ask(slow, "GET", leaves_after=0.2) for _ in range(5))
        end = time.monotonic() + 20
        while (await bank.ask("slow-query?seconds=0", "GET")).status != 200:
            assert time.monotonic() < end

    in_all(town.banks, ("",), check)
    busy = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND state <> 'idle' AND pid <> pg_backend_pid()"
    )
    assert wait_until(lambda: town.query(busy) == [(0,)], 20)
