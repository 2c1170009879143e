"""Bytes from a server, read as the answers that they are.

h11 reads one response at a time, and holds it to RFC 9112. What comes after it is the
beginning of the next one, the frames of a WebSocket, or something that should not be
there: the caller can see which from `answers` and `rest`.

This module reads no socket, and knows of the requests only their methods, which decide
whether a response has a body (RFC 9112 section 6.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import h11

from asgi_compare.judge.server.observed import Answer, Headers

MAX_HEAD = 1 << 20
UPGRADE = [("connection", "upgrade"), ("upgrade", "websocket")]


class Reader:
    """The answers on one connection, as far as they have come."""

    def __init__(self, methods: Sequence[str] = (), *, upgrade: bool = False) -> None:
        self._methods = methods
        self._upgrade = upgrade
        self._done: list[Answer] = []
        self._open: Answer | None = None
        self._body = bytearray()
        self._interim: list[tuple[int, Headers]] = []
        self._parser = self._next()
        self._rest = bytearray()
        self.switched = False
        self.problem = ""

    @property
    def answers(self) -> list[Answer]:
        """All of them; the last may be incomplete."""
        if self._open is None:
            return list(self._done)
        return [*self._done, replace(self._open, body=bytes(self._body))]

    @property
    def complete(self) -> int:
        """How many of them are whole."""
        return len(self._done)

    @property
    def rest(self) -> bytes:
        """What is not part of an answer, or not yet."""
        pending, _ = self._parser.trailing_data
        return bytes(self._rest) or (b"" if self._open else bytes(pending))

    @property
    def buffer(self) -> bytearray:
        """All that came after the protocol was switched; not to be changed."""
        return self._rest

    def feed(self, data: bytes, at: float = 0.0) -> None:
        """Take what came at the time `at`; empty at the end of the connection."""
        if self.switched or self.problem:
            self._rest += data
            return
        try:
            self._parser.receive_data(data)
            while self._step(at):
                pass
        except h11.RemoteProtocolError as error:
            pending, _ = self._parser.trailing_data
            at_the_end = not data
            if at_the_end and (self._open or not pending):
                return  # broken off in the middle, or closed between two answers
            self._rest += bytes(pending) or data
            self.problem = f"What came is not HTTP/1.1: {error}."

    def _step(self, at: float) -> bool:
        event = self._parser.next_event()
        if isinstance(event, h11.InformationalResponse):
            self._interim.append((event.status_code, _headers(event)))
            if event.status_code == 101:
                self._switch(event, at)
                return False
        elif isinstance(event, h11.Response):
            self._open = self._answer(event, at)
        elif isinstance(event, h11.Data):
            self._body += event.data
        elif isinstance(event, h11.EndOfMessage):
            return self._finish(event)
        else:
            return False  # h11 needs more, or there is no more
        return True

    def _finish(self, event: h11.EndOfMessage) -> bool:
        assert self._open is not None
        trailers = tuple((bytes(n), bytes(v)) for n, v in event.headers)
        body = bytes(self._body)
        whole = replace(self._open, body=body, complete=True, trailers=trailers)
        self._done.append(whole)
        self._open, self._interim, self._body = None, [], bytearray()
        left, ended = self._parser.trailing_data
        self._parser = self._next()
        if left:
            self._parser.receive_data(left)
        return bool(left) and not ended

    def _answer(self, event: h11.Response, at: float) -> Answer:
        return Answer(
            event.status_code,
            bytes(event.reason),
            _headers(event),
            complete=False,
            version=bytes(event.http_version).decode("ascii"),
            interim=tuple(self._interim),
            at=at,
        )

    def _switch(self, event: h11.InformationalResponse, at: float) -> None:
        interim = tuple(self._interim[:-1])
        reason = bytes(event.reason)
        version = bytes(event.http_version).decode("ascii")
        self._done.append(
            Answer(101, reason, _headers(event), b"", True, (), version, interim, at)
        )
        self.switched = True
        self._rest += bytes(self._parser.trailing_data[0])

    def _next(self) -> h11.Connection:
        number = len(self._done)
        method = self._methods[number] if number < len(self._methods) else "GET"
        parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
        headers = [("host", ""), *(UPGRADE if self._upgrade else [])]
        # What the parser would send itself goes nowhere.
        parser.send(h11.Request(method=method, target="/", headers=headers))
        parser.send(h11.EndOfMessage())
        return parser


def _headers(event: h11.Response | h11.InformationalResponse) -> Headers:
    return tuple((bytes(name), bytes(value)) for name, value in event.headers)
