"""A database that cannot do what it is asked for: a sentence, and nothing is lost."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from asgi_compare.drive.services.database import disconnect_clients
from tests.accounts.conftest import Town
from tests.accounts.crowds import in_all
from tools.data_figures import Answer, Bank, Move, at_once

pytestmark = pytest.mark.xdist_group("accounts on PostgreSQL")

MOVE = Move("ada", "bob", 1)
OPENED = {"problem-ada": 100, "problem-bob": 100}


@contextmanager
def read_only(town: Town) -> Iterator[None]:
    """Let nobody write, as on a server that follows another one."""
    name = town.url.rpartition("/")[2]
    town.query(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    disconnect_clients(town.url)
    try:
        yield
    finally:
        town.query(
            "SET default_transaction_read_only = off",
            f"ALTER DATABASE {name} RESET default_transaction_read_only",
        )
        disconnect_clients(town.url)


@contextmanager
def locked(town: Town) -> Iterator[None]:
    """Hold the table, as a migration may, longer than anybody waits."""
    name = town.url.rpartition("/")[2]
    town.query(f"ALTER DATABASE {name} SET lock_timeout = '300ms'")
    disconnect_clients(town.url)
    with psycopg.connect(town.url) as connection:
        connection.execute("LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE")
        yield
    town.query(f"ALTER DATABASE {name} RESET lock_timeout")
    disconnect_clients(town.url)


@contextmanager
def full(town: Town) -> Iterator[None]:
    """Refuse what is written with the error that a full disk gives."""
    town.query(
        "CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE 'no space left' USING ERRCODE = 'disk_full'; END $$",
        "CREATE TRIGGER no_space BEFORE INSERT ON entries EXECUTE FUNCTION no_space()",
    )
    yield
    town.query("DROP FUNCTION no_space CASCADE")


@contextmanager
def other_schema(town: Town) -> Iterator[None]:
    """Have the tables of another release."""
    town.query("ALTER TABLE accounts RENAME COLUMN version TO revision")
    yield
    town.query("ALTER TABLE accounts RENAME COLUMN revision TO version")


@contextmanager
def away(town: Town) -> Iterator[None]:
    """Kill the server; what it has confirmed is there when it is back."""
    town.service.kill()
    try:
        yield
    finally:
        town.service.restart()


PROBLEMS = {
    read_only: {
        ("The database can only be read at the moment; nothing was written.", "60")
    },
    locked: {("The database is locked by others; try again.", "1")},
    full: {("The disk of the database is full; nothing was written.", "60")},
    other_schema: {("The database has other tables than this program expects.", "60")},
    away: {
        ("The database does not answer; try again later.", "5"),
        # A pool cannot tell which of the two it is that keeps it from lending.
        ("No connection to the database came free in time; try again.", "2"),
    },
}


@pytest.fixture
def opened(town: Town) -> Town:
    async def check(bank: Bank, way: str) -> None:
        await at_once(
            bank.open(f"{bank.name}-{owner}", amount=amount)
            for owner, amount in OPENED.items()
        )

    in_all(town.banks, ("",), check)
    return town


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.__name__)
def test_database_problem_is_a_sentence_and_nothing_is_lost(
    opened: Town, problem: object
) -> None:
    expected = PROBLEMS[problem]  # type: ignore[index]

    async def is_told(bank: Bank, way: str) -> None:
        answer = await bank.ask(MOVE.asked("conditional", f"{bank.name}-problem-"))
        assert answer.status == 503, answer
        assert (answer.content["error"], answer.retry_after) in expected

    async def when_it_answers(bank: Bank, target: str, method: str) -> Answer:
        end = time.monotonic() + 20
        while (answer := await bank.ask(target, method)).status == 503:
            assert time.monotonic() < end, answer
        return answer

    async def has_lost_nothing(bank: Bank, way: str) -> None:
        for owner, amount in OPENED.items():
            asked = f"balance?owner={bank.name}-{owner}"
            answer = await when_it_answers(bank, asked, "GET")
            assert (answer.content["balance"], answer.content["proved"]) == (
                amount,
                True,
            )

    async def works_again(bank: Bank, way: str) -> None:
        asked = MOVE.asked("conditional", f"{bank.name}-problem-")
        assert (await when_it_answers(bank, asked, "POST")).status == 200

    with problem(opened):  # type: ignore[operator]
        in_all(opened.banks, ("",), is_told)
        if problem is read_only:  # what is there can be read
            in_all(opened.banks, ("",), has_lost_nothing)
    in_all(opened.banks, ("",), has_lost_nothing)
    in_all(opened.banks, ("",), works_again)
