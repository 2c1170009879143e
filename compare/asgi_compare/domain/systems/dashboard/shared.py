"""Boards of several processes: what is said to the broker, and what it says.

Each process has its own copy of the boards that are read there, with versions of its
own. One report after the other comes by the broker's feed; what was reported before is
asked for at the start. Positions, the ids in the feed, make the order of the two
harmless (`Boards.set`). Who comes back to another process gets a snapshot.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from asgi_compare.domain.systems.broker import Entry
from asgi_compare.domain.systems.chat.shared import position
from asgi_compare.domain.systems.dashboard.boards import (
    Limits,
    Report,
    too_many_figures,
)
from asgi_compare.domain.systems.untrusted import Refused

SCRIPT = Path(__file__).with_name("boards.lua").read_text("utf-8")
PREFIX = "asgi-compare:dashboard"
FEED = f"{PREFIX}:feed"

AWAY = Refused("unavailable", "The dashboard is away for a moment; try again.")


def report_arguments(report: Report, limits: Limits) -> tuple[str, ...]:
    """Return the arguments of the script for a report."""
    allowed = (str(limits.figures_of_a_board), str(limits.boards))
    pairs = [(name, json.dumps(value)) for name, value in report.figures.items()]
    flat = (each for pair in pairs for each in pair)
    figures = json.dumps(dict(report.figures))
    return ("report", report.board, figures, *allowed, *flat)


def report_refused(answer: Sequence[Any], limits: Limits) -> Refused | None:
    """Read what has come of a report."""
    return too_many_figures(limits) if answer[0] else None


def loaded(answer: Sequence[Any]) -> tuple[int, dict[str, float]]:
    """Read figures that were asked for, and the position they are of."""
    _, newest, flat = answer
    pairs = zip(flat[::2], flat[1::2], strict=True)
    return position(newest), {name: json.loads(value) for name, value in pairs}


def heard(entry: Entry) -> tuple[int, Report]:
    """Read one entry of the feed, and its position."""
    id, fields = entry
    return position(id), Report(fields["board"], json.loads(fields["figures"]))
