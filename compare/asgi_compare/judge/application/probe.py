"""An awkward but legal server, and what it plays.

A `Probe` is a row: it takes an exchange that the user asked for, such as `GET /x`, and
changes one thing about it that the specification leaves to the server or the client. It
leaves an optional key away, sends the body in pieces, or hangs up. `Server` says what
the server does otherwise; `changes` says how the client's exchange differs. All of it
is data, so that a table in the documentation can be made from the same rows.

What comes of it is a transcript, and the rules judge that. A probe may also compare: an
application that fails only where an optional key is absent has relied on that key. Such
a finding has the probe's own id in the place of a rule's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from asgi_compare.contract.scenario import (
    Conversation,
    Lifetime,
    Request,
    Scenario,
)
from asgi_compare.model.results import Level

Protocol = Literal["http", "websocket", "lifespan", "other", "wsgi"]
Compares = Literal["nothing", "failure", "status", "answer", "head"]
Body = Literal["as it is", "pieces", "bytes", "empty pieces", "only empty pieces"]


@dataclass(frozen=True, slots=True)
class Server:
    """What a server does otherwise than the plain one."""

    without: tuple[str, ...] = ()
    """Keys that are not in its scope or environ; `asgi.x` is a key of `asgi`."""
    sets: Mapping[str, Any] = field(default_factory=dict)
    """Keys of the scope or environ that have another value, or that are new."""
    extensions: tuple[str, ...] = ()
    """The extensions that it offers."""
    sparse: bool = False
    """It leaves keys away from events where their defaults will do."""
    adds: Mapping[str, Any] = field(default_factory=dict)
    """Keys that nobody knows, in every event."""
    waits: bool = False
    """Its `send` takes a moment each time."""
    gone_at: int = 0
    """The client has gone at this call of `send`, which raises an OSError."""
    silent: bool = False
    """An older server: its `send` does not raise for a client that has gone."""
    cancels_at: int = 0
    """It cancels the application in this call of `send`."""
    cancels_after: float = 0.0
    """It cancels the application after so many seconds, if that has not ended."""
    positional: bool = False
    """Its `start_response` has parameters of other names than the PEP's example."""
    short_reads: bool = False
    """Its `wsgi.input.read(n)` gives what is there, which may be less than `n`."""
    late: bool = False
    """Single calls of `send` and `receive` are late, as the seed has it."""
    another: bool = False
    """Another client asks for something else at the same time."""
    inherits: bool = False
    """It calls the application in the context that the request before it has left; over
    WSGI, on its thread."""
    adds_fields: bool = False
    """It adds to the list of fields that it was given, and asks once more."""
    repeats: bool = False
    """It puts the request again and again, and looks at what that leaves behind."""

    @property
    def cancels(self) -> bool:
        """Whether it cancels the application."""
        return bool(self.cancels_at or self.cancels_after)


PLAIN = Server()


@dataclass(frozen=True, slots=True)
class Probe:
    """One awkward but legal server or client."""

    id: str
    protocol: Protocol
    plays: str
    """One sentence: what the server or the client does."""
    quote: str
    """The sentence of the specification that allows it."""
    link: str
    server: Server = PLAIN
    changes: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the exchange that differ; `suffix` is added to its target."""
    body: Body = "as it is"
    """In which pieces the body arrives, if the exchange has one."""
    needs: Literal["", "body", "GET", "letter", "validator"] = ""
    """What the exchange must have for the probe to make sense: a letter in its path,
    for one, or a validator in the answer to it."""
    compares: Compares = "nothing"
    """`failure`: it must not fail where the plain exchange did not. `status`: nor be
    refused. `answer`: the answer must be the same. `head`: what its head says must be
    true of the answer to GET."""
    against: Mapping[str, Any] | None = None
    """What it is compared with: the plain exchange, or one with these changes."""
    level: Level = "should"
    """Of a finding of its own."""
    endless: bool = False
    """Played also with an application whose answer does not end."""


@dataclass(frozen=True, slots=True)
class Trial(Scenario):
    """A probe with an exchange, ready to be sent to where the application runs."""

    server: Server = PLAIN
    seed: int = 0

    @property
    def name(self) -> str:
        """The probe and what it was played with: `probe-http/head GET /x`."""
        return self.case


@dataclass(frozen=True, slots=True)
class Asked:
    """One exchange that the user wants to have checked."""

    label: str
    """Such as `GET /x` or `WebSocket /x`."""
    exchange: Request | Conversation
    words: tuple[str, ...]
    """What to write on the command line to ask for it."""
    wanted: bool = True
    """Asked for by name; False for what is tried if nothing is."""


LIFESPAN_STARTS = "probe-lifespan/start"
LIFESPAN_STOPS = "probe-lifespan/whole"
UNKNOWN_TYPE = "probe-other/unknown-scope-type"
"""The probes that are played in a way of their own."""
LEAVES_INSIDE = "probe-http/client-leaves-while-sending"
LEAVES_INSIDE_WSGI = "probe-wsgi/client-leaves-while-sending"
"""Those whose answers are looked at in a way of their own."""

NO_FILE = "The file of a zero-copy send is no file of the operating system."
"""A note in the transcript, for the object itself stays in the child."""

UNASKED = Asked("lifespan", Request(), ())
"""Stands where no exchange of the user's is played."""

Exchange = Request | Conversation | Lifetime
