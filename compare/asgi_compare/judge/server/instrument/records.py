"""What the instrumented application writes down, and how it tells it.

`Record` is one call. Records are kept in memory, by the number of the case, and only
those of the last `KEPT` numbers: a server that is asked for days does not grow.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from asgi_compare.judge.server.acts import ANSWER, Act
from asgi_compare.judge.server.chapters import SCRIPTS
from asgi_compare.model.serialization.values import value_to_json
from asgi_compare.model.transcript import Excerpt

SEEN = "/.asgi-compare-seen/"
BUSY = "busy~0"
"""The mark at which a process does nothing else for a while: so others show."""
BUSY_FOR = 0.1
MARK = re.compile(r"wire/([a-z0-9.-]+)~([0-9a-z]+)")
KEPT = 400
"""Numbers of cases whose calls are kept."""
KEPT_CALLS = 50
"""Calls that are kept of one case."""
LARGE = 1 << 13
"""A body above this is kept as its beginning, its length and its digest."""


@dataclass(slots=True)
class Record:
    """What is written down of one call."""

    scope: dict[str, Any]
    """As JSON; see `asgi_compare.model.serialization.values`."""
    wsgi: bool
    events: list[tuple[str, Any, str, float]] = field(default_factory=list)
    ended: str = ""

    def to_json(self) -> dict[str, Any]:
        """Write it so that `Call` can be made of it."""
        events = [[d, value_to_json(e), x, s] for d, e, x, s in list(self.events)]
        return {
            "scope": self.scope,
            "events": events,
            "ended": self.ended,
            "wsgi": self.wsgi,
            "pid": os.getpid(),
        }


_kept: OrderedDict[str, list[Record]] = OrderedDict()
_lock = threading.Lock()


def write_down(mark: str, scope: Mapping[str, Any], *, wsgi: bool) -> Record:
    """Begin the record of a call."""
    # Written at once: the application and the server may change what is in it.
    record = Record({k: value_to_json(v) for k, v in scope.items()}, wsgi)
    with _lock:
        calls = _kept.setdefault(mark, [])
        del calls[KEPT_CALLS - 1 :]
        calls.append(record)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return record


def told(path: str) -> bytes:
    """Tell who we are, and all calls of the case whose number is in the path."""
    mark = path.removeprefix(SEEN)
    if mark == BUSY:
        time.sleep(BUSY_FOR)  # in the event loop, which is what is wanted
    with _lock:
        calls = list(_kept.get(mark, ()))
    told = {"pid": os.getpid(), "calls": [record.to_json() for record in calls]}
    return json.dumps(told).encode()


def which(texts: Iterable[str]) -> tuple[str, tuple[Act, ...]]:
    """Find the case in one of the texts: its name and number, and its script."""
    for text in texts:
        if found := MARK.search(text):
            return f"{found[1]}~{found[2]}", SCRIPTS.get(found[1], ANSWER)
    return "", ANSWER


def small(event: Any) -> Any:
    """Return an event without what is large in it."""
    if not isinstance(event, Mapping):
        return event
    return {
        key: small_bytes(value) if isinstance(value, bytes) else value
        for key, value in event.items()
    }


def named(error: BaseException) -> str:
    """Name an exception, with what it says and the classes it comes from."""
    bases = [each.__name__ for each in type(error).__mro__[1:-2]]
    return f"{type(error).__name__}: {error} [{', '.join(bases)}]"


def small_bytes(data: bytes) -> bytes | Excerpt:
    """Keep a payload, or what is needed to tell it from another."""
    return Excerpt.of(data) if len(data) > LARGE else data
