"""What clients and the server of the editor say to each other.

A connection is to one document. Each message is a JSON object with a `type`, but those
of the other engine (`relay.py`), which are the bytes of Yjs. A client says edit, cursor
and beat; the server says text, missed, accepted, cursor, left and refused.

    < {"type": "text", "revision": 12, "text": "Have cup", "cursors": {"bob": 3}}
    > {"type": "edit", "id": "ann-1", "revision": 12, "operation": [5, "tea", -3]}
    < {"type": "accepted", "id": "ann-1", "revision": 13, "operation": [5, "tea", -3]}
    > {"type": "cursor", "revision": 13, "position": 8}
    < {"type": "cursor", "user": "ann", "position": 8}

A client that comes back says as `since` the revision that it has, and hears what it
missed; then it sends again what nobody has confirmed, under the same id. A cursor is
where it is in the text of all that its hearer has been sent.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from asgi_compare.domain.systems import untrusted
from asgi_compare.domain.systems.editor.document import EDIT, Accepted, Document, Edit
from asgi_compare.domain.systems.editor.operation import Operation
from asgi_compare.domain.systems.rate import Rate
from asgi_compare.domain.systems.untrusted import Refused

RATE = Rate(per_second=20, burst=60)
"""Of messages of a user, over all connections."""
NAME = untrusted.name("[a-z0-9][a-z0-9-]{0,31}")


@dataclass(frozen=True)
class Limits:
    """How much of everything the editor allows. Times are in seconds."""

    frame_bytes: int = 65_536
    text_characters: int = 100_000
    operations_kept: int = 1_000
    rate: Rate = RATE
    connections_of_a_user: int = 5
    connections_of_a_document: int = 100
    documents: int = 1_000
    silence: float = 2.5
    """Who says nothing for so long, not even a beat, has left."""
    shared_bytes: int = 1 << 20
    """Of a document of the other engine, with all that was ever deleted in it."""


@dataclass(frozen=True)
class Cursor:
    """Where a client's cursor is, in the text of a revision."""

    revision: int
    position: int


@dataclass(frozen=True)
class Beat:
    """Be there still."""


CURSOR = {"revision": untrusted.number(), "position": untrusted.number()}
TYPES = ("edit", "cursor", "beat")


def parse(received: str | bytes, limits: Limits) -> Edit | Cursor | Beat | Refused:
    """Read what a client says."""
    message = untrusted.read_object(received, limits.frame_bytes)
    if isinstance(message, Refused):
        return message
    kind = message.get("type")
    if kind == "beat":
        return Beat()
    if kind not in TYPES:
        return Refused(
            "unknown-type",
            f"Expected one of {', '.join(TYPES)} as 'type', "
            f"but got {untrusted.excerpt(kind)}.",
        )
    found = untrusted.read_fields(message, EDIT if kind == "edit" else CURSOR)
    if isinstance(found, Refused):
        return found
    if kind == "cursor":
        return Cursor(**found)  # type: ignore[arg-type]
    found["operation"] = Operation.of(found["operation"])  # type: ignore[arg-type]
    return Edit(**found)  # type: ignore[arg-type]


def since(value: str) -> int | None:
    """Read the revision that a client has; None if it has none that could be ours."""
    return (
        int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None
    )


def text(document: Document, cursors: Mapping[str, int]) -> str:
    """Return all of a document, for who has nothing of it."""
    return _json(
        type="text",
        revision=document.revision,
        text=document.text,
        cursors=dict(cursors),
    )


def missed(operations: Iterable[Accepted], cursors: Mapping[str, int]) -> str:
    """Return what came after a revision, for who was away."""
    rows = [
        {"id": each.id, "revision": each.revision, "operation": each.operation.steps}
        for each in operations
    ]
    return _json(type="missed", operations=rows, cursors=dict(cursors))


def cursor(user: str, position: int) -> str:
    """Return where somebody's cursor is."""
    return _json(type="cursor", user=user, position=position)


def left(user: str) -> str:
    """Return that somebody has gone, with the last connection."""
    return _json(type="left", user=user)


def refused(why: Refused, id: str = "") -> str:
    """Return why something was not done; for an edit, with its id."""
    return _json(type="refused", code=why.code, sentence=why.sentence, id=id)


def _json(**content: object) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
