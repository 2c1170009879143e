"""What WSGI applications are made of in these tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.drive.in_process.crossed import sent

LENGTH_FIELD = ("Content-Length", "5")


def started(
    *headers: tuple[str, str], status: str = "200 OK", error: Any = None
) -> Any:
    return sent(
        type="start_response",
        status=status,
        response_headers=list(headers),
        exc_info=error,
    )


def returned(length: int | None = None, close: bool = False) -> Any:
    return sent(type="return", iterable=True, len=length, close=close)


def yielded(block: Any) -> Any:
    return sent(type="yield", body=block)


class Closing:
    """An iterable over blocks that knows whether it was closed."""

    def __init__(self, *blocks: Any) -> None:
        self.blocks = iter(blocks)
        self.closed = 0

    def __iter__(self) -> Iterator[Any]:
        return self.blocks

    def close(self) -> None:
        self.closed += 1


def hello(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [LENGTH_FIELD])
    return [b"hello"]
