"""Figures that change, and those who watch them.

figures.py  figures with a version: a snapshot, and the changes since
boards.py   all boards of one process: reports, readers, limits
shared.py   boards that several processes have in common; boards.lua, for the broker
hub.py      what an event loop does with all this; threads.py, what threads do
"""

from asgi_compare.domain.systems.dashboard.boards import Boards, Limits, Report
from asgi_compare.domain.systems.dashboard.figures import (
    Change,
    Figures,
    Fit,
    Position,
    Snapshot,
    fits,
    format_event,
    parse_last_event_id,
    to_json,
)

__all__ = [
    "Boards",
    "Change",
    "Figures",
    "Fit",
    "Limits",
    "Position",
    "Report",
    "Snapshot",
    "fits",
    "format_event",
    "parse_last_event_id",
    "to_json",
]
