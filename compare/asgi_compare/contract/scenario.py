"""What to do, and what should come of it.

A `Scenario` is one exchange with one endpoint. The exchange is a `Request` (HTTP), a
`Conversation` (WebSocket) or a `Lifetime` (lifespan); each says everything that the
client or the server at the other end does, as data, so that a driver can play it in
process, over a socket, or a year from now. `Expected` says what must come of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Headers = tuple[tuple[bytes, bytes], ...]
"""Header fields in wire order: (name, value) pairs of byte strings."""


@dataclass(frozen=True, slots=True)
class Client:
    """How the client behaves while it sends a request and takes the answer."""

    pause: float = 0.0
    """Seconds the client waits before each body piece after the first."""
    leaves_after_sending: int | None = None
    """The client disconnects once it has sent this many pieces of its body."""
    leaves_after_hearing: int | None = None
    """The client disconnects once it has got this many pieces of the answer."""
    leaves_after_bytes: int | None = None
    """The client disconnects once it has got this many bytes of the body, or more: the
    piece with the last of them comes whole."""
    leaves_after: float | None = None
    """The client disconnects this many seconds after it has sent its request."""
    reads_every: float = 0.0
    """Seconds the client takes over each piece of the answer: `send` waits."""

    def has_enough(self, pieces: int, size: int) -> bool:
        """Return whether it leaves with so many pieces and bytes of the answer."""
        limit = self.leaves_after_bytes
        return pieces == self.leaves_after_hearing or (
            limit is not None and size >= limit
        )


PATIENT = Client()


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, as the client puts it on the wire."""

    method: str = "GET"
    target: bytes = b"/"
    """The request-target: the path and the query, percent-encoded."""
    headers: Headers = ()
    """Fields besides Host and the framing ones, which the driver adds."""
    body: tuple[bytes, ...] = ()
    """The body in the pieces in which it arrives; one `http.request` event each."""
    chunked: bool = False
    """No Content-Length: on a socket, the chunked transfer coding."""
    root_path: str = ""
    """Where the server has mounted the application (`SCRIPT_NAME` in WSGI)."""
    client: Client = PATIENT


@dataclass(frozen=True, slots=True)
class Conversation:
    """One WebSocket connection, as its client lives it."""

    target: bytes = b"/"
    headers: Headers = ()
    subprotocols: tuple[str, ...] = ()
    says: tuple[str | bytes, ...] = ()
    """The messages that the client sends, one after the other."""
    leaves: Literal["closes", "vanishes", "stays"] = "closes"
    """What the client does when it has heard all that is expected: sends a close
    frame, drops the connection without one, or waits for the application to close."""
    code: int = 1000
    reason: str = ""
    denial: bool = True
    """Whether the server offers the extension `websocket.http.response`."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """One lifespan: start-up, the requests in between, and shut-down."""

    state: bool = True
    """Whether the server offers `scope["state"]`."""
    requests: tuple[Request, ...] = ()
    """What is asked between start-up and shut-down."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come of an HTTP request. What is None is left open."""

    status: int | None = 200
    """The final status; None means that no answer is looked for."""
    headers: Headers = ()
    """Fields that must be there with this value; a repeated name, in this order."""
    absent: tuple[bytes, ...] = ()
    """Names of fields that must not be there."""
    body: bytes | None = None
    json: Mapping[str, object] | None = None
    """Keys of the JSON object in the body, each with its value; others may be there."""
    pieces: tuple[int, ...] | None = None
    """Sizes of the body pieces in the order in which the application sent them."""
    complete: bool = True
    """False: the answer breaks off before its end."""
    stops: bool = False
    """The application must end by itself soon after the client has left."""


@dataclass(frozen=True, slots=True)
class ExpectedConversation:
    """What must come of a WebSocket conversation."""

    status: int = 101
    """101 for an accepted handshake, else the status of the refusal."""
    subprotocol: str | None = None
    hears: tuple[str | bytes, ...] = ()
    """The messages that the client must get, all of them, in this order."""
    code: int | None = None
    """The close code the client gets from the application, where it closes."""
    reason: str = ""
    body: bytes | None = None
    """The body of a denial response."""
    headers: Headers = ()
    """Fields that the handshake's answer must have."""


@dataclass(frozen=True, slots=True)
class ExpectedLifetime:
    """What must come of a lifespan."""

    events: tuple[str, ...] = ()
    """The types of all lifespan events, both ways, in order."""
    message: str | None = None
    """The message of `lifespan.startup.failed`."""
    raises: bool = False
    """The application refuses the scope with an exception."""
    answers: tuple[Expected, ...] = ()
    """What must come of each of the requests in between."""


Exchange = Request | Conversation | Lifetime


def in_one_line(exchange: Exchange) -> str:
    """Describe an exchange as short as can be: `POST /echo, 13 bytes`."""
    if isinstance(exchange, Lifetime):
        return f"lifespan with {len(exchange.requests)} requests"
    target = exchange.target.decode("latin-1")
    if isinstance(exchange, Conversation):
        return f"WebSocket {target}, {len(exchange.says)} messages"
    size = sum(map(len, exchange.body))
    return f"{exchange.method} {target}" + (f", {size} bytes" if size else "")


Expectation = Expected | ExpectedConversation | ExpectedLifetime


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One thing that the application does, by the name of the function that does it."""

    name: str
    methods: tuple[str, ...]
    """Methods that it answers; empty for all. WebSocket endpoints have `("WS",)`."""
    path: str
    """The path, with parameters as `{name}` or `{name:int}`; empty if it has none: it
    is then the answer of the interface or the framework itself."""
    does: str
    """One sentence."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One exchange with one endpoint, and what must come of it."""

    endpoint: str
    case: str
    shows: str
    """One sentence: what a reader learns from this exchange."""
    exchange: Exchange
    expected: Expectation = field(default_factory=Expected)
    before: tuple[Request, ...] = ()
    """Requests that prepare the ground; their answers are not judged."""
    meanwhile: tuple[Request, ...] = ()
    """Requests sent while the exchange is waiting for its answer."""
    eventually: bool = False
    """Ask again until the expectation holds, or the deadline has passed."""
    at_once: int = 1
    """How many such exchanges run at the same time."""
    application: str = "application"
    """Which attribute of the implementation's module is driven."""
    deadline: float = 5.0
    """Seconds after which the exchange is given up."""

    @property
    def name(self) -> str:
        """The name by which every command knows it: `endpoint/case`."""
        return f"{self.endpoint}/{self.case}"

    @property
    def protocol(self) -> Literal["http", "websocket", "lifespan"]:
        """The scope type that the application is called with."""
        if isinstance(self.exchange, Request):
            return "http"
        if isinstance(self.exchange, Conversation):
            return "websocket"
        return "lifespan"
