"""The ladder of layers on a terminal, or in a pipe.

The headline comes first, then the sheets of `view.py`. On a terminal the headline comes
once more at the end, because there the reader is. A sheet of numbers that is too wide
is set in several parts, each with the names of the rungs: a number that is cut off
would be another number.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from asgi_compare.measure.ladder.costs import LadderResult
from asgi_compare.model.sanitize import clean
from asgi_compare.report.ladder import view
from asgi_compare.report.ladder.headline import headline
from asgi_compare.report.ladder.sheet import Sheet

PADDING = 1
GAP = PADDING + 1
"""Between two columns: the padding, and the line that there is under the headings."""
EDGE = 2
"""What the outline of a table takes."""


def render(result: LadderResult, out: Console, sort: str = "") -> None:
    """Print everything."""
    _headline(result, out)
    for sheet in [*view.sheets(result, sort), *view.word_sheets(result)]:
        out.print(f"\n{sheet.title}", style="bold")
        for part in parts(sheet, out.width):
            out.print(_table(part, out.width))
        out.print(sheet.note, style="dim")
    out.print(f"\n{view.place(result)}")
    for line in view.quality(result):
        out.print(line)
    for cells, why in view.unsupported(result):
        out.print(f"Not measured: {clean(cells)}. {clean(why)}")
    if out.is_terminal:
        out.print()
        _headline(result, out)
    if result.interrupted:
        out.print("Interrupted: this is what was measured until then.")


def _headline(result: LadderResult, out: Console) -> None:
    for sentence in headline(result):
        out.print(clean(sentence))


def parts(sheet: Sheet, width: int) -> Iterator[Sheet]:
    """Divide a sheet of numbers into such as are no wider than the terminal."""
    widths = [_width(sheet, position) for position in range(len(sheet.headings))]
    taken: list[int] = []
    room = free = width - EDGE - widths[0]
    for position in range(1, len(widths)):
        if taken and widths[position] > room and not sheet.is_of_words:
            yield sheet.of_columns(taken)
            taken, room = [], free
        taken.append(position)
        room -= widths[position]
    yield sheet.of_columns(taken)


def _width(sheet: Sheet, position: int) -> int:
    """Return how wide a column has to be: headings may be broken, numbers may not."""
    words = sheet.headings[position].split()
    cells = (row[position] for row in sheet.rows)
    return max(len(each) for each in (*words, *cells)) + GAP


def _table(sheet: Sheet, width: int) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, PADDING, 0, 0))
    words = sheet.is_of_words
    # Headings are broken by us: to make room, rich would cut into words as well.
    needed = sum(
        max(len(each[n]) for each in (sheet.headings, *sheet.rows)) + GAP
        for n in range(len(sheet.headings))
    )
    between = "\n" if needed > width and not words else " "
    for position, heading in enumerate(sheet.headings):
        heading = heading.replace(" ", between)
        if position == 0:
            # A name is one word to whoever searches for it, so it is not broken.
            table.add_column(heading, no_wrap=True, overflow="ignore")
        else:
            table.add_column(heading, justify="left" if words else "right")
    for row in sheet.rows:
        table.add_row(*(Text(clean(cell)) for cell in row))
    return table
