"""STAGE 5: the ladder of layers on a terminal.

The sheets of `adds_view.py`, one after the other. This module does not know where the
numbers come from.
"""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from compare.layers.costs import Adds
from compare.report import adds_view
from compare.report.adds_view import Sheet
from compare.text import clean


def render(adds: Adds, out: Console, sort: str = "") -> None:
    """Print everything."""
    where = adds_view.place(adds)
    found = (
        adds_view.rung_sheet(adds),
        *adds_view.sheets(adds, sort),
        adds_view.claim_sheet(adds),
    )
    for sheet in found:
        if sheet.rows:
            out.print(f"\n{sheet.title}", style="bold")
            out.print(_table(sheet))
            out.print(f"{sheet.note}\n{where}", style="dim")
    out.print()
    for line in adds_view.quality(adds):
        out.print(line)
    for cells, why in adds_view.unsupported(adds):
        out.print(f"Not measured: {clean(cells)}. {clean(why)}")
    if adds.interrupted:
        out.print("Interrupted: this is what was measured until then.")


def _table(sheet: Sheet) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    words = sheet.name in ("rungs", "claims")
    for position, heading in enumerate(sheet.headings):
        if position == 0:
            table.add_column(heading, no_wrap=not words or sheet.name == "rungs")
        else:
            table.add_column(heading, justify="left" if words else "right")
    for row in sheet.rows:
        table.add_row(*(Text(clean(cell)) for cell in row))
    return table
