"""What cannot be seen in a response: signals, log records, warnings and mail.

They are kept from start-up on, and `GET /lab/seen` tells. `begin` is called once.
"""

from __future__ import annotations

import logging
import warnings
from collections import Counter
from typing import Any

from django.core import mail
from django.core.signals import got_request_exception, request_finished, request_started

SIGNALS: Counter[str] = Counter()
RECORDS: list[str] = []
"""Each log record of Django's as `logger LEVEL message`, the newest last."""
WARNINGS: list[str] = []
"""What was warned of, the newest last."""
KEPT = 100
"""Records and warnings kept; a benchmark may make millions."""

_NAMED = {
    "request_started": request_started,
    "request_finished": request_finished,
    "got_request_exception": got_request_exception,
}


class Keeper(logging.Handler):
    """Keep what is logged."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record down."""
        RECORDS.append(f"{record.name} {record.levelname} {record.getMessage()}")
        del RECORDS[:-KEPT]


def begin() -> None:
    """Look on from now on; log records come by the setting LOGGING."""
    warnings.simplefilter("always")
    warnings.showwarning = _keep_warning
    for name, signal in _NAMED.items():
        signal.connect(_counter(name), weak=False, dispatch_uid=f"lab {name}")


def _counter(name: str) -> Any:
    def count(**_: object) -> None:
        SIGNALS[name] += 1

    return count


def _keep_warning(message: Warning | str, *_: object, **__: object) -> None:
    WARNINGS.append(str(message))
    del WARNINGS[:-KEPT]


def seen() -> dict[str, object]:
    """Return everything that was seen since this was asked last, and forget it."""
    outbox = getattr(mail, "outbox", [])  # there since the first mail was sent
    told: dict[str, object] = {
        "signals": dict(sorted(SIGNALS.items())),
        "records": list(RECORDS),
        "mails": [message.subject for message in outbox],
        "warnings": list(WARNINGS),
    }
    for each in (SIGNALS, RECORDS, WARNINGS, outbox):
        each.clear()
    return told
