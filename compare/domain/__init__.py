"""What the application knows, whatever interface or framework it is written for.

Plain Python: no I/O, no framework, nothing of ASGI or WSGI. All applications import
it, so that they differ only at their edges, which is what they are compared for.
Everything here may be called from any thread.

    board.py    topics, with those who wait for the next event of one
    gauge.py    how many are in a place at the same time
    ledger.py   what happened to a piece of work, line by line
    work.py     a fixed amount of arithmetic
    sample.txt  the file that `file` serves
"""

from pathlib import Path

from compare.domain.board import Board
from compare.domain.gauge import Gauge
from compare.domain.ledger import Ledger
from compare.domain.work import arithmetic

SAMPLE = Path(__file__).with_name("sample.txt")
"""The file that `file` serves."""

__all__ = ["SAMPLE", "Board", "Gauge", "Ledger", "arithmetic"]
