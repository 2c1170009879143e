"""What both ends do, and what must come of it.

A `Case` is one conversation with a server on a socket. Its *steps* are what the client
does, byte by byte. Its *script* is what the application does that the server runs: the
instrumented application (`asgi_compare.judge.server.instrument`) looks it
up by the name of the case, plays it, and writes down what it sees. So both ends of a
case stand side by side in one record, and whoever reads it can play it by hand.

`<case>` in the bytes of a step becomes the name of the case and a number that is drawn
anew for each attempt; it is in the path, or in a field `x-case`, and by it the
application knows which case a request belongs to. `<host>` becomes the host and port,
and `<length>` or `<hex>` the length of what is between `<body>` and `</body>`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from asgi_compare.drive.servers.command_lines import Transport
from asgi_compare.judge.server.acts import ANSWER, ASGI_ACTS, WSGI_ACTS, Act
from asgi_compare.judge.server.observed import Observed
from asgi_compare.model.transcript import INTERFACES, Interface

Level = Literal["must", "should", "may", "unclear"]
"""`may` is only reported. `unclear`: the text and the servers do not agree."""
VerdictKind = Literal[
    "pass", "warn", "fail", "unsupported", "crash", "timeout", "flaky"
]
PATIENCE = 2.0
"""Seconds that the client waits for an answer before it says that there is none."""


@dataclass(frozen=True, slots=True)
class Say:
    """Send these bytes."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Drip:
    """Send these bytes one at a time."""

    data: bytes
    pause: float = 0.005


@dataclass(frozen=True, slots=True)
class Hear:
    """Wait until that many answers are whole, or the connection ends."""

    answers: int = 1
    limit: float = PATIENCE


@dataclass(frozen=True, slots=True)
class HearBytes:
    """Wait until these bytes have come, or the connection ends."""

    data: bytes
    limit: float = PATIENCE


@dataclass(frozen=True, slots=True)
class HearFrames:
    """Wait until that many WebSocket frames have come, or the connection ends."""

    frames: int
    limit: float = PATIENCE


@dataclass(frozen=True, slots=True)
class HearEnd:
    """Wait until the server ends the connection."""

    limit: float = PATIENCE


@dataclass(frozen=True, slots=True)
class Await:
    """Wait until the application has seen or done this (see `Call.milestones`)."""

    milestone: str
    limit: float = PATIENCE


@dataclass(frozen=True, slots=True)
class Pause:
    """Do nothing for a while: the point of the case is that nothing happens."""

    seconds: float


@dataclass(frozen=True, slots=True)
class StopReading:
    """Leave what the server sends in the buffers of the system."""


@dataclass(frozen=True, slots=True)
class ReadOn:
    """Read again, and all that was left."""


@dataclass(frozen=True, slots=True)
class HalfClose:
    """Say that nothing more will be said, but go on listening."""


@dataclass(frozen=True, slots=True)
class Leave:
    """End the connection: in good order, or by a reset as if the client had died."""

    reset: bool = False
    notify: bool = True
    """Over TLS: say so by `close_notify` first; else only the TCP connection ends."""


@dataclass(frozen=True, slots=True)
class Connect:
    """Leave the connection there is, and open another one."""


Step = (
    Say
    | Drip
    | Hear
    | HearBytes
    | HearFrames
    | HearEnd
    | Await
    | Pause
    | StopReading
    | ReadOn
    | HalfClose
    | Leave
    | Connect
)


@dataclass(frozen=True, slots=True)
class Stream:
    """One request on an HTTP/2 connection; all of them are open at the same time."""

    headers: tuple[tuple[bytes, bytes], ...]
    body: tuple[bytes, ...] = ()
    trailers: tuple[tuple[bytes, bytes], ...] = ()
    tunnel: tuple[bytes, ...] = ()
    """With extended CONNECT (RFC 8441): WebSocket frames. The first is sent when the
    server has agreed, and each of the others when one has come back."""


@dataclass(frozen=True, slots=True)
class Tls:
    """How the client speaks TLS, in what is not left to the `ssl` module."""

    shows: Literal["", "client", "stranger"] = ""
    """The certificate that it shows if it is asked for one."""
    protocols: tuple[str, ...] = ()
    """What it offers by ALPN."""
    version: Literal["", "1.2", "1.3"] = ""
    plain: bool = False
    """It does not speak it: the bytes go as they are."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a case did not go as the sentence asks."""

    sentence: str
    kind: Literal["fail", "warn", "timeout", "unsupported"] = "fail"


Check = Callable[[Observed], Problem | None]
"""Looks at what came over the wire and what the application saw. Never acts."""


Report = Callable[[Observed], str]
"""Gives the number or the choice that a case reports."""


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence of a specification, and where it stands."""

    section: str
    link: str
    quote: str


@dataclass(frozen=True, slots=True)
class Case:
    """One conversation with a server, and what must come of it."""

    name: str
    """In words; the id is `wire/` and the name."""
    level: Level
    shows: str
    """What a server does that passes; one sentence."""
    text: Text
    steps: tuple[Step, ...] = ()
    checks: tuple[Check, ...] = ()
    """All must hold; the first that does not gives the sentence of the verdict."""
    script: tuple[Act, ...] = ANSWER
    methods: tuple[str, ...] = ()
    """The methods of the requests, where they are not all GET: HEAD has no body."""
    report: Report | None = None
    interfaces: tuple[Interface, ...] = INTERFACES
    needs: str = ""
    """`websocket`, `http2`, or the name of an extension that must be offered."""
    danger: bool = False
    """Could hurt a server that others use: on loopback only."""
    streams: tuple[Stream, ...] = ()
    """On HTTP/2, in place of steps."""
    life: str = ""
    """The case needs a server of its own; the name of its play in `lifecycle.py`."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """With `life`: what the lifespan of the application is told to do."""
    own_server: bool = False
    """What the application does may leave a server that serves no other case as it
    should: it is played on a process that no other case is played on."""
    transport: Transport = "tcp"
    """Where the server has to listen; another one than `tcp` is started for these."""
    tls: Tls = Tls()
    """With `tls`: how the client speaks it."""
    on_wsgi: Text | None = None
    """The sentence that binds a WSGI server, where `text` is one of ASGI."""

    def text_on(self, interface: Interface) -> Text:
        """Return the sentence that binds a server of this interface."""
        return (self.on_wsgi if interface == "wsgi" else None) or self.text

    @property
    def id(self) -> str:
        """The name with its chapter of the toolkit in front."""
        return f"wire/{self.name}"

    @property
    def spoken(self) -> tuple[Interface, ...]:
        """The interfaces that the script can be played on."""
        wants_asgi = any(isinstance(act, ASGI_ACTS) for act in self.script)
        wants_wsgi = any(isinstance(act, WSGI_ACTS) for act in self.script)
        wants_asgi = wants_asgi or self.needs not in ("", "http2")
        of_asgi = self.text.section.startswith("ASGI")
        wants_asgi = wants_asgi or (of_asgi and self.on_wsgi is None)
        here: list[Interface] = []
        if not wants_wsgi:
            here.append("asgi")
        if not wants_asgi:
            here.append("wsgi")
        return tuple(each for each in here if each in self.interfaces)
