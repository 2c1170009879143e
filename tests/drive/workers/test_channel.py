"""Every wait for a message has an end."""

import socket
import time

import pytest

from asgi_compare.drive.workers.channel import Channel


def test_a_wait_for_a_message_ends_in_time() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(TimeoutError):
        Channel(ours).receive(time.monotonic() + 0.05)


def test_a_wait_ends_when_the_other_side_is_gone() -> None:
    """Somebody else may hold the other end of the socket."""
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(EOFError):
        Channel(ours, lambda: True).receive()


def test_a_message_that_nobody_takes_ends_in_time() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(TimeoutError):
        Channel(ours).send(bytes(10 << 20), time.monotonic() + 0.1)


def test_a_message_to_nobody_is_the_end() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours, pytest.raises(EOFError):
        Channel(ours).send(b"a")
