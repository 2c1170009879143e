"""Chapter: chunks that break the grammar in small ways.

What one recipient passes over and another one reads is how requests are smuggled.
"""

from __future__ import annotations

from asgi_compare.judge.server.case import Case, Level, Text
from asgi_compare.judge.server.chapters.http1.chunked import GRAMMAR
from asgi_compare.judge.server.checks.application import broken_body
from asgi_compare.judge.server.client.build import CHUNKED, CLOSE, LAST, case, post
from asgi_compare.judge.server.texts import http1

SIZE = http1("7.1", "chunk-size = 1*HEXDIG")
DATA = http1("7.1", "chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF")
EXTENSION = http1("7.1.1", "chunk-ext-val = token / quoted-string")
TRAILER = http1("7.1.2", "trailer-section = *( field-line CRLF )")


def _chunks(name: str, level: Level, shows: str, text: Text, body: bytes) -> Case:
    data = post(CHUNKED, CLOSE, body=body)
    return case(name, level, shows, text, data, broken_body(), danger=True)


CASES: tuple[Case, ...] = (
    _chunks(
        "chunk-size-plus",
        "must",
        "A chunk size with a plus sign is refused.",
        SIZE,
        b"+5\r\nhello\r\n" + LAST,
    ),
    _chunks(
        "chunk-size-underscore",
        "must",
        "A chunk size that only Python would read as a number is refused.",
        SIZE,
        b"0_5\r\nhello\r\n" + LAST,
    ),
    _chunks(
        "chunk-size-empty",
        "must",
        "A chunk without a size is refused.",
        SIZE,
        b"\r\nhello\r\n" + LAST,
    ),
    _chunks(
        "chunk-size-after-blank",
        "should",
        "A blank before a chunk size is refused.",
        SIZE,
        b" 5\r\nhello\r\n" + LAST,
    ),
    _chunks(
        "chunk-size-not-ascii-digits",
        "must",
        "Digits that are not ASCII are refused.",
        SIZE,
        "٥".encode() + b"\r\nhello\r\n" + LAST,
    ),
    _chunks(
        "chunk-data-without-line-end",
        "must",
        "A chunk whose data no line end follows is refused.",
        DATA,
        b"5\r\nhello" + LAST,
    ),
    _chunks(
        "chunk-data-with-other-end",
        "must",
        "Two other bytes in place of the line end are refused.",
        DATA,
        b"5\r\nhelloXX" + LAST,
    ),
    _chunks(
        "chunk-size-with-bare-cr",
        "should",
        "A carriage return alone ends no line of a chunk.",
        GRAMMAR,
        b"5\rhello\r\n" + LAST,
    ),
    _chunks(
        "chunk-extension-with-control-character",
        "should",
        "A control character in a chunk extension is refused.",
        EXTENSION,
        b"5;a=\x01\r\nhello\r\n" + LAST,
    ),
    _chunks(
        "chunk-extension-with-line-feed",
        "should",
        "A line feed alone ends no chunk extension.",
        EXTENSION,
        b"5;a\nhello\r\n" + LAST,
    ),
    _chunks(
        "trailer-without-colon",
        "should",
        "A line of the trailer section that is no field is refused.",
        TRAILER,
        b"5\r\nhello\r\n0\r\nno field\r\n\r\n",
    ),
)
