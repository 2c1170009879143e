"""What both live clients have in common.

A client has a socket and a clock. The socket is a plain one that does not block, so
that nothing lies between us and the system: no buffer that reads ahead for a client
that is meant to be slow, and a close that is ours to choose. The clock starts when the
connection stands. A `Course` is what a client writes down on its way; at the end it
becomes a `Transcript`.

How an exchange may end, as a client sees it (`Ending.kind`):

    returned    there is an answer, whole or broken off, or the client left as it should
    timed out   the deadline came first; the answer is what there was of it by then
    flooded     more than `MAX_TOTAL` bytes or `MAX_EVENTS` pieces: we hung up
    crashed     nobody listens, or the connection ended before there was an answer
    raised      what came was not the protocol that was asked for
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
import time
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field

from asgi_compare.model.transcript import Answer, Ending, EndKind, Transcript

MAX_TOTAL = 64 << 20
"""Bytes that a client takes of one exchange before it hangs up."""
NO_LINGER = struct.pack("ii", 1, 0)


class Over(Exception):
    """The exchange is over, for a reason that the transcript must give."""

    def __init__(self, kind: EndKind, sentence: str) -> None:
        self.kind = kind
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(slots=True)
class Course:
    """What the client writes down while the exchange goes on."""

    name: str
    began: int = field(default_factory=time.monotonic_ns)
    ending: Ending | None = None
    left_at_ns: int | None = None
    notes: list[str] = field(default_factory=list)

    def start(self) -> None:
        """Set the clock to zero: the connection stands."""
        self.began = time.monotonic_ns()

    def now(self) -> int:
        """Return the nanoseconds since the exchange began."""
        return time.monotonic_ns() - self.began

    def leave(self) -> None:
        """Write down that the client goes away now."""
        self.left_at_ns = self.now()

    @contextlib.asynccontextmanager
    async def until(self, deadline: float, what: str) -> AsyncIterator[None]:
        """Run the block until the deadline, and write down how it ended."""
        kind: EndKind = "returned"
        error = ""
        try:
            async with asyncio.timeout(deadline):
                yield
        except TimeoutError:
            kind, error = "timed out", f"{what} was not over after {deadline:g} s."
        except Over as over:
            kind, error = over.kind, over.sentence
        self.ending = Ending(kind, error, self.now())

    def transcript(self, answer: Answer | None) -> Transcript:
        """Return what is known; `until` must be over."""
        assert self.ending is not None
        return Transcript(
            self.name,
            "wire",
            ending=self.ending,
            answer=answer,
            left_at_ns=self.left_at_ns,
            elapsed_ns=self.ending.at_ns,
            notes=tuple(self.notes),
        )


async def connect(host: str, port: int) -> socket.socket:
    """Return a connected socket that does not block; the caller closes it."""
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        sock.setblocking(False)
        # Each piece of a body goes out when it is sent, not when there is more.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(sock, (host, port))
    except OSError as error:
        sock.close()
        why = os.strerror(error.errno) if error.errno else str(error)
        sentence = f"There is no connection to {host}:{port}: {why}."
        raise Over("crashed", sentence) from None
    except asyncio.CancelledError:
        sock.close()
        raise
    return sock


def vanish(sock: socket.socket) -> None:
    """Have the connection reset when it is closed, as if the client had died.

    A plain close sends FIN, which may also mean "I have said all, now you". A server
    that only writes would notice at its second write; RST leaves no doubt.
    """
    with contextlib.suppress(OSError):  # the other side was faster
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)


async def side_by_side(
    says: Coroutine[None, None, bool], hears: Coroutine[None, None, bool]
) -> bool:
    """Let a client say and hear at the same time.

    Each gives True if the client has a reason to leave when it is done, and the first
    such reason ends both. Without one, what the client hears decides when it is over.
    """
    saying, hearing = asyncio.ensure_future(says), asyncio.ensure_future(hears)
    try:
        await asyncio.wait({saying, hearing}, return_when=asyncio.FIRST_COMPLETED)
        if saying.done() and saying.result():
            return True
        return await hearing
    finally:
        saying.cancel()
        hearing.cancel()
        await asyncio.gather(saying, hearing, return_exceptions=True)
