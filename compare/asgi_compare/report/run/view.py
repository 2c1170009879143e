"""A `Run`, arranged for reading.

Every report shows the same matrix: a row for each scenario, by chapter; a column for
each implementation on each host. Here it is built once, as data, together with the
words for the top of the page; the terminal, Markdown and HTML only set it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from asgi_compare.model.results import Difference, Run, Verdict
from asgi_compare.report.common.wording import plural
from asgi_compare.report.run.marks import MARKS, PASSED, Mark

SCORE = "3/11: of 11 scenarios that can be played there, 3 passed on every host"
"""What the fraction beside a chapter says."""


@dataclass(frozen=True, slots=True)
class Column:
    """One implementation on one host."""

    implementation: str
    host: str

    @property
    def name(self) -> str:
        """The cell's name, as differences and transcripts have it."""
        return f"{self.implementation}@{self.host}"


@dataclass(frozen=True, slots=True)
class Cell:
    """One scenario, with one implementation, on one host."""

    scenario: str
    column: Column
    mark: Mark
    reason: str = ""
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One scenario and its cells, in the order of the columns."""

    name: str
    shows: str
    request: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """The scenarios of one chapter of the contract."""

    name: str
    rows: tuple[Row, ...]

    def score(self, implementation: str) -> tuple[int, int]:
        """Count the scenarios that passed on every host that can carry them.

        The second number is how many there are that any host can carry; what is
        unsupported everywhere is in neither.
        """
        passed = possible = 0
        for row in self.rows:
            kinds = {
                cell.mark.kind
                for cell in row.cells
                if cell.column.implementation == implementation
            } - {"unsupported", "absent"}
            possible += bool(kinds)
            passed += bool(kinds) and kinds <= PASSED
        return passed, possible


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows by chapter, columns by implementation."""

    columns: tuple[Column, ...]
    chapters: tuple[Chapter, ...]

    @property
    def groups(self) -> tuple[tuple[str, tuple[Column, ...]], ...]:
        """The columns of each implementation."""
        return tuple(
            (name, tuple(columns))
            for name, columns in groupby(self.columns, lambda c: c.implementation)
        )

    @property
    def rows(self) -> Iterator[Row]:
        """All rows, in order."""
        return (row for chapter in self.chapters for row in chapter.rows)

    @property
    def cells(self) -> Iterator[Cell]:
        """All cells, row by row."""
        return (cell for row in self.rows for cell in row.cells)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks that occur, in the order of the legend."""
        seen = {cell.mark.kind for cell in self.cells}
        return tuple(mark for mark in MARKS.values() if mark.kind in seen)

    def count(self) -> Counter[str]:
        """Count the cells of each mark."""
        return Counter(cell.mark.kind for cell in self.cells)


def matrix(run: Run) -> Matrix:
    """Arrange the verdicts and differences of `run`."""
    verdicts = {(v.scenario, v.implementation, v.host): v for v in run.verdicts}
    differences = by_cell(run.differences)
    columns = _columns(run)

    def cell(scenario: str, column: Column) -> Cell:
        found = verdicts.get((scenario, column.implementation, column.host))
        against = tuple(differences.get((scenario, column.name), ()))
        reason = found.reason if found else ""
        return Cell(scenario, column, _mark(found, against), reason, against)

    rows = [
        (
            text(scenario, "chapter"),
            Row(
                text(scenario, "name"),
                text(scenario, "shows"),
                text(scenario, "request"),
                tuple(cell(text(scenario, "name"), column) for column in columns),
            ),
        )
        for scenario in run.scenarios
    ]
    chapters = tuple(
        Chapter(name, tuple(row for _, row in members))
        for name, members in groupby(rows, lambda pair: pair[0])
    )
    return Matrix(columns, chapters)


def by_cell(
    differences: Iterable[Difference],
) -> dict[tuple[str, str], list[Difference]]:
    """Return the differences of each scenario and cell, the second of the two."""
    found: dict[tuple[str, str], list[Difference]] = {}
    for difference in differences:
        key = (difference.scenario, difference.between[1])
        found.setdefault(key, []).append(difference)
    return found


def baseline(run: Run) -> str:
    """Name the first cell, which the others are read beside; empty if there is none."""
    columns = _columns(run)
    return columns[0].name if columns else ""


def text(row: dict[str, object], key: str) -> str:
    """Return one entry of a row of the run as text; empty if it is not there."""
    value = row.get(key)
    return "" if value is None else str(value)


LEFT_ASIDE = "left_aside"
"""What the environment calls the sentences about what was not compared."""
KNOWN_FINDINGS = "known_findings"
"""What it calls those about rules that are broken, and known to be."""
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")


def title(table: Matrix) -> str:
    """Return the run a title: `One contract, five implementations`."""
    count = len(table.groups)
    word = NUMBERS[count] if count < len(NUMBERS) else str(count)
    return f"One contract, {word} implementation{'' if count == 1 else 's'}"


def headline(run: Run, table: Matrix) -> list[str]:
    """Summarise the run in a few sentences."""
    count = table.count()
    cells = sum(count.values()) - count["absent"]
    hosts = len({column.host for column in table.columns})
    implementations = len(table.groups)
    sentences = [
        f"{plural(len(list(table.rows)), 'scenario')}, "
        f"{plural(implementations, 'implementation')}, {plural(hosts, 'host')}: "
        f"{plural(cells, 'exchange')}.",
        f"{sum(count[kind] for kind in PASSED):,} passed, {count['failed']:,} failed, "
        f"{count['unsupported']:,} unsupported, {plural(count['error'], 'error')}.",
        _differences_in_words(run),
    ]
    if run.findings:
        sentences.append(_findings_in_words(run))
    if run.interrupted:
        sentences.append("The run was interrupted: this is what was done until then.")
    return sentences


def host_letters(hosts: Iterable[str]) -> dict[str, str]:
    """Return each host a letter of its own, from its name where that can be."""
    letters: dict[str, str] = {}
    for host in dict.fromkeys(hosts):
        initials = [part[0] for part in host.split("-") if part]
        wanted = [*initials[:1], *(i.upper() for i in initials[:1]), *initials[1:]]
        spare = [*host, *host.upper(), *"0123456789"]
        free = (c for c in [*wanted, *spare] if c.isalnum())
        letters[host] = next((c for c in free if c not in letters.values()), "?")
    return letters


def facts(run: Run) -> list[tuple[str, str]]:
    """Return the environment as pairs of text.

    What is nested has one line of its own.
    """
    pairs: list[tuple[str, str]] = []
    for key, value in run.environment.items():
        if key in (LEFT_ASIDE, KNOWN_FINDINGS):
            continue
        if isinstance(value, dict):
            value = ", ".join(f"{name} {entry}" for name, entry in value.items())
        pairs.append((key, str(value)))
    return pairs


def left_aside(run: Run) -> list[str]:
    """Return what was left aside before anything was compared."""
    return _sentences(run, LEFT_ASIDE)


def known_findings(run: Run) -> list[str]:
    """Return which rules are broken, where that is known and no failure."""
    return _sentences(run, KNOWN_FINDINGS)


def _sentences(run: Run, key: str) -> list[str]:
    sentences = run.environment.get(key)
    return [str(each) for each in sentences] if isinstance(sentences, list) else []


def _differences_in_words(run: Run) -> str:
    unknown = sum(not difference.known for difference in run.differences)
    if not run.differences:
        return "No exchange differs from another."
    total = plural(len(run.differences), "difference")
    if not unknown:
        return f"{total}, all of them explained."
    return f"{total}, {unknown:,} of them not explained."


def _findings_in_words(run: Run) -> str:
    """Return which rules are broken; or, if unknown, that the exchange failed."""
    exchanges = plural(len({finding.scenario for finding in run.findings}), "exchange")
    rules = ", ".join(dict.fromkeys(finding.rule for finding in run.findings))
    return f"In {exchanges} a rule of the specifications is broken: {rules}."


def _columns(run: Run) -> tuple[Column, ...]:
    """Return the columns that any verdict is for, in the order of the run."""
    present = {(v.implementation, v.host) for v in run.verdicts}
    return tuple(
        Column(text(implementation, "name"), text(host, "name"))
        for implementation in run.implementations
        for host in run.hosts
        if (text(implementation, "name"), text(host, "name")) in present
    )


def _mark(verdict: Verdict | None, differences: tuple[Difference, ...]) -> Mark:
    if verdict is None:
        return MARKS["absent"]
    if verdict.verdict != "passed" or not differences:
        return MARKS[verdict.verdict]
    return MARKS["known" if all(d.known for d in differences) else "different"]
