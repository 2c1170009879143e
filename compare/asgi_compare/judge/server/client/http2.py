"""A client that speaks HTTP/2 (RFC 9113).

Without TLS, it has prior knowledge (section 3.3): it speaks, and sees whether it is
understood. Over TLS, it offers HTTP/2 by ALPN (section 3.2), and the server chooses.

All requests of a case are open on one connection at the same time. What came back is
written down as answers, one for each stream, in the order of the streams.

With a server that does not speak HTTP/2, the case is unsupported: `problem` of the
connection says so. This module does not judge.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from typing import Any

from asgi_compare.judge.server.case import PATIENCE, Stream
from asgi_compare.judge.server.client.frames import CLOSE, frames
from asgi_compare.judge.server.client.line import MAX_RECEIVED
from asgi_compare.judge.server.client.pipes import Secure, negotiated
from asgi_compare.judge.server.observed import Answer, Connection, Negotiated

END = 0.5
"""Seconds that a tunnel has for its end, after the close frame."""
NOT_SPOKEN = "The server does not speak HTTP/2 without TLS."
NOT_CHOSEN = "The server does not choose HTTP/2 where it is offered by ALPN."
NO_TUNNELS = "The server does not offer extended CONNECT on HTTP/2."
UNSUPPORTED = (NOT_SPOKEN, NOT_CHOSEN, NO_TUNNELS)
"""The problems that say that there is nothing to judge."""
CHOSEN_IN_VAIN = "The server chose HTTP/2 by ALPN, and does not speak it."


async def speak(
    host: str,
    port: int,
    streams: Sequence[Stream],
    fill: Callable[[bytes], bytes],
    patience: float,
    secure: Secure | None = None,
) -> Connection:
    """Open all streams, and hear until each has its answer; with `secure`, over TLS."""
    from h2.config import H2Configuration
    from h2.connection import H2Connection

    # What a case says is sent as it is, also where h2 would refuse to.
    parser = H2Connection(
        H2Configuration(
            client_side=True, header_encoding=None, validate_outbound_headers=False
        )
    )
    how: dict[str, Any] = {}
    if secure:
        how = {"ssl": secure.context, "server_hostname": secure.server_name}
    reader, writer = await asyncio.open_connection(host, port, **how)
    talk = _Talk(parser, reader, writer, fill)
    if secure:
        talk.over(negotiated(writer.get_extra_info("ssl_object"), secure))
    try:
        async with asyncio.timeout(PATIENCE * patience * 2):
            if talk.chosen:
                await talk.open(streams)
                await talk.hear()
        async with asyncio.timeout(END):
            await talk.hear_ends()
    except (TimeoutError, OSError) as error:
        talk.note(f"it ended with {type(error).__name__}")
    finally:
        # Not `close`, which over TLS waits for what a server may never say.
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    return talk.connection()


class _Talk:
    """One connection with several streams."""

    def __init__(
        self,
        parser: Any,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        fill: Callable[[bytes], bytes],
    ) -> None:
        self._parser = parser
        self._reader = reader
        self._writer = writer
        self._fill = fill
        self._began = time.monotonic()
        self._answers: dict[int, dict[str, Any]] = {}
        self._tunnels: dict[int, list[bytes]] = {}
        """What is still to be sent, by the number of the stream."""
        self._spoken = False
        self._received = 0
        self._seen = Connection()

    def over(self, tls: Negotiated) -> None:
        """Say that there is TLS below, and what was chosen there."""
        self._seen.tls = tls

    @property
    def chosen(self) -> bool:
        """Whether the server chose HTTP/2; without TLS, there is nothing to choose."""
        return self._seen.tls is None or self._seen.tls.protocol == "h2"

    def note(self, did: str, data: bytes = b"") -> None:
        self._seen.log.append((time.monotonic() - self._began, did, data))

    async def open(self, streams: Sequence[Stream]) -> None:
        """Send the preface and all requests, once the server has sent its settings."""
        self._parser.initiate_connection()
        await self._flush()
        if not await self._settings():
            return
        offered = self._parser.remote_settings.enable_connect_protocol
        if not offered and any(stream.tunnel for stream in streams):
            self._seen.problem = NO_TUNNELS  # RFC 8441, 3: not to be used then
            return
        for stream in streams:
            number = self._parser.get_next_available_stream_id()
            self._answers[number] = {"headers": (), "body": bytearray(), "done": False}
            headers = [(name, self._fill(value)) for name, value in stream.headers]
            more = bool(stream.body or stream.trailers or stream.tunnel)
            if stream.tunnel:
                self._tunnels[number] = list(stream.tunnel)
            self._parser.send_headers(number, headers, end_stream=not more)
            for index, piece in enumerate(stream.body):
                last = index == len(stream.body) - 1 and not stream.trailers
                self._parser.send_data(number, piece, end_stream=last)
            if stream.trailers:
                self._parser.send_headers(number, stream.trailers, end_stream=True)
            self.note(f"opened stream {number} with {headers!r}")
        await self._flush()

    async def hear(self) -> None:
        """Take what comes until each stream has ended."""
        while self._spoken and not all(each["done"] for each in self._answers.values()):
            if not await self._take():
                return

    async def hear_ends(self) -> None:
        """Take what comes until each tunnel has ended, too."""
        while not all("whole" in self._answers[number] for number in self._tunnels):
            if not await self._take():
                return

    async def _settings(self) -> bool:
        while not self._spoken:
            if not await self._take():
                return False
        return True

    async def _take(self) -> bool:
        from h2.exceptions import ProtocolError

        data = await self._reader.read(1 << 16)
        if not data:
            self._seen.ended = "closed"
            self.note("the server closed the connection")
            return False
        try:
            events = self._parser.receive_data(data)
        except ProtocolError as error:
            self.note(f"received what is not HTTP/2 ({error})", data[:80])
            if self._spoken:
                self._seen.problem = f"What came is not HTTP/2: {error}."
            return False
        if self._received > MAX_RECEIVED:
            self.note(f"took {MAX_RECEIVED} bytes, and no more")
            return False
        for event in events:
            # The first frame of a server is SETTINGS (section 3.4).
            self._spoken |= type(event).__name__ == "RemoteSettingsChanged"
            self._handle(event)
        await self._flush()
        return True

    def _handle(self, event: Any) -> None:
        name = type(event).__name__
        answer = self._answers.get(getattr(event, "stream_id", 0) or 0)
        if answer is None:
            return
        if name in ("ResponseReceived", "InformationalResponseReceived"):
            answer.setdefault("interim", [])
            if name == "ResponseReceived":
                answer["headers"] = tuple(event.headers)
                if answer["headers"][0][1].startswith(b"2"):
                    self._say_next(event.stream_id)
            else:
                answer["interim"].append(tuple(event.headers))
        elif name == "DataReceived":
            answer["body"] += event.data
            self._received += len(event.data)
            length = event.flow_controlled_length
            self._parser.acknowledge_received_data(length, event.stream_id)
            if event.stream_id in self._tunnels:
                came = list(frames(bytes(answer["body"])))
                answer["done"] = any(each.opcode == CLOSE for each in came)
                self._say_next(event.stream_id)
        elif name == "TrailersReceived":
            answer["trailers"] = tuple(event.headers)
        elif name in ("StreamEnded", "StreamReset"):
            answer["done"] = True
            answer["whole"] = name == "StreamEnded"
        self.note(f"stream {event.stream_id}: {name}")

    def _say_next(self, number: int) -> None:
        """Send the next frame of a tunnel, if there is one."""
        if left := self._tunnels.get(number):
            self._parser.send_data(number, left.pop(0))

    async def _flush(self) -> None:
        if data := self._parser.data_to_send():
            self._writer.write(data)
            await self._writer.drain()

    def connection(self) -> Connection:
        """Return what was seen."""
        if not self._spoken:
            over_tls = CHOSEN_IN_VAIN if self.chosen else NOT_CHOSEN
            self._seen.problem = over_tls if self._seen.tls else NOT_SPOKEN
        if self._answers and all(map(_was_refused, self._answers.values())):
            self._seen.ended = self._seen.ended or "reset"
        self._seen.answers = [
            _answer(each) for each in self._answers.values() if each["headers"]
        ]
        return self._seen


def _was_refused(found: dict[str, Any]) -> bool:
    """Return whether a stream was reset before there was an answer."""
    return found["done"] and not found.get("whole") and not found["headers"]


def _answer(found: dict[str, Any]) -> Answer:
    fields = dict(found["headers"])
    interim = tuple(
        (int(dict(each)[b":status"]), each) for each in found.get("interim", ())
    )
    return Answer(
        int(fields[b":status"]),
        headers=tuple(h for h in found["headers"] if not h[0].startswith(b":")),
        body=bytes(found["body"]),
        complete=bool(found.get("whole")),
        trailers=found.get("trailers", ()),
        version="2",
        interim=interim,
    )
