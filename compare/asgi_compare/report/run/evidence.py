"""What there is to see of one scenario, behind the cells of its row.

The cells are put together where all is alike: the verdict, the reason and the
differences. What remains are a few outcomes, and a few transcripts that are called A,
B, C and so on; A is the baseline's. Each outcome names its cells, and each cell its
transcript, so that nothing is shown twice.
"""

from __future__ import annotations

import shlex
from collections.abc import Hashable
from dataclasses import dataclass, field
from string import ascii_uppercase

from asgi_compare.model.results import IN_PROCESS, Difference, Run
from asgi_compare.report.common.timeline import Timeline, request_lines, timeline
from asgi_compare.report.common.wording import duration, without_noise
from asgi_compare.report.run.groups import in_short
from asgi_compare.report.run.marks import Mark
from asgi_compare.report.run.view import Cell, Column, Row

MANY = 4
"""With more servers than these, the command that runs it again says `all`."""


@dataclass(frozen=True, slots=True)
class Place:
    """One cell, how long its exchange took, and the letter of its transcript."""

    column: Column
    elapsed: str
    letter: str


@dataclass(slots=True)
class Outcome:
    """Cells where everything is alike."""

    mark: Mark
    reason: str
    differences: tuple[Difference, ...]
    places: list[Place] = field(default_factory=list)

    @property
    def groups(self) -> dict[str, list[Place]]:
        """The places of each implementation."""
        groups: dict[str, list[Place]] = {}
        for place in self.places:
            groups.setdefault(place.column.implementation, []).append(place)
        return groups


@dataclass(slots=True)
class Exhibit:
    """One transcript, and the cells that it stands for."""

    letter: str
    timeline: Timeline
    columns: list[Column] = field(default_factory=list)

    @property
    def also(self) -> tuple[str, ...]:
        """The cells besides the first one, which is the one that is shown."""
        return in_short(column.name for column in self.columns[1:])


@dataclass(frozen=True, slots=True)
class Evidence:
    """All there is to see of one scenario."""

    row: Row
    request: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    exhibits: tuple[Exhibit, ...]
    commands: tuple[str, ...]
    """Lines for a shell that show the scenario, and that run it again."""


def evidence(run: Run, row: Row, baseline: str) -> Evidence:
    """Gather what `run` has on the scenario of one row."""
    # The baseline first, so that its transcript is A.
    cells = sorted(row.cells, key=lambda cell: cell.column.name != baseline)
    exhibits: dict[str, Exhibit] = {}
    outcomes: dict[Hashable, Outcome] = {}
    for cell in cells:
        if cell.mark.kind != "absent":
            exhibit = _exhibit(run, cell, exhibits)
            _outcome(run, cell, exhibit, outcomes)
    return Evidence(
        row,
        _request(run, row, baseline),
        tuple(outcomes.values()),
        tuple(exhibits.values()),
        _commands(row),
    )


def _exhibit(run: Run, cell: Cell, exhibits: dict[str, Exhibit]) -> Exhibit | None:
    transcript = run.transcripts.get(_key(cell.scenario, cell.column.name))
    if transcript is None:
        return None
    made = timeline(transcript)
    exhibit = exhibits.get(made.likeness)
    if exhibit is None:
        exhibit = Exhibit(_letter(len(exhibits)), made)
        exhibits[made.likeness] = exhibit
    exhibit.columns.append(cell.column)
    return exhibit


def _outcome(
    run: Run, cell: Cell, exhibit: Exhibit | None, outcomes: dict[Hashable, Outcome]
) -> None:
    reason = without_noise(cell.reason)
    alike = (cell.mark.kind, reason, *map(_alike, cell.differences))
    if alike not in outcomes:
        outcomes[alike] = Outcome(cell.mark, cell.reason, cell.differences)
    transcript = run.transcripts.get(_key(cell.scenario, cell.column.name))
    elapsed = duration(transcript.elapsed_ns) if transcript else ""
    letter = exhibit.letter if exhibit else ""
    outcomes[alike].places.append(Place(cell.column, elapsed, letter))


def _alike(difference: Difference) -> Hashable:
    values = tuple(without_noise(value) for value in difference.values)
    return (difference.what, values, difference.reason, difference.layer)


def _request(run: Run, row: Row, baseline: str) -> tuple[str, ...]:
    transcript = run.transcripts.get(_key(row.name, baseline))
    lines = request_lines(transcript) if transcript else []
    return tuple(lines or [row.request])


def _commands(row: Row) -> tuple[str, ...]:
    name = shlex.quote(row.name)
    run = f"asgi-compare run --select {name}"
    hosts = dict.fromkeys(
        cell.column.host
        for cell in row.cells
        if cell.column.host != IN_PROCESS and cell.mark.kind != "absent"
    )
    if hosts:
        servers = "all" if len(hosts) > MANY else ",".join(hosts)
        run += f" --servers {shlex.quote(servers)}"
    return (f"asgi-compare show {name}", run)


def _key(scenario: str, cell: str) -> str:
    return f"{scenario} {cell}"


def _letter(number: int) -> str:
    """Count A, B ... Z, A1, B1 ...: rarely does a scenario have so many."""
    turn, place = divmod(number, len(ascii_uppercase))
    return ascii_uppercase[place] + (str(turn) if turn else "")
