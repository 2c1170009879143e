"""A client that holds one WebSocket conversation.

The library websockets makes the handshake and the frames. It is asked for nothing that
the scenario does not say: no compression, no pings of its own, no User-Agent, and it
follows no redirect. Two things happen at once: one task says what the client has to
say, and then leaves as the scenario says; the other listens until the connection is
gone. So a server that answers each message before it takes the next one never waits.

The close code in the transcript is the one that the application's side chose. When the
client closes first, the server's close frame only repeats the client's code (RFC 6455,
5.5.1), and is not written down.
"""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass, field

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as websocket
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.http11 import Response as RawResponse
from websockets.typing import Subprotocol

from asgi_compare.contract.scenario import Conversation
from asgi_compare.drive.live.client import (
    MAX_TOTAL,
    Course,
    Over,
    connect,
    side_by_side,
    vanish,
)
from asgi_compare.model.transcript import (
    MAX_BYTES,
    MAX_EVENTS,
    Dialogue,
    EndKind,
    Excerpt,
    Response,
    Transcript,
)

MAX_MESSAGE = 16 << 20
"""Bytes of one message; for more, the client closes with 1009."""
REASONABLE_TIME = 1.0
"""Seconds for the server to hang up, when the conversation is over."""
TOO_BIG = 1009
"""RFC 6455, 7.4.1: a message is too big for the receiver."""


class Connection(ClientConnection):
    """A connection that does not wait for ever for the server to hang up.

    RFC 6455, 7.1.1: after the closing handshake it is the server that closes the
    connection, and the client may do so when it has waited for a reasonable time.
    """

    def data_received(self, data: bytes) -> None:
        """Set the clock when the end is near."""
        super().data_received(data)
        if self.protocol.close_expected():
            self.loop.call_later(REASONABLE_TIME, self.transport.abort)


async def converse(
    host: str,
    port: int,
    conversation: Conversation,
    *,
    name: str = "",
    deadline: float = 5.0,
    hears: int = 0,
) -> Transcript:
    """Hold one conversation; the client leaves when it has heard `hears` messages."""
    course = Course(name or f"WS {_text(conversation.target)}")
    hearing = Hearing(hears)
    async with course.until(deadline, "The conversation"):
        sock = await connect(host, port)
        course.start()
        connection = await _shake_hands(sock, host, port, conversation, hearing)
        if connection is not None:
            await _talk(connection, sock, conversation, hearing, course)
    return course.transcript(hearing.dialogue())


