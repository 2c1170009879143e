"""What the application inside answers, over either interface."""

from __future__ import annotations

PIECES = tuple(b"[piece %d]" % n + b" and so on" * 200 for n in range(4))
"""A body in pieces that can be told apart."""
SMALL = b"[piece 0] hello"
LARGE = b"".join(
    b"line %d of a text that is easily made shorter\n" % n for n in range(400)
)
RANGE = LARGE[:2048]
MANY = 24
BLOCK = bytes(range(256)) * 256
"""A piece of what is sent to a slow client, 64 KiB."""
TYPE = (b"content-type", b"text/plain; charset=utf-8")
ETAG = b'"strong"'
REPEATED = [
    (b"set-cookie", b"a=1"),
    (b"set-cookie", b"b=2"),
    (b"x-inside", b"As Is"),
]
"""Fields that must arrive, one of them twice."""


def fields(body: bytes, *more: tuple[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    """Return the fields of a response with a body."""
    return [TYPE, (b"content-length", b"%d" % len(body)), *more]


STATUSES: dict[str, tuple[int, list[tuple[bytes, bytes]], bytes]] = {
    "answers": (200, fields(SMALL, *REPEATED), SMALL),
    "is compressible": (
        200,
        fields(LARGE, (b"etag", ETAG), (b"accept-ranges", b"bytes")),
        LARGE,
    ),
    "sends a part": (
        206,
        fields(RANGE, (b"etag", ETAG), (b"content-range", b"bytes 0-2047/20480")),
        RANGE,
    ),
    "has no content": (204, [(b"x-inside", b"1")], b""),
    "has not changed": (304, [(b"etag", ETAG)], b""),
    "redirects": (307, [(b"location", b"/there"), (b"content-length", b"0")], b""),
    "is encoded": (
        200,
        fields(LARGE, (b"content-encoding", b"x-ours"), (b"etag", ETAG)),
        LARGE,
    ),
}
"""Acts that are one answer in one piece: status, fields and body."""
