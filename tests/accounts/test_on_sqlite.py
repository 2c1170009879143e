"""Every application with a file of its own: one writer at a time, and nothing lost."""

from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.accounts.conftest import all_banks
from tests.accounts.crowds import SAFE, books_are_right, few_examples, in_all, moves
from tools.data_figures import Bank, Move, fifty

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("accounts on SQLite")]


@pytest.fixture(scope="module")
def banks() -> Iterator[Mapping[str, Bank]]:
    with all_banks("") as served:
        yield served


@few_examples
@given(wanted=st.lists(moves, min_size=4, max_size=8))
def test_books_are_right_whatever_comes_in_between(
    banks: Mapping[str, Bank], wanted: list[Move]
) -> None:
    in_all(banks, (*SAFE, "atomic"), books_are_right(wanted))


def test_naive_loses_what_it_has_confirmed(banks: Mapping[str, Bank]) -> None:
    async def check(bank: Bank, way: str) -> None:
        assert (await fifty(bank, "SQLite", way, crowd=12)).lost > 0

    in_all(banks, ("naive",), check)
