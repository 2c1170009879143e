"""What differs between two columns, and what each difference is explained by.

A column is an implementation, on a server or in process. Two of them differ by what
either implementation or either server does: so it may be a row about any of these
cells that explains a difference.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from asgi_compare.dashboard.subjects import Subject
from asgi_compare.judge.comparison.diff import compare, explanation
from asgi_compare.judge.comparison.known_differences import KNOWN
from asgi_compare.model.results import IN_PROCESS
from asgi_compare.model.sanitize import clean
from asgi_compare.model.transcript import Transcript

Column = tuple[Subject, Transcript]


def differences(scenario: str, first: Column, other: Column) -> list[dict[str, Any]]:
    """Return each aspect in which the other column is not as the first."""
    (one, left), (two, right) = first, other
    on_wire = "wire" in (left.interface, right.interface)
    cells = [
        (subject.implementation, host)
        for subject in (two, one)
        for host in (IN_PROCESS, *([subject.server] if on_wire else []))
    ]
    return [
        {
            "what": clean(what),
            "values": [clean(value) for value in values],
            **_explained(scenario, cells, what),
        }
        for what, values in compare(left, right)
        if what != "threads"  # to look for hops is to see more threads
    ]


def _explained(
    scenario: str, cells: Iterable[tuple[str, str]], what: str
) -> dict[str, Any]:
    for implementation, host in cells:
        if row := explanation(KNOWN, scenario, implementation, host, what):
            return {"known": True, "reason": row.why, "layer": row.layer}
    return {"known": False, "reason": "", "layer": ""}