@dataclass(slots=True)
class Hearing:
    """What the client has got so far."""

    expected: int
    handshake: Response | None = None
    subprotocol: str | None = None
    heard: list[str | bytes | Excerpt] = field(default_factory=list)
    size: int = 0
    """Payload bytes of all messages."""
    code: int | None = None
    reason: str = ""
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when all that is expected has been heard."""

    def __post_init__(self) -> None:
        self._look()

    def take(self, message: str | bytes) -> None:
        """Write down one message; raises `Over` if there are too many."""
        payload = message.encode() if isinstance(message, str) else message
        self.size += len(payload)
        self.heard.append(message if self.size <= MAX_BYTES else Excerpt.of(payload))
        self._look()
        if self.size > MAX_TOTAL or len(self.heard) > MAX_EVENTS:
            sentence = f"The conversation was cut off after {len(self.heard)} messages."
            raise Over("flooded", sentence)

    def dialogue(self) -> Dialogue | None:
        """Return what there is; None if the handshake was not answered."""
        if self.handshake is None:
            return None
        return Dialogue(
            self.handshake, self.subprotocol, tuple(self.heard), self.code, self.reason
        )

    def _look(self) -> None:
        if len(self.heard) >= self.expected:
            self.enough.set()


async def _shake_hands(
    sock: socket.socket,
    host: str,
    port: int,
    conversation: Conversation,
    hearing: Hearing,
) -> ClientConnection | None:
    """Ask for a WebSocket; None if the server refuses with a response of its own."""
    host = f"[{host}]" if ":" in host else host
    try:
        # With a socket of ours, websockets looks for no proxy and follows no redirect.
        connection = await websocket(
            f"ws://{host}:{port}{_text(conversation.target)}",
            sock=sock,
            subprotocols=[Subprotocol(n) for n in conversation.subprotocols] or None,
            additional_headers=[(_text(n), _text(v)) for n, v in conversation.headers],
            user_agent_header=None,
            compression=None,
            ping_interval=None,
            open_timeout=None,
            close_timeout=None,
            max_size=MAX_MESSAGE,
            create_connection=Connection,
        )
    except (InvalidHandshake, ValueError) as error:
        refusal = error if isinstance(error, InvalidStatus) else error.__cause__
        if isinstance(refusal, InvalidStatus):  # perhaps a redirect it did not follow
            hearing.handshake = _response(refusal.response)
            return None
        raise _no_handshake(error) from None
    assert connection.response is not None  # there is one after the handshake
    hearing.handshake = _response(connection.response)
    hearing.subprotocol = connection.subprotocol
    return connection


def _no_handshake(error: Exception) -> Over:
    why = str(error.__cause__ or error)
    if isinstance(error.__cause__, EOFError):
        return Over("crashed", f"There was no answer to the handshake: {why}.")
    return Over("raised", f"The answer to the handshake is not a valid one: {why}.")


async def _talk(
    connection: ClientConnection,
    sock: socket.socket,
    conversation: Conversation,
    hearing: Hearing,
    course: Course,
) -> None:
    """Send and receive at once, until the connection is gone."""
    try:
        await side_by_side(
            _speak(connection, sock, conversation, hearing, course),
            _listen(connection, hearing, course),
        )
    finally:
        connection.transport.abort()
        await connection.wait_closed()


async def _speak(
    connection: ClientConnection,
    sock: socket.socket,
    conversation: Conversation,
    hearing: Hearing,
    course: Course,
) -> bool:
    """Send everything, wait until enough is heard, and leave; return False."""
    try:
        for message in conversation.says:
            await connection.send(message)
    except ConnectionClosed:  # the listener writes down why
        return False
    if conversation.leaves != "stays":
        await hearing.enough.wait()
        course.leave()
    if conversation.leaves == "closes":
        await connection.close(conversation.code, conversation.reason)
    elif conversation.leaves == "vanishes":
        vanish(sock)
        connection.transport.abort()
    return False


async def _listen(
    connection: ClientConnection, hearing: Hearing, course: Course
) -> bool:
    """Write down every message, and how the connection ended; give False."""
    try:
        while True:
            message = await connection.recv()
            hearing.take(message if isinstance(message, str) else bytes(message))
    except ConnectionClosed as closed:
        _note_the_end(closed, hearing, course)
    return False


def _note_the_end(closed: ConnectionClosed, hearing: Hearing, course: Course) -> None:
    left = course.left_at_ns is not None
    if closed.rcvd is not None and closed.rcvd_then_sent is not False:
        hearing.code = closed.rcvd.code
        hearing.reason = closed.rcvd.reason
    elif closed.sent is not None and not left:
        kind: EndKind = "flooded" if closed.sent.code == TOO_BIG else "raised"
        raise Over(kind, f"The client had to fail the connection: {closed}.")
    elif closed.rcvd is None and closed.sent is not None:
        course.notes.append("The server did not answer the close frame.")
    elif closed.rcvd is None and not left:
        course.notes.append("The connection ended without a close frame.")


def _response(raw: RawResponse) -> Response:
    body = bytes(raw.body)
    return Response(
        raw.status_code,
        raw.reason_phrase,
        tuple(
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in raw.headers.raw_items()
        ),
        body,
        (len(body),) if body else (),
        http_version="1.1",  # websockets takes no other
    )


def _text(raw: bytes) -> str:
    return raw.decode("latin-1")
