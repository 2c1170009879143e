"""WebSocket servers that do what a test tells them, and one client to talk to them."""

import asyncio
import base64
import hashlib
import re
import socket

from asgi_compare.contract.scenario import Conversation
from asgi_compare.drive.live.websocket import converse
from asgi_compare.model.transcript import (
    Dialogue,
    Transcript,
)
from tests.drive.in_process.scripted import (
    Script,
    read_to_the_end,
    read_until,
    scripted,
)

STAYS = Conversation(leaves="stays")
CLOSE = b"\x88\x00"


def talk(
    script: Script,
    conversation: Conversation = STAYS,
    *,
    hears: int = 0,
    deadline: float = 5.0,
) -> Transcript:
    with scripted(script) as port:
        return asyncio.run(
            converse("127.0.0.1", port, conversation, hears=hears, deadline=deadline)
        )


def waits(connection: socket.socket) -> None:
    read_to_the_end(connection)


def hangs_up(connection: socket.socket) -> None:
    # RFC 6455, 5.5.1: the answer to a close frame is a close frame.
    assert connection.recv(100)[0] == 0x88


def accepts(*parts: bytes, end: Script = waits, fields: bytes = b"") -> Script:
    """Shake hands as RFC 6455, 4.2.2 has it, send all parts, and go on with `end`."""

    def script(connection: socket.socket) -> None:
        head = read_until(connection, b"\r\n\r\n")
        key = re.search(rb"(?i)sec-websocket-key: (\S+)", head)
        assert key is not None
        accept = hashlib.sha1(key[1] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
        connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\n"
            b"Upgrade: websocket\r\nConnection: Upgrade\r\n" + fields + b"Sec-"
            b"WebSocket-Accept: " + base64.b64encode(accept.digest()) + b"\r\n\r\n"
        )
        for part in parts:
            connection.sendall(part)
        end(connection)

    return script


def frame(payload: bytes, opcode: int = 1) -> bytes:
    # RFC 6455, 5.2: servers do not mask; 127 announces eight bytes of length.
    size = len(payload)
    length = bytes([size]) if size < 126 else b"\x7f" + size.to_bytes(8, "big")
    return bytes([0x80 | opcode]) + length + payload


def dialogue(transcript: Transcript) -> Dialogue:
    assert isinstance(transcript.answer, Dialogue)
    return transcript.answer
