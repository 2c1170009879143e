"""One text that many edit at once, by operational transformation.

    operation.py  what an edit is, and how two of them go together
    document.py   the server: puts operations in order
    client.py     a client: shows its own edits at once, and joins the order later
    undo.py       takes back one's own edits, and nobody else's

    protocol.py   what clients and server say to each other, and its JSON
    desk.py       the documents of one process, and who has them open
    shared.py     documents of several processes; documents.lua, for the broker
    hub.py        what an event loop does with all this; threads.py, what threads do
    relay.py      the other engine: documents of Yjs, which need no order
    entrance.py   what an address asks for

The idea. Everybody types at once and sees the own edit immediately, so two replicas
differ for a moment. The server puts the operations in one order, and gives each a
number, its revision. Whoever meets an operation that was made for another text than the
one at hand *transforms* it: moves its positions by what the other has inserted and
deleted. When everything has arrived, all have the same text.

The operations are those of ot.js, so its browser client speaks to this server.
"""

from asgi_compare.domain.systems.editor.client import Client
from asgi_compare.domain.systems.editor.document import (
    Accepted,
    Document,
    Edit,
    parse_edit,
    to_json,
)
from asgi_compare.domain.systems.editor.operation import (
    Operation,
    apply,
    compose,
    invert,
    move_position,
    transform,
)
from asgi_compare.domain.systems.editor.undo import UndoStack

__all__ = [
    "Accepted",
    "Client",
    "Document",
    "Edit",
    "Operation",
    "UndoStack",
    "apply",
    "compose",
    "invert",
    "move_position",
    "parse_edit",
    "to_json",
    "transform",
]
