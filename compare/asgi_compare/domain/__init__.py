"""What the application knows, whatever interface or framework it is written for.

Plain Python: no I/O, no framework, nothing of ASGI or WSGI. All applications import
it, so that they differ only at their edges, which is what they are compared for.

For the endpoints; they may be called from any thread:

    board.py      topics, with those who wait for the next event of one
    gauge.py      how many are in a place at the same time
    ledger.py     what happened to a piece of work, line by line
    work.py       a fixed amount of arithmetic
    sample.txt    the file that `file` serves

For the systems; the time is an argument, and threads that share an object lock it:

    chat/         rooms, numbered messages, presence, limits
    dashboard.py  figures with a version, a snapshot, and changes since
    editor/       operational transformation: operations, server, client, undo
    notices/      deliveries by several channels, the outbox, signed web hooks
    gateway.py    deadline, circuit breaker, retries, header fields, merged answers
    tokens.py     who may open a WebSocket: a signed token, and the Origin
    backlog.py    what waits for a slow reader, with a bound
    rate.py       the token bucket
    seen.py       what has come before
    sse.py        the text of server-sent events
    untrusted.py  JSON that somebody else wrote
    pages/        the pages of the systems, which each implementation serves itself
"""

from pathlib import Path

from asgi_compare.domain.board import Board
from asgi_compare.domain.gauge import Gauge
from asgi_compare.domain.ledger import Ledger
from asgi_compare.domain.work import arithmetic

SAMPLE = Path(__file__).with_name("sample.txt")
"""The file that `file` serves."""

__all__ = ["SAMPLE", "Board", "Gauge", "Ledger", "arithmetic"]
