"""The log keeps the last lines, and what is shown of them is harmless."""

import os

from asgi_compare.drive.servers.log import KEPT_BYTES, KEPT_WIDTH, Log


def log_of(*pieces: bytes) -> Log:
    """Write to a pipe until all is written, and give the log that read it."""
    readable, writable = os.pipe()
    log = Log(os.fdopen(readable, "rb", buffering=0))
    with os.fdopen(writable, "wb") as pipe:
        for piece in pieces:
            pipe.write(piece)
    log.finish()
    return log


def test_tail_gives_the_last_lines() -> None:
    assert log_of(b"one\ntwo\n", b"th", b"ree").tail(2) == ["two", "three"]


def test_tail_of_nothing_is_empty() -> None:
    assert log_of().tail() == []


def test_a_flood_is_forgotten_but_for_its_end() -> None:
    log = log_of(b"first\n", b"x\n" * KEPT_BYTES, b"last\n")
    assert log.tail(2) == ["x", "last"]
    assert len(log.tail(10**9)) < KEPT_BYTES


def test_a_long_line_is_cut() -> None:
    assert log_of(b"x" * 10_000).tail() == ["x" * KEPT_WIDTH]


def test_bytes_that_are_no_text_are_shown_as_escapes() -> None:
    assert log_of(b"caf\xe9\n").tail() == ["caf\\xe9"]


def test_what_would_act_on_a_terminal_is_shown_as_escapes() -> None:
    assert log_of(b"\x1b[2Jgone\a\n\tin\n").tail() == ["\\x1b[2Jgone\\x07", "    in"]
