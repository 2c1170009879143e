"""Transfers at once, in every bank, whichever database it has."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import permutations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.tables import Faults
from tools.data_figures import Bank, Move, all_at_once, at_once

OWNERS = ("ada", "bob", "eve")
SAFE = ("serializable", "row_lock", "optimistic", "conditional")
"""The ways that lose nothing. `atomic` is not among them: by default, a transaction of
PostgreSQL does not mind that what it has read has changed since."""

moves = st.builds(
    lambda ends, amount, wait, in_order: Move(ends[0], ends[1], amount, wait, in_order),
    st.sampled_from(list(permutations(OWNERS, 2))),
    st.integers(1, 40),
    st.sampled_from([0.0, 0.005, 0.02]),
    st.booleans(),
)


THOROUGH = settings.get_profile("thorough")
few_examples = settings(
    max_examples=50 if settings().max_examples >= THOROUGH.max_examples else 2,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""More of them with the profile `thorough`: each is some hundred requests."""


Checked = Callable[[Bank, str], Awaitable[None]]


def in_all(banks: Mapping[str, Bank], ways: Sequence[str], check: Checked) -> None:
    """Check each bank and way, all at once, and report all that went wrong.

    They share the database and its tables, and each has accounts of its own.
    """
    faults = Faults(len(banks) * len(ways))

    async def one(bank: Bank, way: str) -> None:
        with faults.of(f"{bank.name}, {way}"):
            await check(bank, way)

    async def everybody() -> None:
        await at_once(one(bank, way) for bank in banks.values() for way in ways)

    asyncio.run(everybody())
    faults.report()


def books_are_right(wanted: list[Move]) -> Checked:
    """Return the check that nothing is lost when these moves come at once."""

    async def check(bank: Bank, way: str) -> None:
        opened = dict.fromkeys(OWNERS, 100)
        answers, wrong = await all_at_once(bank, way, wanted, opened)
        # Each was done, or refused with a reason: no money, or too many others.
        assert {answer.status for answer in answers} <= {200, 409, 503}
        assert wrong == []

    return check
