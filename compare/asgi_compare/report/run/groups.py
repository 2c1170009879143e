"""Many cells that say the same thing, said once.

One middleware adds one header field to a hundred responses. That is one thing to learn,
so the reports show it as one line with a count and an example. The same goes for
failures, and for what is unsupported.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from asgi_compare.model.results import Difference, Run
from asgi_compare.report.run.view import Cell, Matrix


@dataclass(frozen=True, slots=True)
class DifferenceGroup:
    """All differences that have the same reason, layer and source.

    Where nothing is known of the reason, the aspect is all that they have in common.
    """

    aspects: tuple[str, ...]
    known: bool
    reason: str
    layer: str
    source: str
    count: int
    scenarios: tuple[str, ...]
    where: tuple[str, ...]
    """The implementations and hosts that differ from the baseline, in short."""
    example: Difference


@dataclass(frozen=True, slots=True)
class ReasonGroup:
    """All cells with the same verdict for the same reason."""

    kind: str
    reason: str
    cells: tuple[Cell, ...]
    where: tuple[str, ...]
    """The implementations and hosts, in short."""

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The scenarios, each once."""
        return tuple(dict.fromkeys(cell.scenario for cell in self.cells))


def differences(run: Run) -> list[DifferenceGroup]:
    """Group the differences of `run`: first those without an explanation."""
    found: dict[Hashable, list[Difference]] = {}
    for entry in run.differences:
        what = "" if entry.known else entry.what
        key = (entry.known, what, entry.reason, entry.layer, entry.source)
        found.setdefault(key, []).append(entry)
    columns = [f"{v.implementation}@{v.host}" for v in run.verdicts]
    groups = [_group(members, columns) for members in found.values()]
    return sorted(groups, key=lambda group: (group.known, group.layer, -group.count))


def reasons(table: Matrix, *kinds: str) -> list[ReasonGroup]:
    """Group the cells of these marks by their reason."""
    found: dict[tuple[str, str], list[Cell]] = {}
    for cell in table.cells:
        if cell.mark.kind in kinds:
            found.setdefault((cell.mark.kind, cell.reason), []).append(cell)
    columns = [column.name for column in table.columns]
    groups = [
        ReasonGroup(
            *key, tuple(cells), in_short((c.column.name for c in cells), columns)
        )
        for key, cells in found.items()
    ]
    return sorted(groups, key=lambda group: kinds.index(group.kind))


def in_short(names: Iterable[str], all_names: Iterable[str] = ()) -> tuple[str, ...]:
    """Name many cells with few words: `django-wsgi@uvicorn,hypercorn`.

    An implementation that is there with all its hosts is named alone; a host that is
    there with all its implementations is named as `all on uvicorn`.
    """
    found = list(dict.fromkeys(names))
    everything = list(dict.fromkeys(all_names))
    if len(everything) > 1 and set(found) >= set(everything):
        return ("everywhere",)
    by_host, whole_hosts = _by(found, -1), _by(everything, -1)
    full = [
        host
        for host, members in by_host.items()
        if len(members) > 1 and members == whole_hosts.get(host)
    ]
    shown = [f"all on {', '.join(full)}"] if full else []
    rest = [name for name in found if name.rpartition("@")[-1] not in full]
    whole = _by(everything, 0)
    for implementation, members in _by(rest, 0).items():
        hosts = ",".join(name.rpartition("@")[-1] for name in members)
        alone = members == whole.get(implementation)
        shown.append(implementation if alone else f"{implementation}@{hosts}")
    return tuple(shown)


def _by(names: Iterable[str], side: int) -> dict[str, list[str]]:
    """Sort names of cells by their implementation (0) or their host (-1)."""
    members: dict[str, list[str]] = {}
    for name in names:
        members.setdefault(name.rpartition("@")[side], []).append(name)
    return members


def some(names: tuple[str, ...], limit: int = 3) -> str:
    """Name a few, and say how many more there are."""
    shown = ", ".join(names[:limit])
    rest = len(names) - limit
    return f"{shown} and {rest} more" if rest > 0 else shown


def _group(members: list[Difference], columns: list[str]) -> DifferenceGroup:
    first = members[0]
    return DifferenceGroup(
        tuple(dict.fromkeys(entry.what for entry in members)),
        first.known,
        first.reason,
        first.layer,
        first.source,
        len(members),
        tuple(dict.fromkeys(entry.scenario for entry in members)),
        in_short((entry.between[1] for entry in members), columns),
        first,
    )
