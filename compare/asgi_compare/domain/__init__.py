"""What the application knows, whatever interface or framework it is written for.

Plain Python: no I/O, no framework, nothing of ASGI or WSGI. All applications import
it, so that they differ only at their edges, which is what they are compared for.

For the endpoints; they may be called from any thread:

    board.py      topics, with those who wait for the next event of one
    gauge.py      how many are in a place at the same time
    ledger.py     what happened to a piece of work, line by line
    work.py       a fixed amount of arithmetic
    accounts/     money: what is asked for, what is refused, what an error means
    jobs/         work that outlives its request: states, retries, idempotency
    caching.py    for whom an answer may be kept
    sample.txt    the file that `file` serves
    systems/      the rules of the chat, the editor, the gateway, and so on
"""

from pathlib import Path

from asgi_compare.domain.board import Board
from asgi_compare.domain.gauge import Gauge
from asgi_compare.domain.ledger import Ledger
from asgi_compare.domain.work import arithmetic

SAMPLE = Path(__file__).with_name("sample.txt")
"""The file that `file` serves."""

__all__ = ["SAMPLE", "Board", "Gauge", "Ledger", "arithmetic"]
