"""A run in a few sentences, for readers who go no further.

`QUESTIONS` is a table. Each row is a question and a function that answers it from the
run: from its verdicts, its differences and its measurements. Every name and number of
a sentence is looked up there, and a question that this run has not measured (only some
scenarios, one implementation, no such endpoint) is left out. A new sentence is a
function and a row.

A sentence comes with the places where its evidence is: scenarios, or sections of the
report.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from statistics import median

from asgi_compare.model.results import IN_PROCESS, Difference, Measurement, Run
from asgi_compare.model.sanitize import shorten
from asgi_compare.report.common.wording import plural
from asgi_compare.report.run import groups, measures, view
from asgi_compare.report.run.view import Matrix


@dataclass(frozen=True, slots=True)
class Place:
    """Where the evidence for a sentence is."""

    name: str
    """The name of a scenario, or the title of a section."""
    section: str = ""
    """The id of the section in the page; empty if `name` is a scenario's."""


TITLE = "In short"
NOTE = "Figures from this run only; another machine gives other times."
DIFFERENCES = Place("What differs, and why", "differences")
UNSUPPORTED = Place("What is unsupported", "unsupported")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing that the run shows, and where it shows it."""

    text: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Known:
    """A run, and what several of the functions below look up in it."""

    run: Run
    table: Matrix

    @cached_property
    def interfaces(self) -> dict[str, str]:
        """Return the interface of each implementation that has one."""
        rows = self.run.implementations
        return {
            view.text(row, "name"): view.text(row, "interface").upper()
            for row in rows
            if row.get("interface")
        }

    @cached_property
    def in_process(self) -> Iterable[Difference]:
        """Return the differences between two implementations in process."""
        return [
            d for d in self.run.differences if d.between[1].endswith(f"@{IN_PROCESS}")
        ]

    def measured(self, what: str, scenario: str) -> dict[str, Measurement]:
        """Return what was measured in a scenario that is in the report, by cell."""
        if all(row.name != scenario for row in self.table.rows):
            return {}
        return {
            f"{m.implementation}@{m.host}": m
            for m in self.run.measurements
            if (m.what, m.scenario) == (what, scenario) and isfinite(m.value)
        }


def sentences(run: Run, table: Matrix) -> list[Sentence]:
    """Answer every question of the table that this run can answer."""
    known = Known(run, table)
    answers = (answer(known) for _, answer in QUESTIONS)
    return [sentence for sentence in answers if sentence is not None]


HEADER = re.compile(r"(answer \d+ )?header:")
"""An aspect that is a header field, or the order of them; of one answer of several."""


def alike(known: Known) -> Sentence | None:
    """Return in how many scenarios all implementations are identical, in process."""
    count = len(known.table.groups)
    differing: dict[str, set[bool]] = {}
    for difference in known.in_process:
        is_header = HEADER.match(difference.what) is not None
        differing.setdefault(difference.scenario, set()).add(is_header)
    everywhere = []
    for row in known.table.rows:
        here = [cell for cell in row.cells if cell.column.host == IN_PROCESS]
        verdicts = {cell.mark.kind for cell in here}
        if len(here) == count and verdicts <= {"passed", "known", "different"}:
            everywhere.append(row.name)
    if count < 2 or not everywhere:
        return None
    same = [name for name in everywhere if name not in differing]
    nearly = [name for name in everywhere if differing.get(name) == {True}]
    total = plural(len(list(known.table.rows)), "scenario")
    everyone = "both" if count == 2 else f"all {count}"
    text = (
        f"{'Both' if count == 2 else f'All {count}'} implementations pass "
        f"{len(everywhere):,} of {total} in process. {len(same) or 'None'} of these "
        f"{'is' if len(same) < 2 else 'are'} identical in {everyone}, and "
        f"{len(nearly) or 'none'} {'differs' if len(nearly) < 2 else 'differ'} in "
        "header fields alone."
    )
    examples = [*same[:1], *nearly[:1]] or everywhere[:1]
    return Sentence(text, tuple(map(Place, examples)))


def busiest_layer(known: Known) -> Sentence | None:
    """Return which layer makes the most differences, if one of several does."""
    differences = known.run.differences
    count = Counter(d.layer for d in differences if d.layer)
    ranked = count.most_common(2)
    if len(ranked) < 2 or ranked[0][1] == ranked[1][1]:
        return None
    layer, most = ranked[0]
    here = [d for d in differences if d.layer == layer]
    scenarios = len({d.scenario for d in here})
    ((reason, _),) = Counter(d.reason for d in here).most_common(1)
    total = plural(len(list(known.table.rows)), "scenario")
    return Sentence(
        f"{layer} makes {most:,} of the {len(differences):,} differences, more than "
        f"any other layer, in {scenarios:,} of {total}{_because(reason)}",
        (DIFFERENCES,),
    )


def unsupported(known: Known) -> Sentence | None:
    """Return how much is unsupported, and what is given as the reason most often."""
    found = groups.reasons(known.table, "unsupported")
    if not found:
        return None
    count = known.table.count()
    cells = plural(sum(count.values()) - count["absent"], "exchange")
    many = count["unsupported"]
    text = f"{many:,} of {cells} {'is' if many == 1 else 'are'} unsupported."
    most = max(len(group.cells) for group in found)
    first, *others = (group for group in found if len(group.cells) == most)
    if first.reason and not others:
        layers = {d.reason: d.layer for d in known.run.differences if d.layer}
        layer = layers.get(first.reason)
        where = f", in the layer {layer}" if layer else ""
        one_of = f" most common reason{where} ({most:,} of them)"
        text += f" The{one_of if len(found) > 1 else f' reason{where}'}"
        text += _because(first.reason)
    return Sentence(text, (UNSUPPORTED,))


def three_waits(known: Known) -> Sentence | None:
    """Return how long three waits take one after the other, and all at once."""
    one = known.measured(measures.ELAPSED, measures.SEQUENTIAL)
    at_once = known.measured(measures.ELAPSED, measures.CONCURRENT)
    parts = []
    for interface, cells in _by_interface(known, one.keys() & at_once.keys()).items():
        slow = _middle([one[cell] for cell in cells])
        fast = _middle([at_once[cell] for cell in cells])
        parts.append(
            f"{slow} one after the other and {fast} all at once on {interface} "
            f"({_sample(len(cells))})"
        )
    if not parts:
        return None
    return Sentence(
        f"Three waits take {_and(parts)}.",
        (Place(measures.SEQUENTIAL), Place(measures.CONCURRENT)),
    )


WAITING = f"mock_api{measures.CROWD}"


def crowd(known: Known) -> Sentence | None:
    """Return how many requests run at a time, on how many threads, until when.

    Where a server took part, what our own drivers do is left out: they give each
    request of WSGI a thread, and no server does.
    """
    running, threads, ended = (
        _on_servers(known.measured(what, WAITING))
        for what in (measures.RUNNING, measures.THREADS, measures.ANSWERED)
    )
    sizes = [m.n for m in running.values()]
    cells = [
        cell
        for cell, m in running.items()
        if cell in threads and cell in ended and m.n == max(sizes)
    ]
    if len(cells) < 2:
        return None
    each = {cell: (running[cell].value, threads[cell].value) for cell in cells}
    ends = sorted(cells, key=lambda cell: ended[cell].value)
    first, last = (_middle([ended[cell]]) for cell in (ends[0], ends[-1]))
    return Sentence(
        f"Of {max(sizes)} requests that arrive at once and have to wait, "
        f"{_at_a_time(each)}. Time until all of them were answered: from {first} "
        f"({ends[0]}) to {last} ({ends[-1]}).",
        (Place(WAITING),),
    )


LEFT = "poll/client_leaves"


def client_left(known: Known) -> Sentence | None:
    """Return how long an application goes on when its client has left."""
    found = known.measured(measures.LATE, LEFT)
    late = {cell: m for cell, m in found.items() if m.host == IN_PROCESS}
    parts = []
    for interface, cells in _by_interface(known, late).items():
        order = sorted((late[cell] for cell in cells), key=lambda m: m.value)
        ends = [f"{_middle([m])} ({m.implementation})" for m in (order[0], order[-1])]
        parts.append(f"for {' to '.join(dict.fromkeys(ends))} on {interface}")
    if not parts:
        return None
    return Sentence(
        "When its client has left while it waits for an event, an application goes on "
        f"{_and(parts)}; in process, once each.",
        (Place(LEFT),),
    )


QUESTIONS: tuple[tuple[str, Callable[[Known], Sentence | None]], ...] = (
    ("How many scenarios are identical in all implementations?", alike),
    ("Which layer makes the most differences?", busiest_layer),
    ("What cannot be done, and why?", unsupported),
    ("What is gained by waiting for three things at once?", three_waits),
    ("How many requests run at a time, and how soon are all answered?", crowd),
    ("How long does an application go on when its client has left?", client_left),
)


def _and(parts: list[str]) -> str:
    return ", and ".join(parts)


def _because(reason: str) -> str:
    """End a sentence with a reason, where there is one; on one line, and not long."""
    flat = shorten(" ".join(reason.split()), 200)
    return f": {flat.rstrip('.')}." if flat else "."


def _sample(count: int) -> str:
    return f"medians of {count} measurements" if count > 1 else "one measurement each"


def _middle(found: list[Measurement]) -> str:
    value = median(m.value for m in found)
    return measures.number(value, found[0].unit)


def _by_interface(known: Known, cells: Iterable[str]) -> dict[str, list[str]]:
    """Sort cells by the interface of their implementation, as the run has them."""
    wanted = set(cells)
    found: dict[str, list[str]] = {}
    for column in known.table.columns:
        interface = known.interfaces.get(column.implementation)
        if interface and column.name in wanted:
            found.setdefault(interface, []).append(column.name)
    return dict(sorted(found.items()))


def _on_servers(found: dict[str, Measurement]) -> dict[str, Measurement]:
    served = {cell: m for cell, m in found.items() if m.host != IN_PROCESS}
    return served or found


def _at_a_time(each: dict[str, tuple[float, float]]) -> str:
    """Return the least and the most that run at a time, and on how many threads."""
    few, many = min(each.values()), max(each.values())

    def threads(pair: tuple[float, float]) -> str:
        names = tuple(cell for cell, its in each.items() if its == pair)
        return f"on {plural(round(pair[1]), 'thread')} ({groups.some(names, 1)})"

    if few == many:
        return f"{few[0]:g} run at a time, {threads(few)}"
    if few[0] == many[0]:
        return f"{few[0]:g} run at a time, {threads(few)} and {threads(many)}"
    return (
        f"as few as {few[0]:g} run at a time, {threads(few)}, and as many as "
        f"{many[0]:g}, {threads(many)}"
    )
