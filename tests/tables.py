"""One test for a whole table, which reports every row that fails.

A test for each row costs more than most rows do: each worker collects it, makes its
fixtures and reports it.
"""

import functools
import inspect
import reprlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

Test = Callable[..., Any]


class Faults:
    """What went wrong, row by row."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.found: dict[str, BaseException] = {}

    @contextmanager
    def of(self, row: str) -> Iterator[None]:
        """Note what the row raises. One that is skipped counts: it would hide."""
        try:
            yield
        except (Exception, pytest.fail.Exception, pytest.skip.Exception) as error:
            error.add_note(f"In the row {row}.")
            self.found[row] = error

    def report(self) -> None:
        """Raise all that was noted, and name the rows in the first line."""
        if self.found:
            message = f"{len(self.found)} of {self.rows} rows: {', '.join(self.found)}"
            raise BaseExceptionGroup(message, list(self.found.values()))


def each_row(
    names: str | tuple[str, ...],
    rows: Iterable[Any],
    *,
    ids: Callable[[Any], str] | None = None,
) -> Callable[[Test], Test]:
    """Call the test with every row, where `pytest.mark.parametrize` makes many tests.

    The fixtures are made once: a test that changes what they give must undo it.
    """
    argnames = (names,) if isinstance(names, str) else names
    table = dict(_rows(argnames, rows, ids))
    assert table, "Expected rows, but the table is empty."

    def decorate(test: Test) -> Test:
        async def whole_async(**fixtures: Any) -> None:
            faults = Faults(len(table))
            for name, arguments in table.items():
                with faults.of(name):
                    await test(**fixtures, **arguments)
            faults.report()

        def whole(**fixtures: Any) -> None:
            faults = Faults(len(table))
            for name, arguments in table.items():
                with faults.of(name):
                    test(**fixtures, **arguments)
            faults.report()

        made: Any = whole_async if inspect.iscoroutinefunction(test) else whole
        signature = inspect.signature(test)
        fixtures = [p for n, p in signature.parameters.items() if n not in argnames]
        functools.update_wrapper(made, test)
        made.__signature__ = signature.replace(parameters=fixtures)
        return made  # type: ignore[no-any-return]

    return decorate


def _rows(
    argnames: tuple[str, ...],
    rows: Iterable[Any],
    ids: Callable[[Any], str] | None,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a name of its own for each row, and the arguments that it stands for."""
    taken: set[str] = set()
    for number, row in enumerate(rows):
        values = row if len(argnames) > 1 else (row,)
        name = ids(row) if ids else row if isinstance(row, str) else ""
        if not name or name in taken:
            name = f"{name or reprlib.repr(row)} (row {number})"
        taken.add(name)
        yield name, dict(zip(argnames, values, strict=True))


def slow_but(
    usual: Iterable[str], rows: Iterable[Any], *, ids: Callable[[Any], str] = str
) -> list[Any]:
    """Return the rows for `parametrize`, of which all but the usual ones are slow.

    `ids` gives the name of a row. Raise ValueError if a usual one is not among them.
    """
    named = {ids(row): row for row in rows}
    if unknown := set(usual) - set(named):
        raise ValueError(f"Expected names of rows, but got {sorted(unknown)!r}.")
    return [
        pytest.param(
            *(row if isinstance(row, tuple) else (row,)),
            id=name,
            marks=() if name in usual else pytest.mark.slow,
        )
        for name, row in named.items()
    ]
