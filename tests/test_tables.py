"""One test for a table reports every row that fails, and is told which it was."""

from typing import Any

import pytest

from tests.tables import each_row


@each_row(("number", "text"), [(1, "one"), (2, "two")])
@each_row("flag", [True, False])
def test_row_meets_every_other_row(
    number: int, text: str, flag: bool, request: pytest.FixtureRequest
) -> None:
    assert (number, text) in [(1, "one"), (2, "two")]
    assert type(flag) is bool
    assert request.node.name == "test_row_meets_every_other_row"


@each_row("number", [1, 2])
async def test_row_may_wait(number: int) -> None:
    assert number in (1, 2)


def failed(test: Any) -> str:
    with pytest.raises(BaseExceptionGroup) as caught:
        test()
    assert all("row" in error.__notes__[0] for error in caught.value.exceptions)
    return caught.value.message


def test_every_row_that_fails_is_named() -> None:
    @each_row("row", ["good", "bad", "skipped", "failed", "good"])
    def check(row: str) -> None:
        assert row != "bad"
        if row == "skipped":
            pytest.skip("It would hide.")
        if row == "failed":
            pytest.fail("It is told.")

    assert failed(check) == "3 of 5 rows: bad, skipped, failed"


def test_row_without_a_name_is_named_by_its_place() -> None:
    @each_row("row", [[1], [2]])
    def unnamed(row: list[int]) -> None:
        assert row == [1]

    @each_row("row", [3, 4], ids=lambda row: "same")
    def alike(row: int) -> None:
        assert row == 3

    assert failed(unnamed) == "1 of 2 rows: [2] (row 1)"
    assert failed(alike) == "1 of 2 rows: same (row 1)"


def test_table_without_rows_is_refused() -> None:
    with pytest.raises(AssertionError, match=r"^Expected rows, but the table is empty"):
        each_row("row", [])
