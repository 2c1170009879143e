"""Documents of several processes: what is said to the broker, and what it says.

The broker orders, and does not understand what it orders: it takes an operation if its
revision is the next one. Who was too late is given those before, transforms by them,
and tries again. Every process does all operations in that order to its own copy.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from asgi_compare.domain.systems.broker import Entry
from asgi_compare.domain.systems.editor.document import Accepted
from asgi_compare.domain.systems.editor.operation import Operation
from asgi_compare.domain.systems.editor.protocol import Limits
from asgi_compare.domain.systems.untrusted import Refused

SCRIPT = Path(__file__).with_name("documents.lua").read_text("utf-8")
PREFIX = "asgi-compare:editor"
FEED = f"{PREFIX}:feed"
TICK = 0.2
"""Seconds between two looks at what is due."""
PATIENCE = 5.0
"""Seconds that a newcomer waits for the broker."""
ATTEMPTS = 50
"""How often others may be faster before an edit is given up."""

SERVICE_RESTART = 1012
SILENT = 4408
"""Close codes: of the IANA registry, and one of ours after 408, "Request Timeout"."""

AWAY = Refused("unavailable", "The editor is away for a moment; send it again.")
BUSY = Refused("busy", "Others are faster all the time; send it again.")


def append_arguments(
    name: str, accepted: Accepted, text: str, limits: Limits
) -> tuple[str, ...]:
    """Return the arguments of the script that puts an operation in order."""
    operation = json.dumps(accepted.operation.steps, ensure_ascii=False)
    kept = str(limits.operations_kept)
    return ("append", name, str(accepted.revision), accepted.id, operation, text, kept)


def operations(answer: Sequence[Any]) -> tuple[Accepted, ...]:
    """Read the operations of an answer."""
    return tuple(
        _accepted(id, revision.partition("-")[0], operation)
        for revision, _, id, _, operation in answer[4]
    )


def loaded(answer: Sequence[Any]) -> tuple[str, int, tuple[Accepted, ...]]:
    """Read a document: its text, its revision, and its log."""
    return str(answer[2]), int(answer[3]), operations(answer)


def heard(entry: Entry) -> Accepted:
    """Read an operation of the feed."""
    _, fields = entry
    return _accepted(fields["id"], fields["revision"], fields["operation"])


def _accepted(id: str, revision: str, operation: str) -> Accepted:
    return Accepted(id, int(revision), Operation.of(json.loads(operation)))
